"""Vectors: by each distance an engine gives every row, the nearest first, as Python calculates from what is stored."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from schemagen.databases.values import from_driver
from schemagen.databases.vectors import DISTANCES
from schemagen.engines.dialects import POSTGRES
from schemagen.schema import types as t
from schemagen.schema.vectors import vector_numbers
from schemagen.sql import query
from schemagen.sql.distances import FUNCTIONS
from schemagen.verify.dependent_rows import insert_all
from schemagen.verify.report import Claim

if TYPE_CHECKING:
    from schemagen.databases.scratch import Database
    from schemagen.schema.model import Column, Table
    from schemagen.verify.context import ProofContext
    from schemagen.verify.report import Section

NEAREST_FIRST = "every row, the nearest first"
TOLERANCE = 1e-5
"""Engines calculate distances with numbers of 32 bits, so that two of them may change places below this."""


def prove_nearest(context: ProofContext, database: Database) -> None:
    """Order the rows of each vector by all three distances."""
    with context.section(Claim.ROW_RULES) as section:
        for table in context.sample_rows.tables:
            for column in (column for column in table.columns if isinstance(column.type, t.Vector)):
                family = context.sample_rows.family([table.name])
                with database.scratch():
                    if insert_all(context, database, family, section):
                        _prove_order(context, database, section, table, column)


def _prove_order(context: ProofContext, database: Database, section: Section, table: Table, column: Column) -> None:
    name = f"{table.name}.{column.name}"
    stored = [str(row[column.name]) for row in database.rows(table, [column]) if row[column.name] is not None]
    if not stored:
        section.untried(f"the nearest of {name}: no row with a vector could be made")
        return
    if database.dialect.name == "postgres":
        database.run("SET LOCAL enable_indexscan = off")  # an HNSW index may leave rows out
    for operator in FUNCTIONS:
        quoted, of = POSTGRES.quote(column.name), POSTGRES.quote(str(table.name))  # as a spec says them
        text = f"SELECT {quoted} FROM {of} WHERE {quoted} IS NOT NULL ORDER BY {quoted} {operator} :wanted"
        sql = query(text, context.schema.by_name).sql.for_dialect(database.dialect.name) or ""
        statement = sql.replace(":wanted", database.dialect.literal(column.type, stored[0]))
        found = [str(from_driver(column.type, raw)) for (raw,) in database.run(statement)]
        seen = NEAREST_FIRST if _is_in_order(operator, stored, found) else ", ".join(found)
        section.equal(f"the nearest of {name} by {operator}", NEAREST_FIRST, seen, statement)


def _is_in_order(operator: str, stored: list[str], found: list[str]) -> bool:
    """Whether all rows came, none before one that is nearer to the first of what is stored."""
    apart = DISTANCES[FUNCTIONS[operator]]
    wanted = vector_numbers(stored[0])
    distances = [apart(wanted, vector_numbers(text)) for text in found]
    near = all(one <= other + TOLERANCE * max(1.0, abs(other)) for one, other in pairwise(distances))
    return near and sorted(found) == sorted(stored)
