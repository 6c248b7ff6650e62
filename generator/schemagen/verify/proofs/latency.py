"""Latency: each query pattern many times on many rows, beside its target, with its indexes and without them."""

from __future__ import annotations

import time
from statistics import median, quantiles
from typing import TYPE_CHECKING

from schemagen.databases.scratch import StatementError
from schemagen.datagen.binding import Binder, bound
from schemagen.datagen.populate import USUAL, synthetic
from schemagen.verify.codes import Code
from schemagen.verify.plans import explain
from schemagen.verify.report import Absence, Claim, Latency

from .equivalence import migrate
from .query_plans import load

if TYPE_CHECKING:
    from schemagen.databases.scratch import Database
    from schemagen.schema.model import Query, Schema
    from schemagen.verify.report import Section
    from schemagen.verify.subject import Subject

LARGEST = 100_000
ROUNDS = 200
ROUNDS_WITHOUT = 20
HUNDREDTHS = 100


def measure(subject: Subject, scale: float | None) -> list[Latency]:
    """Fill a database in the proportions of ``volume`` and time every query: what was measured.

    Args:
        subject: what is measured.
        scale: the part of the volume; None takes what gives the largest table 100,000 rows.
    """
    largest = max((table.volume.rows for table in subject.schema.tables if table.volume), default=LARGEST)
    part = min(1.0, LARGEST / largest) if scale is None else scale
    found: list[Latency] = []
    with subject.engine.database() as database, subject.section(Claim.LATENCY) as section:
        migrate(database, subject.output)
        rows, _ = synthetic(subject.schema, _sizes(subject.schema, part), subject.material.seed)
        load(database, subject.schema, rows)
        binder = Binder(subject.schema, rows)
        if part < 1:
            section.remark(f"not proved at volume, but at {part:.3g} of it")
        for query in subject.schema.queries:
            measured = _measured(subject, database, query, binder, part, sum(map(len, rows.values())))
            if measured is not None:
                found.append(measured)
                _judge(section, measured, query)
    return found


def _sizes(schema: Schema, scale: float) -> dict[str, int]:
    """Rows in the true proportions of ``volume``; a table without one gets as many as for its plans."""
    return {table.name: max(1, int(table.volume.rows * scale)) if table.volume else USUAL for table in schema.tables}


def _measured(
    subject: Subject, database: Database, query: Query, binder: Binder, scale: float, rows: int
) -> Latency | None:
    sql = query.sql.for_dialect(database.dialect.name)
    if sql is None:
        return None
    subject.ledger.progress(f"{database.dialect.title}: latency of {query.name}")
    statements = [
        bound(sql, query, binder.values(query, place / (ROUNDS - 1)), database.dialect) for place in range(ROUNDS)
    ]
    try:
        times = [_seconds(database, statement) for statement in statements]
        plan = explain(database, subject.schema, statements[0])
        indexes = {
            index.name for name in query.tables for index in database.dialect.indexes(subject.schema.table(name))
        }
        absences = tuple(_absence(subject, database, name, statements) for name in sorted(indexes & plan.named))
    except StatementError as error:
        with subject.section(Claim.LATENCY) as section:
            message, code = error.refusal.message, Code.QUERY_REFUSED
            section.fails(f"query {query.name}", "it runs", message, error.statement, code=code, origin=query.origin)
        return None
    cuts = quantiles(times, n=HUNDREDTHS, method="inclusive")
    p50, p95, p99 = (cuts[place - 1] * 1000 for place in (50, 95, 99))
    return Latency(query.name, database.dialect.title, p50, p95, p99, query.p95_ms, rows, scale, plan.text, absences)


def _seconds(database: Database, statement: str) -> float:
    """How long a statement takes; what it writes is undone, and undoing is not counted."""
    with database.scratch():
        started = time.perf_counter()
        database.run(statement)
        return time.perf_counter() - started


def _absence(subject: Subject, database: Database, index: str, statements: list[str]) -> Absence:
    """The same statements, fewer of them, without one index."""
    times = []
    with database.scratch():
        database.run(f"DROP INDEX {database.dialect.quote(index)}")
        plan = explain(database, subject.schema, statements[0])
        for statement in statements[:: ROUNDS // ROUNDS_WITHOUT]:
            database.run("SAVEPOINT timed")
            explain(database, subject.schema, statement)  # SQLite reads its schema anew: not a part of the time
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
