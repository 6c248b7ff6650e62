"""What has to happen on SQLite before a table can be dropped while rows still refer to it.

DROP TABLE deletes the rows first, one by one and with all foreign key actions (SQLite, "SQLite Foreign Key Support",
5): a RESTRICT of the table on itself refuses that, and an earlier table of a cycle would lose its own rows to CASCADE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.changes.migration import Statement
from schemagen.engines.release import cleared, releases
from schemagen.schema.model import Action
from schemagen.schema.triggers import triggers_of

from .placeholders import looked_at, placeholder_table

if TYPE_CHECKING:
    from schemagen.engines.base import Dialect
    from schemagen.schema.model import ForeignKey, Schema, Table


def release(dialect: Dialect, table: Table, schema: Schema) -> tuple[Statement, ...]:
    """Statements that take away the references to a table's rows; safe to run twice.

    The triggers of the tables that stay would refuse the change of an immutable column, or take it for a user's: they
    are dropped for its time.
    """
    own = [
        (table, key)
        for key in table.enforced_foreign_keys
        if key.parent == table.name and key.on_delete is Action.RESTRICT
    ]
    of_earlier = list(releases(table, schema))
    references = [*((each.child, each.key) for each in of_earlier), *own]
    if not references:
        return ()
    children = {each.child.name: each.child for each in of_earlier}
    triggers = [trigger for child in children.values() for trigger in triggers_of(child)]
    return (
        _placeholder(dialect, table, references),
        *(statement for trigger in triggers for statement in dialect.drop_trigger(trigger, schema)),
        *(cleared(dialect, each) for each in of_earlier),
        *(statement for trigger in triggers for statement in dialect.create_trigger(trigger, schema)),
        *(_loosened(dialect, table, key) for _, key in own),
    )


def placeholder_tables(
    dialect: Dialect, table: Table, schema: Schema
) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    """What has to stand around a DROP TABLE: empty tables in place of those that have gone, and their removal.

    An error, not data, is lost where such a table is still there: the rollbacks were run in another order.
    """
    place = schema.positions[table.name]
    gone = looked_at(table.name, schema, lambda name: schema.positions[name] > place)
    why = f"Has gone already: stands in for the time of the DROP TABLE of {table.name}"
    pairs = [placeholder_table(dialect, name, keys, why) for name, keys in gone.items()]
    return tuple(create for create, _ in pairs), tuple(drop for _, drop in pairs)


def _loosened(dialect: Dialect, table: Table, key: ForeignKey) -> Statement:
    """References of a table to itself set to NULL, or, where that may not be, each row made its own parent."""
    pairs = zip(key.columns, key.parent_columns, strict=True)
    values = [(name, "NULL") for name in key.columns if table.column(name).nullable]
    values = values or [(name, dialect.quote(of)) for name, of in pairs]
    assignments = ", ".join(f"{dialect.quote(name)} = {value}" for name, value in values)
    return Statement(f"UPDATE {dialect.quote(table.name)} SET {assignments}")


def _placeholder(dialect: Dialect, table: Table, references: list[tuple[Table, ForeignKey]]) -> Statement:
    """The table as far as it is named here: a second run finds none, and SQLite wants to see the parent of a key."""
    own = (name for child, key in references if child is table for name in key.columns)
    keys = dict.fromkeys(key.parent_columns for _, key in references)
    touched = (key.touch for child, _ in references for key in child.foreign_keys if key.parent == table.name)
    columns = dict.fromkeys((*(name for key in keys for name in key), *own, *filter(None, touched)))
    lines = [dialect.quote(name) for name in columns]
    lines += (f"UNIQUE ({', '.join(map(dialect.quote, key))})" for key in keys)
    return Statement(
        f"CREATE TABLE IF NOT EXISTS {dialect.quote(table.name)} ({', '.join(lines)})", "Only when this is run again"
    )
