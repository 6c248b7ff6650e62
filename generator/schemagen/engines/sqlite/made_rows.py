"""What a migration makes of a row on SQLite, and which rows it stops before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.engines.made_rows import MadeRows
from schemagen.engines.standard import written_check

from . import conversion
from . import types as sqlite_types
from .dialect import SQLITE

if TYPE_CHECKING:
    from collections.abc import Collection

    from schemagen.changes.changes import AlterTable
    from schemagen.schema.model import Column, Table

_TAKES = {
    "INTEGER": ("integer", "null"),
    "REAL": ("integer", "real", "null"),
    "TEXT": ("text", "integer", "real", "null"),
    "BLOB": ("blob", "null"),
}
"""The kinds of values that a STRICT column of a type takes as they are (SQLite, "STRICT Tables", 2)."""


class SqliteRows(MadeRows):
    """SQLite."""

    dialect = SQLITE

    def converted(self, value: str, old: Column, new: Column) -> str:
        """What the refill of a rebuild says."""
        return conversion.converted(value, old.type, new.type)

    def typed(self, value: str, column: Column) -> str:  # noqa: ARG002  (values have their types)
        """The value."""
        return value

    def misfits(self, change: AlterTable, column: Column, shown: Collection[str]) -> str | None:
        """The converted values that the type's check refuses, or the column itself as the table is STRICT."""
        before = change.moved.column(column.name)
        same = SQLITE.column_type(before, change.moved) == SQLITE.column_type(column, change.new)
        refused = self._refused(column, change.new, declared=not (same and change.moved.sqlite.strict))
        return f"{self.source(change, shown)} AS made WHERE {refused}" if refused else None

    def refused(self, column: Column, table: Table) -> str | None:
        """What is not of the type that the column is declared with, or not what PostgreSQL's type would take."""
        return self._refused(column, table, declared=True)

    def _refused(self, column: Column, table: Table, *, declared: bool) -> str | None:
        """The same; ``declared`` is false where the values are of the declared type already."""
        name, wrong = SQLITE.quote(column.name), []
        check = sqlite_types.value_check(column.type, name) if table.sqlite.parity else written_check(column.type, name)
        if kinds := _TAKES.get(SQLITE.column_type(column, table)) if declared and table.sqlite.strict else None:
            whole = f" AND {name} IS NOT CAST({name} AS INTEGER)" if kinds[0] == "integer" and len(kinds) == 2 else ""  # noqa: PLR2004
            wrong.append(f"typeof({name}) NOT IN ({', '.join(repr(kind) for kind in kinds)}){whole}")
        wrong += [f"NOT ({check})"] if check else []
        return " OR ".join(wrong) or None


SQLITE_ROWS = SqliteRows()
