"""The index of a document that is cut into pages: its tables with purposes and sizes, and where each is described."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.counting import counted
from schemagen.base.escape import markdown
from schemagen.base.render import environment

from . import notes
from .markdown import joined, sentence, table
from .sections.access import access
from .sizes import sizes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemagen.schema.model import Document, Table
    from schemagen.schema.query import Query

    from .overview import Overview
    from .sizes import Sizes

TEMPLATE = "docs/index.md.jinja"


def index_page(document: Document, tables: Sequence[Table], queries: Sequence[Query], known: Overview) -> str:
    """The text of ``docs/<document>.md``; its tables, and the queries of them, have pages of their own."""
    names = {each.name for each in tables}
    elsewhere = [query for query in queries if not names & {*query.tables}]
    version = f"Version {markdown(document.version)}. " if document.version else ""
    general = [key for key in notes.OF_TABLE if key in dict(document.notes)]
    values = {
        "title": markdown(document.title) or f"`{document.name}`",
        "summary": f"{version}{counted(len(tables), 'table')}; {counted(len(queries), 'query pattern')}.",
        "description": sentence(document.description),
        "tables": _tables(document, tables, known),
        "queries": _queries(document, [query for query in queries if query not in elsewhere], known),
        "access": access(document, (), elsewhere, known) if elsewhere else None,
        "notes": [notes.Note(notes.title_of(key), notes.paragraphs(dict(document.notes)[key])) for key in general],
        "further": notes.further(document.notes),
    }
    return environment().get_template(TEMPLATE).render(values).rstrip("\n") + "\n"


def _tables(document: Document, tables: Sequence[Table], known: Overview) -> str:
    sizes = sizes_of(tables, known.postgres, known.sqlite)
    groups: dict[str, list[Sizes]] = {}
    for each in sizes:
        groups.setdefault(each.table.group, []).append(each)
    if not any(groups):
        return _listed(document, sizes, known)
    named = sorted(groups, key=lambda name: not name)
    return "\n\n".join(
        f"### {markdown(name) or 'Others'}\n\n{_listed(document, groups[name], known)}" for name in named
    )


def _listed(document: Document, sizes: Sequence[Sizes], known: Overview) -> str:
    header = ("Table", "Purpose", "Columns", "Refers to", "Rows", "A year on, PostgreSQL")
    shown = len(header) if any(each.table.volume for each in sizes) else len(header) - 2
    return table(header[:shown], (_row(document, each, known)[:shown] for each in sizes))


def _row(document: Document, size: Sizes, known: Overview) -> tuple[str, ...]:
    own = size.table
    parents = dict.fromkeys(key.parent for key in own.foreign_keys if key.parent != own.name)
    return (
        known.link_to(own.name, document),
        sentence(own.description),
        str(len(own.columns)),
        ", ".join(known.link_to(name, document) for name in parents),
        f"{own.volume.rows:,}" if own.volume else "",
        size.total(size.postgres, size.rows_after_a_year) if own.volume else "",
    )


def _queries(document: Document, queries: Sequence[Query], known: Overview) -> str:
    def row(query: Query) -> tuple[str, ...]:
        homes = [known.link_to(name, document) for name in query.tables]
        return f"`{query.name}`", sentence(query.description), joined(homes)

    return table(("Query", "What for", "Described with"), map(row, queries)) if queries else ""
