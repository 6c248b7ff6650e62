"""The engines agree: rows that both took are the same when they are read back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.datagen.test_rows import key_of
from schemagen.verify.dependent_rows import set_by_triggers
from schemagen.verify.report import BOTH, Claim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.databases.memory import Row
    from schemagen.schema.model import Schema, Table
    from schemagen.verify.dependent_rows import Rows
    from schemagen.verify.report import Ledger


def compare_engines(ledger: Ledger, schema: Schema, sqlite: Rows, postgres: Rows) -> None:
    """Compare the rows of each table, generated columns among them; a table that differs is reported once.

    Rows that only one engine has are left to the proof that has tried them.
    """
    with ledger.section(Claim.AGREEMENT, BOTH) as section:
        for name in (name for name in sqlite if name in postgres):
            table = schema.table(name)
            ours = set_by_triggers(schema, table)
            pairs = [
                (_without(one, ours), _without(other, ours))
                for one, other in _pairs(table, sqlite[name], postgres[name])
            ]
            unequal = [pair for pair in pairs if pair[0] != pair[1]]
            section.holds(len(pairs) - len(unequal))
            if unequal:
                one, other = unequal[0]
                what = f"rows of {name}, {len(unequal)} of {len(pairs)}, such as {key_of(table, one) or 'the first'}"
                section.fails(what, f"{_beside(one, other)} (SQLite)", f"{_beside(other, one)} (PostgreSQL)")


def _pairs(table: Table, left: list[Row], right: list[Row]) -> Iterator[tuple[Row, Row]]:
    """The same row on both engines: by its key, or by its place where there is none and both have as many."""
    keys = [key_of(table, row) for row in left]
    if all(keys):
        by_key = {repr(key_of(table, row)): row for row in right}
        yield from ((row, by_key[repr(key)]) for row, key in zip(left, keys, strict=True) if repr(key) in by_key)
    elif len(left) == len(right):
        yield from zip(left, right, strict=True)


def _without(row: Row, columns: set[str]) -> Row:
    return {name: value for name, value in row.items() if name not in columns}


def _beside(row: Row, other: Row) -> Row:
    """What of a row is not the same in another one."""
    return {name: value for name, value in row.items() if value != other[name]}
