"""The kinds of triggers on PostgreSQL: a function and a trigger of one name.

A function keeps the search path of the migration that makes it (see ``session``), so no schema, temporary table or
function of a caller is found in its place. The owner of a table can suspend its triggers for one transaction, as
a backfill does (``session.SUSPEND_TRIGGERS``); to everybody else, and in any other transaction, it means nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from schemagen.base.escape import dollar_tag, sql_string
from schemagen.changes.migration import Statement
from schemagen.engines.standard import refusal, sql_text
from schemagen.engines.trigger_parts import filling_expression, is_left_out, parent_condition
from schemagen.schema import types as t
from schemagen.schema.places import beside, in_postgres
from schemagen.schema.triggers import TriggerKind, comes_back

if TYPE_CHECKING:
    from schemagen.engines.standard import StandardDialect
    from schemagen.schema.model import Column, Schema, Table
    from schemagen.schema.triggers import Trigger

_NOW: dict[type[t.Type], str] = {
    t.TimestampTz: "now()",
    t.Timestamp: "(now() AT TIME ZONE 'UTC')",
    t.Date: "(now() AT TIME ZONE 'UTC')::date",
    t.Time: "(now() AT TIME ZONE 'UTC')::time",
}
"""The present moment (UTC) as each type keeps it."""

DEEPEST = 100
"""How deep touches go within touches: rows in a cycle would touch each other for ever where the clock moves on."""

_WORD = re.compile(r"\w+")
_WITHOUT_EQUALITY = (t.Json, t.Native)


def _now(type_: t.Type) -> str | None:
    return _NOW.get(type(type_))


def create_trigger(dialect: StandardDialect, trigger: Trigger, schema: Schema) -> tuple[Statement, ...]:
    """The statements that make one trigger; none where it is left out of PostgreSQL."""
    if is_left_out(trigger, schema, "postgres"):
        return ()
    match trigger.kind:
        case TriggerKind.APPEND_ONLY | TriggerKind.IMMUTABLE:
            return _refusing(dialect, trigger, schema)
        case TriggerKind.NO_DELETE | TriggerKind.NO_TRUNCATE:
            return _keeping(dialect, trigger)
        case TriggerKind.ROW_UPDATE:
            return _row_update(dialect, trigger, schema)
    return _touch(dialect, trigger, schema)


def drop_trigger(dialect: StandardDialect, trigger: Trigger, schema: Schema) -> tuple[Statement, ...]:
    """The way back from ``create_trigger``."""
    if is_left_out(trigger, schema, "postgres"):
        return ()
    table = dialect.quote(trigger.table)
    return (
        Statement(f"DROP TRIGGER IF EXISTS {dialect.quote(trigger.name)} ON {table}"),
        Statement(f"DROP FUNCTION IF EXISTS {_function(dialect, trigger)}()"),
    )


def _function(dialect: StandardDialect, trigger: Trigger) -> str:
    """The function of a trigger, in the schema of its table."""
    return dialect.quote(beside(trigger.table, trigger.name))


def _statements(
    dialect: StandardDialect, trigger: Trigger, body: str, *, fires: str, settings: str = ""
) -> tuple[Statement, ...]:
    called = _function(dialect, trigger)
    function = sql_text(
        "postgres/trigger_function.sql.jinja", name=called, body=body, tag=dollar_tag(body), settings=settings
    )
    made = sql_text("postgres/trigger.sql.jinja", name=dialect.quote(trigger.name), function=called, fires=fires)
    return Statement(function, dialect.trigger_heading(trigger)), Statement(made)


def _refusing(dialect: StandardDialect, trigger: Trigger, schema: Schema) -> tuple[Statement, ...]:
    body = sql_text("postgres/body_refuse.sql.jinja", message=sql_string(_refusal(trigger)), row="NEW")
    condition = ""
    if trigger.kind is TriggerKind.IMMUTABLE:
        column = schema.table(trigger.table).column(trigger.column)
        new, old = (_comparable(dialect, row, column) for row in ("NEW", "OLD"))
        condition = f"{new} IS DISTINCT FROM {old}"
    return _statements(dialect, trigger, body, fires=_before_update(dialect, trigger, condition))


def _refusal(trigger: Trigger) -> str:
    """The message, with the table as PostgreSQL has it."""
    return refusal(replace(trigger, table=in_postgres(trigger.table)))


def _keeping(dialect: StandardDialect, trigger: Trigger) -> tuple[Statement, ...]:
    body = sql_text("postgres/body_refuse.sql.jinja", message=sql_string(_refusal(trigger)), row="OLD")
    table = dialect.quote(trigger.table)
    every = f"TRUNCATE ON {table} FOR EACH STATEMENT"
    event = every if trigger.kind is TriggerKind.NO_TRUNCATE else f"DELETE ON {table} FOR EACH ROW"
    return _statements(dialect, trigger, body, fires=f"BEFORE {event}")


def _row_update(dialect: StandardDialect, trigger: Trigger, schema: Schema) -> tuple[Statement, ...]:
    expression = filling_expression(dialect, trigger, schema, _now)
    if expression is None:
        return ()
    table = schema.table(trigger.table)
    column = table.column(trigger.column)
    body = sql_text(
        "postgres/body_row_update.sql.jinja",
        column=dialect.quote(column.name),
        expression=_row_expression(dialect, table, expression),
    )
    new, old = (_comparable(dialect, row, column) for row in ("NEW", "OLD"))
    return _statements(
        dialect, trigger, body, fires=_before_update(dialect, trigger, f"{new} IS NOT DISTINCT FROM {old}")
    )


def _touch(dialect: StandardDialect, trigger: Trigger, schema: Schema) -> tuple[Statement, ...]:
    expression = filling_expression(dialect, trigger, schema, _now)
    key = trigger.foreign_key
    if expression is None or key is None:
        return ()
    body = sql_text(
        "postgres/body_touch.sql.jinja",
        parent=dialect.quote(key.parent),
        column=dialect.quote(trigger.column),
        expression=expression,
        parents=parent_condition(dialect, key, ("NEW", "OLD")),
        cycle=DEEPEST if comes_back(schema, trigger.table, key.parent) else 0,
    )
    fires = f"AFTER INSERT OR UPDATE OR DELETE ON {dialect.quote(trigger.table)} FOR EACH ROW"
    # It runs as its owner, so that who may write the child alone touches the parent too, row level security or not.
    return _statements(dialect, trigger, body, fires=fires, settings=" SECURITY DEFINER")


def _before_update(dialect: StandardDialect, trigger: Trigger, condition: str) -> str:
    when = f" WHEN ({condition})" if condition else ""
    return f"BEFORE UPDATE ON {dialect.quote(trigger.table)} FOR EACH ROW{when}"


def _comparable(dialect: StandardDialect, row: str, column: Column) -> str:
    value = f"{row}.{dialect.quote(column.name)}"
    return f"{value}::text" if isinstance(column.type, _WITHOUT_EQUALITY) else value


def _row_expression(dialect: StandardDialect, table: Table, expression: str) -> str:
    """The expression inside a trigger function, where a column has no name of its own."""
    words = {word.lower() for word in _WORD.findall(expression)}
    if words.isdisjoint(name.lower() for name in table.by_name):
        return expression
    return f"(SELECT {expression} FROM (SELECT NEW.*) AS {dialect.alias(table.name)})"
