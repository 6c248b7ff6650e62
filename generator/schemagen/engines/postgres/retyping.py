"""A column takes another type on PostgreSQL: each value as it was, or what the column's backfill makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.changes.conversions import conversion_of
from schemagen.changes.migration import Statement
from schemagen.changes.type_changes import type_change
from schemagen.changes.type_definitions import is_rebuilt
from schemagen.engines.standard import enclosed, enum_check
from schemagen.schema import types as t

from . import statements as sql
from .conversion import conversion, survives
from .dialect import POSTGRES, declared_type
from .enum_types import has_labels
from .numbering import retype_serial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.changes.changes import AlterTable
    from schemagen.schema.model import Column, Table

_COMING = "_schemagen_coming"
"""A temporary table with the column as it will be, for what the server says of it."""


def retype(table: Table, before: Column, column: Column, *, online: bool) -> tuple[Statement, ...]:
    """ALTER COLUMN … TYPE, between what refuses values that do not fit before it and after it.

    Args:
        table: with its new names.
        before: the column as it was, under its new name.
        column: as it will be.
        online: whether the rows are to fit at once; a rollback leaves that to the constraints that come back.
    """
    converted = conversion_of(before, column)
    if converted and converted.postgres:
        return (*_as_text(table, before), *_converted(table, column, enclosed(converted.postgres)))
    name = POSTGRES.quote(column.name)
    how = type_change(before.type, column.type)
    misfit = f"{column.name} does not fit {column.type.described}"
    lossy = bool(how.verdict and how.rewrites)
    old, new = _values(before.type, column.type)
    lost = f"NOT ({survives(name, old, new)})"
    first = [sql.refuse_rows(table.name, lost, misfit, casts=True)] if lossy else []
    using = conversion(name, old, new) if old != new else None
    is_other = declared_type(before.type) != declared_type(column.type) or is_rebuilt(before.type, column.type)
    clause = f" USING {using}" if using and is_other else ""
    check = POSTGRES.type_check(table, column) if lossy and online else None
    last = [sql.refuse_rows(table.name, f"NOT ({check.sql})", misfit)] if check else []
    numbered = before.identity and column.identity and before.type != column.type
    again = [retype_serial(table.name, column.name, declared_type(column.type))] if numbered else []
    return (*first, *_alter(table, column, clause), *again, *last)


def _values(before: t.Type, after: t.Type) -> tuple[t.Type, t.Type]:
    """The types whose values are converted: of a domain over another type, those under it."""
    if is_rebuilt(before, after) and isinstance(before, t.Native):
        return t.value_type(before), t.value_type(after)
    return before, after


def _as_text(table: Table, before: Column) -> tuple[Statement, ...]:
    """A named enum as text first, as the expression reads it."""
    if not t.is_named(before.type):
        return ()
    name, each = POSTGRES.quote(table.name), POSTGRES.quote(before.name)
    return (Statement(f"ALTER TABLE {name} ALTER COLUMN {each} TYPE text USING {each}::text"),)


def _converted(table: Table, column: Column, value: str) -> tuple[Statement, ...]:
    """The same by an expression over the old row; what it makes of a row has to be there, and to fit."""
    reason = f"what the backfill of {column.name} makes of it"
    nulls = [sql.refuse_rows(table.name, f"{value} IS NULL", f"{reason} is NULL")] if not column.nullable else []
    misfit = f"{reason} does not fit {column.type.described}"
    if isinstance(column.type, t.Enum) and column.type.name:
        first = [sql.refuse_rows(table.name, f"NOT ({enum_check(column.type, value)})", misfit)]
        return (*nulls, *first, *_alter(table, column, f" USING {value}::{declared_type(column.type)}"))
    check = POSTGRES.type_check(table, column)
    last = [sql.refuse_rows(table.name, f"NOT ({check.sql})", misfit)] if check else []
    return (*nulls, *_alter(table, column, f" USING {value}"), *last)


def refuse_twice(change: AlterTable) -> Iterator[Statement]:
    """Stop, if a column's values have been converted already: its type, or the check of that, tells."""
    for column in change.converted:
        yield _refuse_twice(change, change.moved.column(column.name), column)


def leaves_no_trace(before: Column, column: Column, change: AlterTable) -> bool:
    """Whether nothing in the catalog tells that a column's values have been converted."""
    old, new = POSTGRES.type_check(change.moved, before), POSTGRES.type_check(change.new, column)
    is_same = declared_type(before.type) == declared_type(column.type) and not is_rebuilt(before.type, column.type)
    return is_same and (old and old.sql) == (new and new.sql)


def _refuse_twice(change: AlterTable, before: Column, column: Column) -> Statement:
    table, name = POSTGRES.quote(change.new.name), POSTGRES.quote(column.name)
    check = POSTGRES.type_check(change.new, column)
    there = f"attrelid = to_regclass({sql_string(table)}) AND attname = {sql_string(column.name)}"
    coming = f"attrelid = {sql_string(f'pg_temp.{_COMING}')}::regclass AND attname = {sql_string(column.name)}"
    type_ = "SELECT format_type(atttypid, atttypmod) FROM pg_catalog.pg_attribute WHERE"
    if declared_type(before.type) != declared_type(column.type):
        done = f"({type_} {there}) = ({type_} {coming})"
    elif isinstance(column.type, t.Enum) and column.type.name:
        done = has_labels(column.type.name, column.type.values)
    elif check:
        text = "SELECT pg_get_expr(conbin, conrelid) FROM pg_catalog.pg_constraint WHERE"
        named = f"conname = {sql_string(check.name)} AND conrelid ="
        done = (
            f"({text} {named} to_regclass({sql_string(table)})) = "
            f"({text} {named} {sql_string(f'pg_temp.{_COMING}')}::regclass)"
        )
    else:
        old = POSTGRES.type_check(change.old, change.old.column(dict(change.columns)[column.name]))
        held = f"conname = {sql_string(old.name if old else '')} AND conrelid = to_regclass({sql_string(table)})"
        done = (
            f"EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE {there}) AND "
            f"NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE {held})"
        )
    own = f", CONSTRAINT {POSTGRES.quote(check.name)} CHECK ({check.sql})" if check else ""
    message = sql_string(f"{change.new.name}.{column.name} has been converted already; nothing was changed")
    return sql.block(
        f"    CREATE TEMPORARY TABLE {_COMING} ({name} {declared_type(column.type)}{own}) ON COMMIT DROP;\n"
        f"    IF {done} THEN\n"
        f"        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = {message};\n"
        f"    END IF;\n    DROP TABLE pg_temp.{_COMING};"
    )


def _alter(table: Table, column: Column, clause: str) -> Iterator[Statement]:
    collate = f" COLLATE {POSTGRES.quote(column.collation)}" if column.collation else ""
    name, each = POSTGRES.quote(table.name), POSTGRES.quote(column.name)
    yield Statement(f"ALTER TABLE {name} ALTER COLUMN {each} TYPE {declared_type(column.type)}{collate}{clause}")
    yield Statement(f"ANALYZE {name} ({each})", "What the planner knew of the column is gone with its type")
