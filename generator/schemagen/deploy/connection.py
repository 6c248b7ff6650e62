"""Connections that migrations run on: one at a time on a database, each migration in a transaction of its own."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from schemagen.databases.servers import connect, failure

from .target import LOCK_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import sqlalchemy as sa

    from .target import Target

STILL_LOCKED = "SG494"
POLL_SECONDS = 0.2
PATIENCE_SECONDS = 600
LOCK_KEY = 0x736368656D61
"""Of PostgreSQL's advisory lock, which each database has for itself: the letters of ``schema``."""


@contextmanager
def migrating(target: Target, waiting: Callable[[], None]) -> Iterator[sa.Connection]:
    """A connection on which nobody else's ``apply`` runs; ``waiting`` is called once where one does.

    SQLite's lock is that of each transaction, which begins by taking it.

    Raises:
        SchemagenError: when the database cannot be reached (SG452), or another ``apply`` does not end (SG494).
    """
    import sqlalchemy as sa

    name = "sqlite" if target.dialect == "sqlite" else "postgresql+psycopg"
    raw = opened(target)
    engine = sa.create_engine(f"{name}://", creator=lambda: raw, poolclass=sa.StaticPool)
    if target.dialect == "sqlite":
        sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    with closing(raw), engine.connect() as connection:
        if target.dialect == "postgres":
            _take_lock(connection, target, waiting)
        yield connection


def opened(target: Target, *, autocommit: bool = False) -> Any:
    """A connection of the engine's own driver; SQLite's begins no transaction by itself, and keeps foreign keys."""
    if target.dialect == "postgres":
        return connect(target.source, autocommit=autocommit)
    connection = sqlite3.connect(target.source, timeout=LOCK_SECONDS, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _take_lock(connection: sa.Connection, target: Target, waiting: Callable[[], None]) -> None:
    """Take the lock of the session, asking again and again.

    Waiting inside of PostgreSQL would be a transaction, for which CREATE INDEX CONCURRENTLY of whoever holds the lock
    waits in turn, for ever.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    reported = False
    while not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({LOCK_KEY})").scalar_one():
        connection.rollback()
        if time.monotonic() > deadline:
            message = f"another `schemagen apply` still runs on {target.shown} after {PATIENCE_SECONDS} s"
            raise failure(STILL_LOCKED, message, "wait until it has ended, or end its session")
        if not reported:
            waiting()
            reported = True
        time.sleep(POLL_SECONDS)
    connection.rollback()
