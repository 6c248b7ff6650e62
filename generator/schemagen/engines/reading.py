"""Read the catalog of any database that is open."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

    import psycopg

    from .catalog import Catalog


def read_catalog(
    connection: sqlite3.Connection | psycopg.Connection[Any],
    schema: str | None = None,
    others: Collection[str] | None = None,
) -> Catalog:
    """Everything that a database holds, without writing to it.

    Args:
        connection: to either engine.
        schema: which one of PostgreSQL's, and no other; None is the connection's current one.
        others: which ones besides it; None means all of the database, as ``read_postgres`` says.

    Raises:
        sqlite3.DatabaseError, psycopg.Error: when the engine cannot read it.
    """
    if isinstance(connection, sqlite3.Connection):
        from .sqlite.inspect.catalog import read_sqlite

        return read_sqlite(connection)
    from .postgres.inspect.catalog import read_postgres

    return read_postgres(connection, schema, others)
