"""Partitioned tables in a scratch database: it has to hold any row of a proof, and to speak of tables alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .scratch import PostgresDatabase

if TYPE_CHECKING:
    from .scratch import Database

WITHOUT_DEFAULT = """
SELECT format('CREATE TABLE %I PARTITION OF %s DEFAULT', '_schemagen_rest_' || p.partrelid, p.partrelid::regclass)
FROM pg_catalog.pg_partitioned_table p JOIN pg_catalog.pg_class c ON c.oid = p.partrelid
WHERE p.partdefid = 0 AND p.partstrat <> 'h' AND c.relnamespace = current_schema()::regnamespace
"""
"""Statements that give each partitioned table a partition for what its others do not take."""

_KEYS = """
SELECT c.relname, r.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_class r ON r.oid = pg_partition_root(c.oid)
WHERE c.relispartition AND c.relkind IN ('i', 'I')
"""


def take_every_row(database: Database) -> None:
    """Give each partitioned table a partition for what its others do not take; one by hashes has room for every row."""
    if isinstance(database, PostgresDatabase):
        for (statement,) in database.run(WITHOUT_DEFAULT):
            database.run(statement)
        database.called |= dict(database.run(_KEYS))
