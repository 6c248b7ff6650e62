"""Read the catalogue of any database that is open."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

    from .catalog import Catalog


def read_catalog(connection: sqlite3.Connection | psycopg.Connection[Any], schema: str | None = None) -> Catalog:
    """Everything that a database holds, without writing to it.

    Args:
        connection: to either engine.
        schema: which one of PostgreSQL's; None is the connection's current one.

    Raises:
        sqlite3.DatabaseError, psycopg.Error: when the engine cannot read it.
    """
    if isinstance(connection, sqlite3.Connection):
        from .sqlite.inspect.catalog import read_sqlite

        return read_sqlite(connection)
    from .postgres.inspect.catalog import read_postgres

    return read_postgres(connection, schema)
