"""The kinds of triggers on SQLite.

They hold with ``recursive_triggers`` on or off: an UPDATE inside a trigger skips rows that it would leave as they are,
so the chain ends, and a row update skips rows that a nested trigger has already refreshed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.changes.migration import Statement
from schemagen.engines.standard import refusal, sql_text
from schemagen.engines.trigger_parts import filling_expression, is_left_out, parent_condition
from schemagen.schema.triggers import TriggerKind

from . import full_text
from .types import now

if TYPE_CHECKING:
    from schemagen.engines.standard import StandardDialect
    from schemagen.schema.model import Schema, Table
    from schemagen.schema.triggers import Trigger

_ROW_NUMBERS = ("rowid", "_rowid_", "oid")
_TOUCH_EVENTS = {"insert": ("NEW",), "update": ("NEW", "OLD"), "delete": ("OLD",)}


def trigger_names(trigger: Trigger, schema: Schema) -> tuple[str, ...]:
    """The names in the database: three for touch, one an event; none where SQLite does not have it."""
    if is_left_out(trigger, schema, "sqlite"):
        return ()
    if trigger.kind is TriggerKind.FULL_TEXT:
        return full_text.trigger_names(trigger.name)
    if trigger.kind is TriggerKind.TOUCH:
        return tuple(f"{trigger.name}_{event}" for event in _TOUCH_EVENTS)
    return (trigger.name,)


def create_trigger(dialect: StandardDialect, trigger: Trigger, schema: Schema) -> tuple[Statement, ...]:
    """The statements that make one trigger."""
    if is_left_out(trigger, schema, "sqlite"):
        return ()
    match trigger.kind:
        case TriggerKind.APPEND_ONLY | TriggerKind.NO_DELETE | TriggerKind.IMMUTABLE:
            return (_refusing(dialect, trigger),)
        case TriggerKind.ROW_UPDATE:
            return _row_update(dialect, trigger, schema)
        case TriggerKind.FULL_TEXT:
            return full_text.creation(dialect, trigger, schema.table(trigger.table))
        case TriggerKind.SET_NULL:
            return (_set_null(dialect, trigger),)
    return _touch(dialect, trigger, schema)


def _refusing(dialect: StandardDialect, trigger: Trigger) -> Statement:
    sql = sql_text(
        f"sqlite/trigger_{trigger.kind}.sql.jinja",
        name=dialect.quote(trigger.name),
        table=dialect.quote(trigger.table),
        column=dialect.quote(trigger.column),
        message=sql_string(refusal(trigger)),
    )
    return Statement(sql, dialect.trigger_heading(trigger))


def _set_null(dialect: StandardDialect, trigger: Trigger) -> Statement:
    """After the row has gone, as the engine's own actions come: a statement may delete the child as well."""
    key = trigger.foreign_key
    assert key is not None  # noqa: S101  (it comes of a key)
    pairs = zip(key.columns, key.parent_columns, strict=True)
    sql = sql_text(
        "sqlite/trigger_set_null.sql.jinja",
        name=dialect.quote(trigger.name),
        parent=dialect.quote(key.parent),
        table=dialect.quote(trigger.table),
        emptied=[dialect.quote(name) for name in key.emptied],
        children=" AND ".join(f"{dialect.quote(child)} = OLD.{dialect.quote(of)}" for child, of in pairs),
    )
    return Statement(sql, dialect.trigger_heading(trigger))


def _row_update(dialect: StandardDialect, trigger: Trigger, schema: Schema) -> tuple[Statement, ...]:
    expression = filling_expression(dialect, trigger, schema, now)
    if expression is None:
        return ()
    table = schema.table(trigger.table)
    key = [dialect.quote(name) for name in table.primary_key.columns] if table.primary_key else [_row_number(table)]
    sql = sql_text(
        "sqlite/trigger_row_update.sql.jinja",
        name=dialect.quote(trigger.name),
        table=dialect.quote(trigger.table),
        column=dialect.quote(trigger.column),
        expression=expression,
        key=key,
        watched=[dialect.quote(name) for name in _watched(table)],
    )
    return (Statement(sql, dialect.trigger_heading(trigger)),)


def filled_by_updates(table: Table) -> tuple[str, ...]:
    """The columns that an UPDATE of their own table refreshes on SQLite."""
    return tuple(column.name for column in table.columns if column.on_row_update and column.on_row_update.sqlite)


def _watched(table: Table) -> list[str]:
    """The columns whose UPDATE refreshes the filled ones; none stands for all.

    Where several columns are filled, the filling of one must not look like a user's UPDATE to the others: it would
    overwrite a value that the user's own statement gave, and never end.
    """
    filled = filled_by_updates(table)
    if len(filled) == 1:
        return []
    return [column.name for column in table.columns if column.name not in filled and not column.generated]


def _row_number(table: Table) -> str:
    taken = {column.name.lower() for column in table.columns}
    return next(name for name in _ROW_NUMBERS if name not in taken)


def _touch(dialect: StandardDialect, trigger: Trigger, schema: Schema) -> tuple[Statement, ...]:
    expression = filling_expression(dialect, trigger, schema, now)
    key = trigger.foreign_key
    if expression is None or key is None:
        return ()
    return tuple(
        Statement(
            sql_text(
                "sqlite/trigger_touch.sql.jinja",
                name=dialect.quote(f"{trigger.name}_{event}"),
                event=event.upper(),
                table=dialect.quote(trigger.table),
                parent=dialect.quote(key.parent),
                column=dialect.quote(trigger.column),
                expression=expression,
                parents=parent_condition(dialect, key, rows),
            ),
            dialect.trigger_heading(trigger) if event == "insert" else "",
        )
        for event, rows in _TOUCH_EVENTS.items()
    )
