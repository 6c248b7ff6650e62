"""What a migration makes of a row on PostgreSQL, and which rows it stops before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.changes.type_changes import type_change
from schemagen.engines.made_rows import MadeRows
from schemagen.schema import types as t
from schemagen.schema.type_spellings import on_postgres

from .conversion import conversion, survives
from .dialect import POSTGRES, declared_type, value_check

if TYPE_CHECKING:
    from collections.abc import Collection

    from schemagen.changes.changes import AlterTable
    from schemagen.schema.model import Column, Table


_NONE = "NULL"


class PostgresRows(MadeRows):
    """PostgreSQL; what a cast would refuse with an error is asked of ``pg_input_is_valid``, which 16 has."""

    dialect = POSTGRES

    def converted(self, value: str, old: Column, new: Column) -> str:
        """A cast, or what the migration has after USING; the value of an enum type as text, which has its labels."""
        if t.is_named(new.type):
            return f"{value}::text"
        before, after = t.value_type(old.type), t.value_type(new.type)
        if t.Vector in (type(before), type(after)):  # nothing but NULL becomes one of other numbers
            return value if on_postgres(before) == on_postgres(after) else _NONE
        made = conversion(value, before, after) or f"{value}::{declared_type(after)}"
        written = _written(value, before, after)
        return f"CASE WHEN {_is_read(written, after)} THEN {made} END" if written else made

    def typed(self, value: str, column: Column) -> str:
        """A cast, to text without a length where the type has one."""
        type_ = t.value_type(column.type)
        is_text = isinstance(type_, (t.Varchar, t.Char)) or t.is_named(type_)
        return f"CAST({value} AS {'text' if is_text else declared_type(type_)})"

    def misfits(self, change: AlterTable, column: Column, shown: Collection[str]) -> str:  # noqa: ARG002
        """The old values that the new type cannot give back, or that its check refuses."""
        before, name = change.moved.column(column.name), POSTGRES.quote(column.name)
        refused = []
        old, new = t.value_type(before.type), t.value_type(column.type)
        if type_change(old, new).rewrites:
            refused.append(_lost(name, old, new))
        made = self.converted(name, before, column)
        check = value_check(column.type, made) if made != _NONE else None
        refused += [f"NOT ({check})"] if check else []
        return f"{self.moved(change)} WHERE {' OR '.join(refused)}"

    def refused(self, column: Column, table: Table) -> str | None:  # noqa: ARG002  (types do not depend on it here)
        """A text that is too long, or none of an enum's."""
        name = POSTGRES.quote(column.name)
        if isinstance(column.type, (t.Varchar, t.Char)):
            return f"length({name}) > {column.type.length}" if column.type.length else None
        check = value_check(column.type, name)
        return f"NOT ({check})" if check else None


def _lost(value: str, old: t.Type, new: t.Type) -> str:
    """The condition that a value does not come back from the new type, in the order in which casts can be tried."""
    found = f"NOT ({survives(value, old, new)})"
    if t.is_named(new) or t.Vector in (type(old), type(new)):
        return found
    there = conversion(value, old, new) or f"{value}::{declared_type(new)}"
    for written, type_ in ((_written(f"({there})", new, old), old), (_written(value, old, new), new)):
        if written:
            found = f"CASE WHEN {_is_read(written, type_)} THEN {found} ELSE {value} IS NOT NULL END"
    return found


def _is_read(text: str, type_: t.Type) -> str:
    return f"pg_input_is_valid({text}, {sql_string(declared_type(type_))})"


def _written(value: str, old: t.Type, new: t.Type) -> str | None:
    """The text that a cast reads, where it may raise an error; None where it never does."""
    if isinstance(new, (t.TextType, t.Json)) and not isinstance(new, t.Native):
        return f"{value}::text" if isinstance(new, t.Json) else None
    if isinstance(old, t.NumberType) and isinstance(new, t.NumberType):
        return f"round({value}::numeric)::text" if isinstance(new, t.IntegerType) else f"{value}::numeric::text"
    if type(old) is type(new) or conversion(value, old, new) != f"{value}::text::{declared_type(new)}":
        return f"{value}::text" if isinstance(old, t.TextType) else None
    return f"{value}::text"


POSTGRES_ROWS = PostgresRows()
