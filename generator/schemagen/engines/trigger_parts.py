"""What the triggers of both engines share: what fills a column, and the condition that finds a parent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.schema.triggers import TriggerKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from schemagen.schema.dialect import DialectName
    from schemagen.schema.model import Column, ForeignKey, Schema
    from schemagen.schema.triggers import Trigger
    from schemagen.schema.types import Type

    from .standard import StandardDialect

_FILLING = frozenset({TriggerKind.TOUCH, TriggerKind.ROW_UPDATE})
"""The kinds that set a column to an expression, which an author may leave out of an engine."""


def is_left_out(trigger: Trigger, schema: Schema, engine: DialectName) -> bool:
    """Whether an engine does not have a trigger: it has no such statement, or a key of its own for it.

    Nor has it one whose expression the author left out there.
    """
    if trigger.kind is TriggerKind.NO_TRUNCATE:
        return engine == "sqlite"
    if trigger.kind in {TriggerKind.SET_NULL, TriggerKind.FULL_TEXT}:
        return engine == "postgres"
    if trigger.kind not in _FILLING:
        return False
    update = _filled_column(trigger, schema).on_row_update
    return update is not None and update.for_dialect(engine) is None


def filling_expression(
    dialect: StandardDialect, trigger: Trigger, schema: Schema, now: Callable[[Type], str | None]
) -> str | None:
    """What a row update or a touch sets its column to; None where the author left it out of the engine.

    Args:
        dialect: the engine.
        trigger: the trigger.
        schema: where its column is.
        now: the present moment as each type keeps it, for a touch of a column that says nothing itself.

    Raises:
        ValueError: for a touch of a column that holds no moment and says itself of no ``on_row_update``.
    """
    column = _filled_column(trigger, schema)
    if column.on_row_update:
        text = column.on_row_update.for_dialect(dialect.name)
        return None if text is None else dialect.default_expression(text)
    timestamp = now(column.type)
    if timestamp is None:
        raise ValueError(f"touch of {column.name}: {column.type} holds no moment and has no on_row_update")
    return timestamp


def _filled_column(trigger: Trigger, schema: Schema) -> Column:
    """The column that a row update or a touch sets: of the table itself, or of the parent."""
    owner = trigger.foreign_key.parent if trigger.foreign_key else trigger.table
    return schema.table(owner).column(trigger.column)


def parent_condition(dialect: StandardDialect, key: ForeignKey, rows: Sequence[str]) -> str:
    """The condition that finds the parents of the child row's versions ``NEW`` and ``OLD``."""
    pairs = [
        (dialect.quote(parent), dialect.quote(child))
        for child, parent in zip(key.columns, key.parent_columns, strict=True)
    ]
    if len(pairs) == 1 and len(rows) > 1:
        [(parent, child)] = pairs
        return f"{parent} IN ({', '.join(f'{row}.{child}' for row in rows)})"
    either = [" AND ".join(f"{parent} = {row}.{child}" for parent, child in pairs) for row in rows]
    return either[0] if len(either) == 1 else f"({' OR '.join(either)})"
