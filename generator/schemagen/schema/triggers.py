"""The triggers that a schema asks for, without a dialect: row updates, immutable columns, append-only tables, touch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from schemagen.base.graph import reachable

from .names import bounded_name

if TYPE_CHECKING:
    from .model import ForeignKey, Schema, Table


class TriggerKind(StrEnum):
    """What a trigger does."""

    ROW_UPDATE = "row_update"
    IMMUTABLE = "immutable"
    APPEND_ONLY = "append_only"
    NO_DELETE = "no_delete"
    NO_TRUNCATE = "no_truncate"
    TOUCH = "touch"
    SET_NULL = "set_null"
    FULL_TEXT = "full_text"


@dataclass(frozen=True, slots=True)
class Trigger:
    """One trigger of ``table``; ``column`` is the column it fills, guards or (for touch) sets in the parent.

    That of a SET NULL of some columns, which SQLite has as a trigger alone, stands on the parent. That of a full-text
    index has the index's name, and is all that SQLite has of it.
    """

    name: str
    kind: TriggerKind
    table: str
    column: str = ""
    foreign_key: ForeignKey | None = None

    @property
    def stands_on(self) -> str:
        """The table that it is made on."""
        return self.foreign_key.parent if self.foreign_key and self.kind is TriggerKind.SET_NULL else self.table


REFUSING_DELETES = (TriggerKind.NO_DELETE, TriggerKind.NO_TRUNCATE)
"""The kinds that an append-only table has besides where it refuses deletes; SQLite has no TRUNCATE."""


def _refusing(table: Table) -> tuple[TriggerKind, ...]:
    """The kinds that refuse what would change or take the rows of a table."""
    return (TriggerKind.APPEND_ONLY,) * table.append_only + REFUSING_DELETES * table.keeps_rows


def triggers_of(table: Table) -> tuple[Trigger, ...]:
    """Every trigger on one table, in the order they are created."""
    found: list[Trigger] = []
    for kind in _refusing(table):
        found.append(Trigger(bounded_name("trg", table.key, kind), kind, table.name))
    for column in table.columns:
        if column.immutable:
            name = bounded_name("trg", table.key, column.key, "immutable")
            found.append(Trigger(name, TriggerKind.IMMUTABLE, table.name, column.name))
        if column.on_row_update:
            name = bounded_name("trg", table.key, column.key, "row_update")
            found.append(Trigger(name, TriggerKind.ROW_UPDATE, table.name, column.name))
    for key in table.foreign_keys:
        if key.touch:
            name = bounded_name("trg", table.key, *table.keys_of(key.columns), "touch")
            found.append(Trigger(name, TriggerKind.TOUCH, table.name, key.touch, key))
        if key.set_null and key.enforced:
            name = bounded_name("trg", table.key, *table.keys_of(key.columns), "set_null")
            found.append(Trigger(name, TriggerKind.SET_NULL, table.name, foreign_key=key))
    found += (Trigger(index.name, TriggerKind.FULL_TEXT, table.name) for index in table.indexes if index.is_full_text)
    return tuple(found)


def rules_of(table: Table) -> tuple[Trigger, ...]:
    """The triggers that refuse or fill something: all but those that keep an index."""
    return tuple(trigger for trigger in triggers_of(table) if trigger.kind is not TriggerKind.FULL_TEXT)


def triggers_of_schema(schema: Schema) -> tuple[Trigger, ...]:
    """Every trigger of a schema, in table order."""
    return tuple(trigger for table in schema.tables for trigger in triggers_of(table))


def comes_back(schema: Schema, table: str, parent: str) -> bool:
    """Whether a touch of a parent, with the touches that follow it, may lead to the table again."""
    return table in reachable(
        [parent], lambda name: (key.parent for key in schema.table(name).foreign_keys if key.touch)
    )
