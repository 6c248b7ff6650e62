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

from schemagen.history import lock_content, read_history
from schemagen.plan import first_build
from schemagen.verify.compare import differences
from schemagen.verify.reading import read_catalog

from .proof import named_alike
from .sources import Request, failure, source_catalog

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from schemagen.migration import Migration, Step
    from schemagen.model import DialectName, Schema
    from schemagen.verify.catalog import Catalog
    from schemagen.verify.compare import CatalogDifference

NO_MIGRATION = "SG481"


@dataclass(frozen=True, slots=True)
class Drift:
    """How a database differs from what it should be; ``live`` is its catalogue, ``wanted`` what migrations make."""

    differences: tuple[CatalogDifference, ...]
    live: Catalog
    wanted: Catalog


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
    return Drift(found, kept, wanted)


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
