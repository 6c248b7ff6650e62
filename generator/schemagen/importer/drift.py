"""Whether a live database is still what the specs say, or what the migrations up to a number made.

Both sides are catalogues of the same engine: the database's is read in a transaction that cannot write and takes no
lock that a writer would wait for; the other is read from a database of our own that the migrations have just made.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from schemagen.diagnostics import Diagnostic, Severity
from schemagen.history import lock_content, read_history
from schemagen.plan import first_build
from schemagen.verify.compare import differences
from schemagen.verify.reading import read_catalog

from .proof import named_alike
from .sources import Request, failure, source_catalog

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from schemagen.migration import Migration, Step
    from schemagen.model import DialectName, Schema
    from schemagen.verify.catalog import Catalog
    from schemagen.verify.compare import CatalogDifference

    from .repair import Repair

DRIFT = "SG480"
NO_MIGRATION = "SG481"
OTHER_VERSION = "SG482"
NOT_PLANNED = "SG483"


@dataclass(frozen=True, slots=True)
class Drift:
    """How a database differs from what it should be; ``live`` is its catalogue, ``wanted`` the other side's version."""

    differences: tuple[CatalogDifference, ...]
    live: Catalog
    wanted: str


def drift(database: Request, steps: Sequence[Step], ignore: Iterable[str] = ()) -> Drift:
    """Compare a live database with what migrations make.

    Args:
        database: a PostgreSQL URL or a SQLite file.
        steps: the migrations that it should have run.
        ignore: patterns of tables that it may have besides, such as ``spatial_*``.

    Raises:
        SchemagenError: when the database cannot be read, or PostgreSQL's side cannot be made.
    """
    live = source_catalog(database)
    wanted = _made(steps, live.dialect)
    patterns = tuple(ignore)
    extra = {
        table.name
        for table in live.tables
        if table.name not in wanted.by_name and any(fnmatchcase(table.name, pattern) for pattern in patterns)
    }
    kept = replace(live, tables=tuple(table for table in live.tables if table.name not in extra))
    found = differences(kept, named_alike(wanted, kept), others=False)
    return Drift(found, kept, wanted.version)


def steps_of_specs(schema: Schema) -> tuple[Step, ...]:
    """The migrations that build a schema from nothing."""
    return first_build(schema)


def steps_until(output: Path, number: int) -> tuple[Step, ...]:
    """The migrations of the lock up to a number.

    Raises:
        SchemagenError: SG481 when the lock has no such migration, SG40x when it does not fit its files.
    """
    lock = read_history(output, lock_content(output))
    steps = tuple(record.step() for record in lock.migrations) if lock else ()
    if number not in {step.number for step in steps}:
        known = f"{steps[0].number} to {steps[-1].number}" if steps else "none"
        raise failure(NO_MIGRATION, f"there is no migration {number}", f"the lock in {output} has {known}")
    return tuple(step for step in steps if step.number <= number)


def diagnostics(found: Drift, planned: Repair | None = None) -> tuple[Diagnostic, ...]:
    """Each difference as an error; as warnings, other versions, and what keeps the way back from being planned."""
    told = [
        Diagnostic(DRIFT, one.sentence("the database", "the specs"), path=f"tables.{one.table}" if one.table else "")
        for one in found.differences
    ]
    if told and found.live.version.partition(".")[0] != found.wanted.partition(".")[0]:
        message = f"the database is version {found.live.version}, the specs were printed by version {found.wanted}"
        hint = "versions print some expressions otherwise: a difference in nothing but writing may come from this"
        told.append(Diagnostic(OTHER_VERSION, message, hint=hint, severity=Severity.WARNING))
    return (*told, *(_not_planned(planned) if planned else ()))


def _not_planned(planned: Repair) -> Iterator[Diagnostic]:
    for loss in planned.refused:
        message = f"to bring the database to the specs: {loss.reason}"
        hint = f"to see the SQL all the same: --allow {loss.allow}"
        yield Diagnostic(NOT_PLANNED, message, hint=hint, severity=Severity.WARNING)
    for one in planned.unplanned:
        subject = f"{one.table}, {one.what}" if one.table else one.what
        hint = "the spec language has no word for it: change it by hand"
        yield Diagnostic(NOT_PLANNED, f"no SQL for {subject}", hint=hint, severity=Severity.WARNING)


def _made(steps: Sequence[Step], dialect: DialectName) -> Catalog:
    if dialect == "sqlite":
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
            return _run(connection, [step.sqlite for step in steps])
    from schemagen.verify.embedded import embedded_server
    from schemagen.verify.servers import connect

    with embedded_server().database() as url, closing(connect(url, autocommit=True)) as connection:
        return _run(connection, [step.postgres for step in steps])


def _run(connection: Any, migrations: Iterable[Migration]) -> Catalog:
    for migration in migrations:
        for statement in migration.statements:
            connection.execute(statement.sql if migration.dialect == "sqlite" else statement.sql.encode())
    return read_catalog(connection)
