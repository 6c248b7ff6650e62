"""Latency: each query pattern many times on many rows, beside its target, with its indexes and without them."""

from __future__ import annotations

import time
from statistics import median, quantiles
from typing import TYPE_CHECKING

from schemagen.databases.refusals import StatementError
from schemagen.datagen.binding import Binder, bound
from schemagen.datagen.populate import USUAL, filled
from schemagen.schema.places import beside, local_name, schema_of
from schemagen.verify.codes import Code
from schemagen.verify.plans import explain
from schemagen.verify.report import Absence, Claim, Latency

from .equivalence import migrate
from .query_plans import depends_on_values, load

if TYPE_CHECKING:
    from schemagen.databases.scratch import Database
    from schemagen.schema.model import Schema
    from schemagen.schema.query import Query
    from schemagen.verify.context import ProofContext
    from schemagen.verify.report import Section

LARGEST = 100_000
ROUNDS = 200
ROUNDS_WITHOUT = 20
HUNDREDTHS = 100


def measure(context: ProofContext, scale: float | None) -> list[Latency]:
    """Fill a database in the proportions of ``volume`` and time every query: what was measured.

    Args:
        context: what is measured.
        scale: the part of the volume; None takes what gives the largest table 100,000 rows.
    """
    largest = max((table.volume.rows for table in context.schema.tables if table.volume), default=LARGEST)
    part = min(1.0, LARGEST / largest) if scale is None else scale
    found: list[Latency] = []
    with context.engine.database() as database, context.section(Claim.LATENCY) as section:
        migrate(database, context.output)
        filler, _ = filled(context.schema, _sizes(context.schema, part), context.sample_rows.seed)
        load(database, context.schema, filler.rows)
        binder = Binder(context.schema, filler)
        if part < 1:
            section.remark(f"not proved at volume, but at {part:.3g} of it")
        for query in context.schema.queries:
            measured = _measured(section, context, database, query, binder, part)
            if measured is not None:
                found.append(measured)
                _judge(section, measured, query)
        filler.scratch_database.close()
    return found


def _sizes(schema: Schema, scale: float) -> dict[str, int]:
    """Rows in the true proportions of ``volume``; a table without one gets as many as for its plans."""
    return {table.name: max(1, int(table.volume.rows * scale)) if table.volume else USUAL for table in schema.tables}


def _measured(
    section: Section, context: ProofContext, database: Database, query: Query, binder: Binder, scale: float
) -> Latency | None:
    sql = query.sql.for_dialect(database.dialect.name)
    if sql is None:
        return None
    context.ledger.progress(f"{database.dialect.title}: latency of {query.name}")
    try:
        statements = [
            bound(sql, query, binder.values(query, place / (ROUNDS - 1)), database.dialect) for place in range(ROUNDS)
        ]
        times, statements = _times(database, context.schema, query, statements)
        plan = explain(database, context.schema, statements[0])
        own = _plain_indexes(context, query)
        absences = tuple(
            _absence(context, database, name, own[name], statements) for name in sorted(own.keys() & plan.named)
        )
    except StatementError as error:
        if depends_on_values(context.schema, query, error.refusal):
            section.untried(f"query {query.name}: all values that were tried are refused: {error.refusal.message}")
        else:
            what, seen, text = f"query {query.name}", error.refusal.message, error.statement
            section.fails(what, "it runs", seen, text, code=Code.QUERY_REFUSED, origin=query.origin)
        return None
    cuts = quantiles(times, n=HUNDREDTHS, method="inclusive")
    p50, p95, p99 = (cuts[place - 1] * 1000 for place in (50, 95, 99))
    title, rows = database.dialect.title, binder.size
    return Latency(query.name, title, p50, p95, p99, query.p95_ms, rows, scale, plan.text, absences)


def _plain_indexes(context: ProofContext, query: Query) -> dict[str, str]:
    """The indexes that can be dropped for a while, each in its schema: ON CONFLICT needs a unique one."""
    tables = (context.schema.table(name) for name in query.tables)
    return {
        index.name: beside(table.name, local_name(index.name)) if schema_of(table.name) else index.name
        for table in tables
        for index in context.dialect.indexes(table)
        if not index.unique
    }


def _times(database: Database, schema: Schema, query: Query, statements: list[str]) -> tuple[list[float], list[str]]:
    """How long the statements took that ran, and which they are: values of some rows may be refused.

    Raises:
        StatementError: for one that no other values would let run, or when fewer than two ran.
    """
    times, ran = [], []
    refused: StatementError | None = None
    for statement in statements:
        try:
            times.append(_seconds(database, statement))
            ran.append(statement)
        except StatementError as error:
            refused = error
            if not depends_on_values(schema, query, error.refusal):
                raise
    if refused and len(ran) < 2:  # noqa: PLR2004  (percentiles need two)
        raise refused
    return times, ran


def _seconds(database: Database, statement: str) -> float:
    """How long a statement takes; what it writes is undone, and undoing is not counted."""
    with database.scratch():
        started = time.perf_counter()
        database.run(statement)
        return time.perf_counter() - started


def _absence(context: ProofContext, database: Database, index: str, there: str, statements: list[str]) -> Absence:
    """The same statements, fewer of them, without one index."""
    times = []
    with database.scratch():
        database.run(f"DROP INDEX {database.dialect.quote(there)}")
        plan = explain(database, context.schema, statements[0])
        for statement in statements[:: max(1, len(statements) // ROUNDS_WITHOUT)]:
            database.run("SAVEPOINT timed")
            explain(database, context.schema, statement)  # SQLite reads its schema anew: not a part of the time
            started = time.perf_counter()
            database.run(statement)
            times.append(time.perf_counter() - started)
            database.run("ROLLBACK TO timed")
    return Absence(index, median(times) * 1000, plan.text)


def _judge(section: Section, measured: Latency, query: Query) -> None:
    if measured.holds:
        section.holds()
    else:
        expected, seen = f"p95 up to {measured.target} ms", f"{measured.p95:.2f} ms"
        section.fails(f"query {measured.query}", expected, seen, origin=query.origin)
    for absence in measured.absences:
        if absence.p50 <= measured.p50:
            times = f"{absence.p50:.2f} ms without it, {measured.p50:.2f} ms with it"
            section.remark(f"index {absence.index}: query {measured.query} is no slower without it: {times}")
