"""Pruning: a query that names the partition of its rows reads that one, and no other.

Source: PostgreSQL, "5.12.4. Partition Pruning".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.rules.access import read_query
from schemagen.verify.codes import Code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.model import Schema
    from schemagen.schema.query import Query
    from schemagen.verify.plans import Plan
    from schemagen.verify.report import Section


def prove_pruning(section: Section, schema: Schema, query: Query, plan: Plan, statement: str) -> None:
    """Look at how many partitions a plan reads of each table whose columns of division the query sets equal."""
    for name in _named(schema, query):
        read, there = plan.partitions.get(name, frozenset()), plan.divided.get(name, 0)
        if there < 2:  # noqa: PLR2004  (there is nothing to leave out)
            continue
        if len(read) <= 1:
            section.holds()
            continue
        expected, seen = f"one of {there} partitions of {name} is read", f"{len(read)} of them: {plan.text}"
        section.fails(f"query {query.name}", expected, seen, statement, code=Code.PATH_NOT_TAKEN, origin=query.origin)


def _named(schema: Schema, query: Query) -> Iterator[str]:
    """The tables that a query reads once, and whose partition it names."""
    reading = read_query(query, schema)
    accesses = reading.accesses if reading else ()
    for access in accesses:
        by = access.table.partition
        once = [each.table.name for each in accesses].count(access.table.name) == 1
        if by and once and access.bound.issuperset(by.columns):
            yield access.table.name
