"""What a backfill does to a column that is there already; one that the last build had has done its work.

A rollback converts nothing by a backfill: what that expression was written for has been done, or has not come yet. It
reads no other table either, which may be gone by then.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from schemagen.schema.types import Native, Type
from schemagen.sql.other_rows import reads_other_rows

from .renames import mentions

if TYPE_CHECKING:
    from schemagen.schema.dialect import Sql
    from schemagen.schema.model import Column, Schema, Table

    from .renames import Renames


def stored_type(type_: Type) -> Type:
    """A type without what only the models show of it."""
    return replace(type_, python="") if isinstance(type_, Native) else type_


def conversion_of(old: Column, new: Column) -> Sql | None:
    """What the values become where the type changes: the new column's backfill, in which its name is the old value.

    One that does not read it fills NULL alone, where the column can't be NULL any more as well.
    """
    if _spent(old, new) or new.generated or old.generated or stored_type(old.type) == stored_type(new.type):
        return None
    fills = old.nullable and not new.nullable and new.backfill is not None and is_lossy(new.backfill, new.name)
    return None if fills else new.backfill


def fill_of_nulls(old: Column, new: Column) -> Sql | None:
    """What stands for NULL where a column can't be NULL any more and has no conversion."""
    if _spent(old, new) or conversion_of(old, new) or not old.nullable or new.nullable:
        return None
    return new.backfill


def is_lossy(conversion: Sql, name: str) -> bool:
    """Whether a conversion does not read the old value on one of the engines."""
    return not all(text and mentions(text, [name]) for text in (conversion.postgres, conversion.sqlite))


def _spent(old: Column, new: Column) -> bool:
    return new.backfill is None or new.backfill == old.backfill


def without_conversions(old: Schema, new: Schema, renames: Renames) -> Schema:
    """The new schema where no column converts the values that the old one has: a rollback, or a database put right."""
    return replace(new, tables=tuple(_without(table, old, renames) for table in new.tables))


def _without(table: Table, old: Schema, renames: Renames) -> Table:
    was = renames.continued_table(table.name, old)
    if was is None or not any(column.backfill for column in table.columns):
        return table
    before = old.table(was)

    def plain(column: Column) -> Column:
        name = renames.continued_column(table.name, column.name, before)
        converts = name is not None and conversion_of(before.column(name), column) is not None
        reads = column.backfill is not None and any(
            map(reads_other_rows, (column.backfill.postgres, column.backfill.sqlite))
        )
        return replace(column, backfill=None) if converts or reads else column

    return replace(table, columns=tuple(map(plain, table.columns)))
