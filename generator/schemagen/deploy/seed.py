"""The example rows brought into a database, in one transaction; what is there already stays as it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schemagen.databases.servers import failure
from schemagen.databases.urls import scrubbed
from schemagen.targets.seeds import seeds

from .chain import built_lock
from .connection import opened

if TYPE_CHECKING:
    from schemagen.base.layout import Output

    from .target import Target

REFUSED = "SG495"


@dataclass(frozen=True, slots=True)
class Seeded:
    """How many example rows there are, and how many of them were not there."""

    rows: int
    new: int


def seed(target: Target, output: Output) -> Seeded:
    """Insert the example rows that the last build knows.

    Raises:
        SchemagenError: SG485 before the first build, SG40x for an output that does not fit its lock, SG452 for a
            server that cannot be reached, SG495 for a row that the database refuses; nothing is kept then.
    """
    lock = built_lock(output)
    statements = seeds(lock.schema, target.dialect)
    if not target.exists:
        raise failure(REFUSED, f"there is no {target.shown}", "`schemagen apply` makes the tables first")
    with closing(opened(target, autocommit=True)) as connection:
        new, sql = 0, "BEGIN"
        try:
            _run(connection, sql)
            _run(connection, "PRAGMA defer_foreign_keys = ON" if target.dialect == "sqlite" else _DEFERRED)
            for each in statements:
                sql = each.sql
                changed = _run(connection, sql)
                new += changed if each.table else 0
            sql = "COMMIT"
            _run(connection, sql)
        except _errors(target) as error:
            said = scrubbed(" ".join(str(error).split()), target.source)
            message = f"{target.shown} refuses an example row: {said}"
            hint = f"nothing was kept; `schemagen apply` brings the tables up to date. The statement: {sql[:100]}"
            raise failure(REFUSED, message, hint) from error
    return Seeded(sum(1 for each in statements if each.table), new)


_DEFERRED = "SET CONSTRAINTS ALL DEFERRED"


def _run(connection: Any, sql: str) -> int:
    cursor = connection.execute(sql.encode() if not isinstance(connection, sqlite3.Connection) else sql)
    return max(0, int(cursor.rowcount))


def _errors(target: Target) -> type[Exception]:
    if target.dialect == "sqlite":
        return sqlite3.Error
    import psycopg

    return psycopg.Error
