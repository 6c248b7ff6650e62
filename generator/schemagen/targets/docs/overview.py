"""What every document needs to know of the whole schema, computed once for a build."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from schemagen.base.tree import PLAIN
from schemagen.engines.dialects import dialect

from . import words
from .markdown import anchor, link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemagen.base.tree import Tree
    from schemagen.changes.migration import Step
    from schemagen.engines.base import Dialect, Difference
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.model import Document, Schema, Table
    from schemagen.schema.query import Query


@dataclass(frozen=True, slots=True)
class Home:
    """Where a table is described: the document's name and the anchor of its section."""

    document: str
    anchor: str


@dataclass(frozen=True)
class Overview:
    """The schema with what documents look up in it."""

    schema: Schema
    steps: tuple[Step, ...]
    postgres: Dialect
    sqlite: Dialect
    tables: dict[str, list[Table]]
    """By document."""
    queries: dict[str, list[Query]]
    """By document."""
    homes: dict[str, Home]
    """By table."""
    used_by: dict[tuple[str, str], list[Query]]
    """By table and the name of an index, unique constraint or primary key."""
    changes: dict[str, list[tuple[Step, str]]]
    """By table: every change of the history that names it."""
    tree: Tree
    """Where the files lie that documents link to."""

    @property
    def dialects(self) -> tuple[Dialect, Dialect]:
        """Both engines, PostgreSQL first, as everywhere in the documents."""
        return self.postgres, self.sqlite

    @cached_property
    def differences(self) -> dict[str, list[Difference]]:
        """What the engines do differently, by table."""
        found: dict[str, list[Difference]] = defaultdict(list)
        for engine in self.dialects:
            for difference in engine.differences(self.schema):
                found[difference.table].append(difference)
        return found

    @cached_property
    def deletes(self) -> dict[str, list[str]]:
        """What deleting a row does, in sentences, by table."""
        return {table.name: words.delete_sentences(table, self.schema) for table in self.schema.tables}

    def link_to(self, table: str, document: Document) -> str:
        """A link to a table's section, from another section or another document; the bare name if it has none."""
        home = self.homes.get(table)
        if home is None:
            return f"`{table}`"
        path = (
            ""
            if home.document == document.name
            else self.tree.relative(f"docs/{home.document}.md", f"docs/{document.name}.md")
        )
        return link(f"`{table}`", f"{path}#{home.anchor}")


def overview(schema: Schema, steps: Sequence[Step], tree: Tree = PLAIN) -> Overview:
    """Compute the overview of a schema and its history."""
    tables: dict[str, list[Table]] = defaultdict(list)
    queries: dict[str, list[Query]] = defaultdict(list)
    for table in schema.tables:
        tables[table.document].append(table)
    for query in schema.queries:
        queries[query.document].append(query)
    postgres, sqlite = dialect("postgres"), dialect("sqlite")
    return Overview(
        schema,
        tuple(steps),
        postgres,
        sqlite,
        tables,
        queries,
        _homes(schema, tables),
        _used_by(schema),
        _changes(schema, steps),
        tree,
    )


def heading_of(number: int, table: Table) -> str:
    """The heading of a table's section, as Markdown."""
    return f"{number}. Table `{table.name}`"


def migration_file(step: Step, engine: DialectName) -> str:
    """Where the file of one step stands in the output."""
    return f"migrations/{engine}/{step.identifier}.sql"


def page_of(document: Document, table: Table) -> Document:
    """The page of one table of a document that is cut into pages, as a document of its own.

    The suffix of the folder keeps it apart from documents that are called like a table.
    """
    return replace(document, name=f"{document.name}.tables/{table.key}")


def _homes(schema: Schema, tables: dict[str, list[Table]]) -> dict[str, Home]:
    return {
        table.name: Home(page_of(document, table).name, anchor(heading_of(1, table)))
        if document.pages == "table"
        else Home(document.name, anchor(heading_of(number, table)))
        for document in schema.documents
        for number, table in enumerate(tables.get(document.name, ()), 1)
    }


def _used_by(schema: Schema) -> dict[tuple[str, str], list[Query]]:
    found: dict[tuple[str, str], list[Query]] = defaultdict(list)
    for query in schema.queries:
        for table in query.tables:
            for name in query.uses:
                found[table, name].append(query)
    return found


def _changes(schema: Schema, steps: Sequence[Step]) -> dict[str, list[tuple[Step, str]]]:
    found: dict[str, list[tuple[Step, str]]] = defaultdict(list)
    for step in steps:
        for change in step.changes:
            for name in change.tables:
                if name in schema.by_name:
                    found[name].append((step, change.text))
    return found
