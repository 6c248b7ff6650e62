"""Every query of every case runs on both engines: prepared, explained and executed, with the types it declares."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from support.built_cases import connected, execute, prepared

if TYPE_CHECKING:
    from pathlib import Path

    from schemagen.schema.query import Query
    from support.built_cases import Case, Connection


def test_every_query_runs(case: Case, migrated: Path | str) -> None:
    with connected(migrated) as connection:
        for query in case.schema.queries:
            execute(connection, "BEGIN")
            if isinstance(connection, sqlite3.Connection):
                run_on_sqlite(connection, query)
            else:
                run_on_postgres(connection, query)
            execute(connection, "ROLLBACK")


def run_on_sqlite(connection: sqlite3.Connection, query: Query) -> None:
    if query.sql.sqlite is None:
        return
    given = {parameter.name: None for parameter in query.parameters}
    plan = connection.execute(f"EXPLAIN QUERY PLAN {query.sql.sqlite}", given).fetchall()
    assert plan or query.writes or "FROM" not in query.sql.sqlite.upper(), query.name
    if not query.writes:
        connection.execute(query.sql.sqlite, given).fetchall()


def run_on_postgres(connection: Connection, query: Query) -> None:
    if query.sql.postgres is None:
        return
    text, types = prepared(query)
    declared = f"({', '.join(types)})" if types else ""
    given = f"({', '.join('NULL' for _ in types)})" if types else ""
    execute(connection, f"PREPARE the_query{declared} AS {text}")
    assert execute(connection, f"EXPLAIN EXECUTE the_query{given}"), query.name
    if not query.writes:
        execute(connection, f"EXECUTE the_query{given}")
    execute(connection, "DEALLOCATE the_query")
