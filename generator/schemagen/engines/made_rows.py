"""The rows of a table as a change will leave them, as a subquery that the database can answer before it is changed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from schemagen.changes.conversions import conversion_of, fill_of_nulls

from .standard import enclosed, relabelled

if TYPE_CHECKING:
    from collections.abc import Collection

    from schemagen.changes.changes import AlterTable
    from schemagen.schema.dialect import Sql
    from schemagen.schema.model import Column, Table

    from .standard import StandardDialect


class MadeRows(ABC):
    """How one engine computes, from a row as it is, what a migration will make of it."""

    dialect: StandardDialect

    @abstractmethod
    def converted(self, value: str, old: Column, new: Column) -> str:
        """A value of a column whose type changes, as the migration converts it; NULL where it stops instead."""

    @abstractmethod
    def typed(self, value: str, column: Column) -> str:
        """What a backfill or default gives, as a value of its column's type, not cut to its length."""

    @abstractmethod
    def misfits(self, change: AlterTable, column: Column, shown: Collection[str]) -> str | None:
        """What stands after FROM, with the condition, to find values that do not fit the column's new type.

        None where the engine takes all of them.

        Args:
            change: the table, as it is and as it will be.
            column: as it will be.
            shown: the names of the columns that the query reads.
        """

    @abstractmethod
    def refused(self, column: Column, table: Table) -> str | None:
        """The condition that the type of a column refuses what is computed for it; None where it refuses nothing."""

    def source(self, change: AlterTable, needed: Collection[str]) -> str:
        """What stands after FROM, before an alias: the table itself where all that is needed stays as it is.

        Args:
            change: the table, as it is and as it will be.
            needed: the new names of the columns that are read.
        """
        listed = [column for column in change.new.columns if column.name in needed]
        computed = [column for column in listed if column.generated and not self._stays(change, column)]
        kept = [column for column in (change.new.columns if computed else listed) if not self._is_made(change, column)]
        quote, before = self.dialect.quote, dict(change.columns)
        values = {quote(column.name): self.value(change, column) for column in kept}
        if not computed and all(name == value for name, value in values.items()):
            same = all(before[column.name] == column.name for column in kept)
            return quote(change.old.name) if same else self.renamed(change)
        source = f"(SELECT {_named(values)} FROM {self.moved(change)})"
        if not computed:
            return source
        results = {quote(column.name): self._text(column.generated) for column in computed}
        return f"(SELECT made.*, {_named(results)} FROM {source} AS made)"

    def renamed(self, change: AlterTable) -> str:
        """The table as it is, under the new names of its columns."""
        quote = self.dialect.quote
        pairs = list(zip(change.old.columns, change.moved.columns, strict=True))
        if all(old.name == new.name for old, new in pairs):
            return quote(change.old.name)
        names = _named({quote(new.name): quote(old.name) for old, new in pairs})
        return f"(SELECT {names} FROM {quote(change.old.name)})"

    def moved(self, change: AlterTable) -> str:
        """The same with the table's new name as its alias, by which a backfill may name its columns."""
        source = self.renamed(change)
        name, alias = self.dialect.quote(change.new.name), self.dialect.alias(change.new.name)
        return source if source == name else f"{source} AS {alias}"

    def value(self, change: AlterTable, column: Column) -> str:
        """What a column that is not computed will hold, over the row as it is under the new names."""
        if column.name not in dict(change.columns):
            given = self._text(column.backfill) if column.backfill else self.dialect.default(column)
            return self.typed("NULL" if given is None else given, column)
        name, before = self.dialect.quote(column.name), change.moved.column(column.name)
        conversion, fill = conversion_of(before, column), fill_of_nulls(before, column)
        if conversion:
            return self.typed(self._text(conversion), column)
        labels = change.renamed_labels.get(column.name, ())
        shown = relabelled(self.converted(name, before, column) if labels else name, labels)
        value = self.converted(shown, before, column) if before.type != column.type else shown
        return f"coalesce({value}, {self._text(fill)})" if fill else value

    def _is_made(self, change: AlterTable, column: Column) -> bool:
        return column.generated is not None and not self._stays(change, column)

    def _stays(self, change: AlterTable, column: Column) -> bool:
        continued = column.name in dict(change.columns)
        return continued and change.moved.column(column.name).generated == column.generated

    def _text(self, sql: Sql | None) -> str:
        text = sql.for_dialect(self.dialect.name) if sql else None
        return "NULL" if text is None else enclosed(text)


def _named(values: dict[str, str]) -> str:
    return ", ".join(name if name == value else f"{value} AS {name}" for name, value in values.items())
