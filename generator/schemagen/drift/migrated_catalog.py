"""The catalog that migrations make, in a database of our own that begins with the types of the live one."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from schemagen.databases.prerequisites import prerequisites
from schemagen.engines.attached import asked_roles
from schemagen.engines.reading import read_catalog
from schemagen.sql.authorizer import confine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from schemagen.changes.migration import Migration, Step
    from schemagen.databases.servers import Server
    from schemagen.engines.catalog import Catalog

_TABLE = re.compile(r'\b(?:TABLE(?: IF (?:NOT )?EXISTS)?|ON)(?: ONLY)? (?:"((?:[^"]|"")+)"|(\w+))')
"""The table that a statement of a migration changes, or makes an index or a trigger on."""


@dataclass(frozen=True, slots=True)
class Made:
    """What migrations make of an empty database.

    ``missing`` are statements for types and extensions that our server refuses, ``left_out`` the tables that it cannot
    have without them; both with the server's words.
    """

    catalog: Catalog
    missing: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)


_THERE_ALREADY = frozenset({"42710", "42P07"})  # PostgreSQL, "Appendix A. PostgreSQL Error Codes"


def made(steps: Sequence[Step], live: Catalog, server: Server | None = None, before: Iterable[str] = ()) -> Made:
    """Run migrations on the engine of a live database.

    Args:
        steps: the migrations.
        live: its catalog: its types and extensions are made first, as no migration does.
        server: where PostgreSQL's database is made; None is the embedded server.
        before: statements that make more of them, perhaps once again.

    Raises:
        SchemagenError: when there is no server.
    """
    if live.dialect == "sqlite":
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
            confine(connection)
            for sql in _statements(step.sqlite for step in steps):
                connection.execute(sql)
            return Made(read_catalog(connection))
    from schemagen.databases.embedded import embedded_server
    from schemagen.databases.servers import connect

    server = server or embedded_server()
    server.add_roles(role for step in steps for each in step.postgres.statements for role in asked_roles(each.sql))
    with server.database() as url, closing(connect(url, autocommit=True)) as connection:
        connection.execute("SET check_function_bodies = off")  # what each migration sets for its transaction
        wanted = (sql for sql in (*prerequisites(live), *before) if not _is_made(sql, steps))
        missing = _refused(connection, dict.fromkeys(wanted))
        refused = _refused(connection, _statements(step.postgres for step in steps))
        catalog = read_catalog(connection)
    left_out: dict[str, str] = {}
    for sql, words in refused.items():
        for quoted, plain in _TABLE.findall(sql):
            left_out.setdefault(quoted.replace('""', '"') or plain, words)
    known = live.by_name.keys() | catalog.by_name.keys()
    return Made(catalog, missing, {name: words for name, words in left_out.items() if name in known})


def _is_made(sql: str, steps: Sequence[Step]) -> bool:
    """Whether a statement makes a type that a migration makes as well."""
    head, word, _ = sql.partition(" AS ")
    return bool(word) and any(f"{head}{word}" in made for made in _statements(step.postgres for step in steps))


def _statements(migrations: Iterable[Migration]) -> Iterator[str]:
    return (statement.sql for migration in migrations for statement in migration.statements)


def _refused(connection: Any, statements: Iterable[str]) -> dict[str, str]:
    """Run statements one by one: those that PostgreSQL refuses, with its words, but for what is there already."""
    import psycopg  # the driver is an extra

    refused = {}
    for sql in statements:
        try:
            connection.execute(sql.encode())
        except psycopg.Error as error:
            if connection.closed:
                raise
            if error.sqlstate not in _THERE_ALREADY:
                refused[sql] = error.diag.message_primary or " ".join(str(error).split())
    return refused
