"""The spec documents: one Markdown file a spec, with the sections that a reviewer and a developer look for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from schemagen.base.counting import counted
from schemagen.base.escape import markdown
from schemagen.base.render import environment
from schemagen.base.tree import PLAIN
from schemagen.schema.coverage import coverage, described

from . import notes
from .diagram import er_diagram, is_alone
from .index_page import index_page
from .markdown import MOST_NAMES, anchor, bullets, codes, fence, link, sentence, shortened
from .overview import overview, page_of
from .sections.access import access, indexing
from .sections.attached import attached
from .sections.engines import engines
from .sections.integrity import integrity
from .sections.operations import evolution, scalability
from .sections.tables import table_section

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schemagen.base.tree import Tree
    from schemagen.changes.migration import Step
    from schemagen.schema.model import Document, Schema, Table
    from schemagen.schema.query import Query

    from .overview import Overview

TEMPLATE = "docs/document.md.jinja"

MANY_TABLES = 40
"""From how many on a document says that there is another form."""

_PAGES_HINT = 'With `pages = "table"` (`schemagen guide settings`) each table has a page of its own.'

SECTIONS = (
    "Relationships & integrity",
    "Query patterns & access paths",
    "Indexing strategy",
    "Scalability & performance",
    "Schema evolution & versioning",
    "Database-specific considerations",
)
"""The sections after those of the tables, in order."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A diagram in finished Markdown, with the line that stands above it; or that line alone."""

    caption: str
    block: str = ""


def render(schema: Schema, steps: Sequence[Step], tree: Tree = PLAIN) -> dict[str, str]:
    """Write the document of every spec.

    Args:
        schema: the resolved schema.
        steps: the whole history of migrations, for the change logs.
        tree: where what they link to lies.

    Returns:
        The text of each file by its path in the output: ``docs/<document>.md``.
    """
    known = overview(schema, steps, tree)
    files: dict[str, str] = {}
    for document in schema.documents:
        tables, queries = known.tables.get(document.name, []), known.queries.get(document.name, [])
        if document.pages == "table" and tables:
            files[f"docs/{document.name}.md"] = index_page(document, tables, queries, known)
            files |= {f"docs/{page.name}.md": text for page, text in _table_pages(document, tables, queries, known)}
        else:
            files[f"docs/{document.name}.md"] = _document(document, tables, queries, known)
    return files


def _table_pages(
    document: Document, tables: Sequence[Table], queries: Sequence[Query], known: Overview
) -> Iterator[tuple[Document, str]]:
    """A page a table: the document of this table alone, with the queries that read or write it."""
    shared = {*notes.HEADINGS, notes.PHASE} - {*notes.OF_TABLE}
    kept = tuple((key, texts) for key, texts in document.notes if key in shared)
    for table in tables:
        page = replace(page_of(document, table), title=f"Table {table.name}", description="", notes=kept)
        own = [query for query in queries if table.name in query.tables]
        yield page, _document(page, [table], own, known)


def _document(document: Document, tables: Sequence[Table], queries: Sequence[Query], known: Overview) -> str:
    sections = [table_section(table, number, document, known) for number, table in enumerate(tables, 1)]
    further = notes.further(document.notes)
    own = attached(document, known)
    titles = [f"{len(tables) + place}. {title}" for place, title in enumerate(SECTIONS, 1)]
    last = [f"{len(tables) + len(SECTIONS) + 1}. Further notes"] if further else []
    return _finished(
        title=markdown(document.title) or f"`{document.name}`",
        summary=_summary(document, tables, queries),
        description=sentence(document.description),
        contents=_contents([section.heading for section in sections] + list(own) + titles + last),
        figures=_figures(tables, known),
        decisions=notes.paragraphs(dict(document.notes).get("design_decisions", ())),
        general=_general(document),
        tables=sections,
        titles=titles,
        integrity=integrity(document, tables, known),
        access=access(document, tables, queries, known),
        attached=own,
        indexing=indexing(tables, known),
        scalability=scalability(document, tables, queries, known),
        evolution=evolution(document, tables, known),
        engines=engines(document, tables, known),
        further=further,
        further_title="".join(last),
    )


def _finished(**values: object) -> str:
    return environment().get_template(TEMPLATE).render(values).rstrip("\n") + "\n"


def _summary(document: Document, tables: Sequence[Table], queries: Sequence[Query]) -> str:
    version = f"Version {markdown(document.version)}. " if document.version else ""
    names = f": {codes(table.name for table in tables)}" if 0 < len(tables) <= MOST_NAMES else ""
    patterns = counted(len(queries), "query pattern")
    written, all_ = described(tables)
    missing = f" {coverage(tables).capitalize()}." if written < all_ else ""
    pages = f" {_PAGES_HINT}" if len(tables) >= MANY_TABLES else ""
    return f"{version}{counted(len(tables), 'table')}{names}; {patterns}. PostgreSQL and SQLite.{missing}{pages}"


def _contents(headings: Sequence[str]) -> str:
    return bullets(link(heading, f"#{anchor(heading)}") for heading in headings)


def _general(document: Document) -> tuple[notes.Note, ...]:
    """The document's own notes that stand with its tables' ones: security, persistence, audit."""
    own = dict(document.notes)
    keys = [key for key in notes.OF_TABLE if key in own and key != "design_decisions"]
    return tuple(notes.Note(notes.title_of(key), notes.paragraphs(own[key])) for key in keys)


def _figures(tables: Sequence[Table], known: Overview) -> tuple[Figure, ...]:
    diagrams = er_diagram(tables, known.schema)
    figures = []
    for diagram in diagrams:
        caption = f"Around {shortened([f'`{name}`' for name in diagram.tables], 4)}:" if len(diagrams) > 1 else ""
        if diagram.left_out:
            names = shortened([f"`{name}`" for name in diagram.left_out])
            caption = f"{caption} (Not drawn, but related: {names}.)".lstrip()
        figures.append(Figure(caption, fence("mermaid", diagram.text)))
    alone = [f"`{table.name}`" for table in tables if is_alone(table, known.schema)]
    if alone and not {table.name for table in tables} <= {name for diagram in diagrams for name in diagram.tables}:
        figures.append(Figure(f"Without a foreign key, from them or to them: {shortened(alone)}."))
    return tuple(figures)
