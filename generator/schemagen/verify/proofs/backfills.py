"""Backfills on rows: columns are emptied, so that a migration has to fill them, and what it has to fill in is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.databases.refusals import StatementError
from schemagen.engines.standard import enclosed
from schemagen.verify.snapshots import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.databases.scratch import Database
    from schemagen.engines.catalog import CatalogColumn
    from schemagen.schema.model import Column, Schema
    from schemagen.verify.recorded_changes import RecordedChanges
    from schemagen.verify.snapshots import Snapshot

_STRICT = {"INTEGER", "REAL", "TEXT", "BLOB"}


def fill_again(
    database: Database, schema: Schema, reported: RecordedChanges, statements: str, states: tuple[Snapshot, Snapshot]
) -> dict[str, dict[str, str]]:
    """Make room for the backfills of a migration that is about to be run, as far as the spec still has them.

    Args:
        database: as it is before the migration.
        schema: the spec's.
        reported: what the lock says of the migration.
        statements: those of the lock, which tell whether a backfill of the spec is the one of then.
        states: as it is now, and as it was after the migration.

    Returns:
        The expression that gives each column's value to come, by the table's name of now and the column's new name.
    """
    older, newer = states[0].catalog.by_name, states[1]
    found: dict[str, dict[str, str]] = {}
    for before, after in reported.tables.pairs(older, newer.tables):
        if after not in schema.by_name or after not in reported.columns:
            continue
        there = {column.name: column for column in older[before].columns}
        types = {column.name: column.type for column in newer.catalog.by_name[after].columns}
        for column, text in _backfills(database, schema, after, statements):
            type_ = types.get(column.name, "")
            value = f"CAST({text} AS {type_})"
            if not _converts_alike(database, type_) or not _is_certain(database, before, value):
                continue
            if column.name not in reported.columns[after].made:
                if (after, column.name) in reported.changed:
                    continue
                if not _emptied(database, schema, before, there.get(column.name), value):
                    continue
                value = f"coalesce(CAST({database.dialect.quote(column.name)} AS {type_}), {value})"
            found.setdefault(before, {})[column.name] = value
    return found


def _backfills(database: Database, schema: Schema, table: str, statements: str) -> Iterator[tuple[Column, str]]:
    """Columns with the expression that fills them, where the statements of the migration have it."""
    for column in schema.table(table).columns:
        text = column.backfill.for_dialect(database.dialect.name) if column.backfill else None
        if text is not None and enclosed(text) in statements:
            yield column, enclosed(text)


def _converts_alike(database: Database, type_: str) -> bool:
    """Whether CAST makes of a value what a column of the type does: not so in SQLite's tables that aren't STRICT."""
    return bool(type_) and (database.dialect.name == "postgres" or type_ in _STRICT)


def _emptied(database: Database, schema: Schema, table: str, column: CatalogColumn | None, value: str) -> bool:
    """Take a column's value from one row, without what triggers would do; whether that could be done.

    Nothing is taken where the rules that stand refuse the value to come: a foreign key to a row that isn't there.
    """
    if column is None or not column.nullable:
        return False
    name, of = database.dialect.quote(column.name), database.dialect.quote(table)
    place = "ctid" if database.dialect.name == "postgres" else "rowid"
    with database.without_triggers(table):
        database.run("BEGIN")
        done = not (
            database.attempt(
                f"UPDATE {of} SET {name} = NULL WHERE {place} = (SELECT {place} FROM {of} LIMIT 1)", schema
            )
            or database.attempt(f"UPDATE {of} SET {name} = {value} WHERE {name} IS NULL", schema, keep=False)
        )
        database.run("COMMIT" if done else "ROLLBACK")
    return done


def _is_certain(database: Database, table: str, expression: str) -> bool:
    """Whether the engine can tell the values before the migration, and tells the same ones twice."""
    try:
        one, other = (rows_of(database, table, (expression,)) for _ in range(2))
    except StatementError:
        return False
    return one == other
