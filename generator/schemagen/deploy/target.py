"""The database that a URL names: its engine, how it may be shown, and connections by the engine's own sync driver."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from schemagen.databases.servers import connect, extra_missing, failure, lost
from schemagen.databases.urls import is_conninfo, redacted, url_of_conninfo
from schemagen.importer.sources import postgres_catalog, sqlite_catalog

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from schemagen.base.diagnostics import SchemagenError
    from schemagen.engines.catalog import Catalog
    from schemagen.schema.dialect import DialectName

NOT_A_TARGET = "SG487"
CANNOT_READ = "SG475"
LOCK_SECONDS = 30
"""How long SQLite waits for another writer."""

_POSTGRES_URL = re.compile(r"(?:postgres|postgresql)(?:\+\w+)?://(.+)", re.DOTALL)
_SQLITE_URL = re.compile(r"sqlite(?:\+\w+)?:(?://(?:/|$))?")
_ASYNCPG_SSL = re.compile(r"(?<=[?&])ssl=(?=\w)")
_FORMS = (
    "a database is `postgresql://user@host/name`, the path of a SQLite file that is there, or `sqlite:///app.db`, "
    "which makes one"
)


@dataclass(frozen=True, slots=True)
class Target:
    """A database: a PostgreSQL URL as psycopg takes it, or the path of a SQLite file; ``shown`` has no password."""

    dialect: DialectName
    source: str = field(repr=False)
    shown: str

    @property
    def exists(self) -> bool:
        """Whether there is something to read; a SQLite file that is not there is made by the first migration."""
        return self.dialect == "postgres" or Path(self.source).exists()

    def catalog(self, schemas: Collection[str] = ()) -> Catalog:
        """What the database holds, on PostgreSQL in some schemas besides the connection's own.

        Raises:
            SchemagenError: when it cannot be reached or read (SG452, SG47x).
        """
        if self.dialect == "postgres":
            return postgres_catalog(self.source, others=schemas)
        return sqlite_catalog(Path(self.source))

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """A connection that cannot write.

        Raises:
            SchemagenError: when it cannot be reached or read (SG452, SG475).
        """
        with closing(self._read_only()) as connection:
            yield Reader(self, connection)

    def _read_only(self) -> Any:
        if self.dialect == "postgres":
            connection = connect(self.source, autocommit=True)
            connection.execute("SET default_transaction_read_only = on")
            return connection
        try:
            return sqlite3.connect(f"file:{quote(str(Path(self.source).resolve()))}?mode=ro", uri=True, timeout=3)
        except sqlite3.Error as error:
            raise self.unreadable(error) from error

    def unreadable(self, error: Exception) -> SchemagenError:
        """The error for what the engine says against being read."""
        message = f"{self.shown} cannot be read: {' '.join(str(error).split())}"
        return failure(CANNOT_READ, message, "use a role that may read it, and try again when nobody locks it")


@dataclass(frozen=True, slots=True)
class Reader:
    """An open connection for reading."""

    target: Target
    connection: Any

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of one SELECT.

        Raises:
            SchemagenError: SG475 for what the engine refuses, SG452 for a connection that was lost.
        """
        try:
            found: list[tuple[Any, ...]] = self.attempt(sql)
        except Exception as error:
            if getattr(self.connection, "closed", False):
                raise lost(self.target.source, error) from error
            raise self.target.unreadable(error) from error
        return found

    def attempt(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a SELECT that may be refused; then the driver's own error is raised."""
        is_postgres = self.target.dialect == "postgres"
        found: list[tuple[Any, ...]] = self.connection.execute(sql.encode() if is_postgres else sql).fetchall()
        return found

    @property
    def version(self) -> str:
        """The engine's version: ``18.4``."""
        if self.target.dialect == "sqlite":
            return sqlite3.sqlite_version
        return str(self.connection.info.parameter_status("server_version")).partition(" ")[0]


def target_of(text: str) -> Target:
    """The database that somebody has named; a driver in the URL, such as asyncpg's, gives way to the sync one.

    Raises:
        SchemagenError: SG487 for what names no database that can be migrated.
    """
    if match := _POSTGRES_URL.fullmatch(text):
        url = _ASYNCPG_SSL.sub("sslmode=", f"postgresql://{match[1]}")
        return Target("postgres", url, redacted(url))
    if is_conninfo(text) and not Path(text).exists():
        return _of_conninfo(text)
    if _SQLITE_URL.match(text):
        return _file(unquote(_SQLITE_URL.sub("", text, count=1).partition("?")[0]))
    if "://" not in text and Path(text).is_file():
        return _file(text)
    shown = redacted(text) if "://" in text else "what was given"
    raise failure(NOT_A_TARGET, f"{shown} names no database that can be migrated", _FORMS)


def _of_conninfo(text: str) -> Target:
    try:
        url = url_of_conninfo(text)
    except ImportError as error:
        raise extra_missing() from error
    if url is None:
        raise failure(NOT_A_TARGET, "PostgreSQL cannot read this connection string", _FORMS)
    return Target("postgres", url, "PostgreSQL's connection string")


def _file(path: str) -> Target:
    if path in {"", ":memory:"}:
        raise failure(NOT_A_TARGET, "a database in memory is gone when the command ends", _FORMS)
    if not Path(path).parent.is_dir():
        raise failure(NOT_A_TARGET, f"there is no folder {Path(path).parent} for {Path(path).name}", _FORMS)
    return Target("sqlite", path, path)
