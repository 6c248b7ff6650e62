"""Databases that proofs run in: one interface for both engines."""

from __future__ import annotations

import sqlite3
import time
from abc import ABC, abstractmethod
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from schemagen.base.escape import sql_string
from schemagen.engines.dialects import POSTGRES, SQLITE
from schemagen.engines.reading import read_catalog
from schemagen.schema.model import Deferrable
from schemagen.sql.authorizer import confine

from . import refusals
from .refusals import INTERRUPTED, Cause, Refusal, StatementError, postgres_refusal, sqlite_refusal
from .replay import refused_statement, sqlite_statements
from .roles import confined_database, share
from .scripts import is_transactional, statements
from .servers import connect, failure
from .urls import sqlalchemy_url
from .values import comparable, from_driver, in_one_order, select
from .vectors import add_distances

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from schemagen.engines.base import Dialect
    from schemagen.engines.catalog import Catalog
    from schemagen.schema.model import Column, Schema, Table, Value

    from .memory import Row
    from .servers import Server


CANNOT_PREPARE = "SG458"

_STEPS = 100_000
"""After so many instructions of its virtual machine SQLite looks whether it has to stop."""


class Database(ABC):
    """One database of an engine, with foreign keys on; every statement outside of ``scratch`` commits by itself."""

    dialect: Dialect
    url: str
    """As SQLAlchemy names it."""

    @abstractmethod
    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows.

        Raises:
            StatementError: when the engine refuses it.
        """

    @abstractmethod
    def run_script(self, file: Path) -> None:
        """Run a generated SQL file as its header says.

        Raises:
            StatementError: when the engine refuses a statement of it.
        """

    @abstractmethod
    def unsettled(self, schema: Schema) -> Refusal | None:
        """What COMMIT would refuse because of foreign keys that are checked late."""

    @abstractmethod
    def catalog(self) -> Catalog:
        """Its catalog."""

    @abstractmethod
    def close(self) -> None:
        """Close its connection."""

    @property
    @abstractmethod
    def in_transaction(self) -> bool:
        """Whether a transaction is open: an engine may end it with a statement that it breaks off."""

    @contextmanager
    def scratch(self) -> Iterator[None]:
        """Undo everything that the block does."""
        self.run("BEGIN")
        try:
            yield
        finally:
            self.run("ROLLBACK")

    @abstractmethod
    def without_triggers(self, table: str) -> AbstractContextManager[None]:
        """Keep the triggers of a table from running in the block."""

    def attempt(self, sql: str, schema: Schema, *, keep: bool = True, settle: bool = True) -> Refusal | None:
        """Run a statement within ``scratch``.

        Args:
            sql: the statement; refused, it leaves nothing behind.
            schema: whose foreign keys may be checked late.
            keep: whether what it did stays.
            settle: whether foreign keys that are checked late are checked now.
        """
        self.run("SAVEPOINT attempt")
        try:
            self.run(sql)
            refusal = self.unsettled(schema) if settle else None
        except StatementError as error:
            refusal = error.refusal
        if not self.in_transaction:
            self.run("BEGIN")
            return refusal
        if refusal or not keep:
            self.run("ROLLBACK TO attempt")
        self.run("RELEASE attempt")
        return refusal

    def rows(self, table: Table, columns: Iterable[Column] | None = None) -> list[Row]:
        """Canonical rows in an order that depends on nothing but them."""
        listed = comparable(table) if columns is None else tuple(columns)
        found = [
            {column.name: from_driver(column.type, raw) for column, raw in zip(listed, row, strict=bool(listed))}
            for row in self.run(select(self.dialect, table, listed))
        ]
        return sorted(found, key=in_one_order)

    def kept(self, table: Table, column: Column, value: Value) -> Value:
        """What the engine itself makes of a value, in a column of the same type; for use within ``scratch``."""
        name, literal = self.dialect.quote(column.name), self.dialect.literal(column.type, value)
        of = self.dialect.quote(table.name)
        self.run("SAVEPOINT kept")
        self.run(f"CREATE TEMPORARY TABLE schemagen_kept AS SELECT {name} AS v FROM {of} LIMIT 0")
        self.run(f"INSERT INTO schemagen_kept (v) VALUES ({literal})")
        ((raw,),) = self.run("SELECT v FROM schemagen_kept")
        self.run("ROLLBACK TO kept")
        self.run("RELEASE kept")
        return from_driver(column.type, raw)


class SqliteDatabase(Database):
    """A SQLite database in a file."""

    def __init__(self, file: Path) -> None:
        self.dialect = SQLITE
        self.url = f"sqlite:///{file}"
        # no cache: an EXPLAIN that was prepared before an index was dropped would tell the old plan
        self._connection = sqlite3.connect(file, isolation_level=None, cached_statements=0)
        confine(self._connection)
        add_distances(self._connection)
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._deadline = 0.0
        self._connection.set_progress_handler(self._has_to_stop, _STEPS)

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement.

        Raises:
            KeyboardInterrupt: when a signal ends the program meanwhile.
        """
        try:
            with self._limited():
                return self._connection.execute(sql).fetchall()
        except (sqlite3.Error, sqlite3.Warning, UnicodeError) as error:
            raise StatementError(sql, sqlite_refusal(error)) from error

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open; SQLite ends one with a write that is broken off ("sqlite3_interrupt")."""
        return self._connection.in_transaction

    @contextmanager
    def _limited(self) -> Iterator[None]:
        """Give the block its time.

        What a signal raises meanwhile is raised within SQLite's call of ``_has_to_stop``, where Python drops it
        ("sqlite3", "enable_callback_tracebacks"): a statement that is broken off before its time was ended by one.
        """
        self._deadline = time.monotonic() + refusals.STATEMENT_SECONDS
        try:
            yield
        except sqlite3.OperationalError as error:
            if str(error) == INTERRUPTED and time.monotonic() <= self._deadline:
                raise KeyboardInterrupt from None
            raise

    def _has_to_stop(self) -> bool:
        return time.monotonic() > self._deadline

    def run_script(self, file: Path) -> None:
        """Run a file whole, as Python's ``executescript`` and the shell do."""
        text = file.read_bytes().decode()
        try:
            with self._limited():
                self._connection.executescript(text)
        except (sqlite3.Error, sqlite3.Warning) as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            statement, unmet = refused_statement(self.run, sqlite_statements(text), StatementError)
            for left in ("ignore_check_constraints = OFF", "foreign_keys = ON"):  # as a script that stopped leaves them
                self._connection.execute(f"PRAGMA {left}")
            raise StatementError(statement, sqlite_refusal(error), file.name, unmet) from error

    def unsettled(self, schema: Schema) -> Refusal | None:
        """Foreign keys that no parent has; only those that are checked late can be open here."""
        if not _has_deferred(schema):
            return None
        broken = self._connection.execute("PRAGMA foreign_key_check").fetchone()
        return Refusal(Cause.FOREIGN_KEY, "", f"a row of {broken[0]} without its {broken[2]}") if broken else None

    @contextmanager
    def without_triggers(self, table: str) -> Iterator[None]:
        """Drop the triggers of a table, and make them again."""
        of = f"type = 'trigger' AND tbl_name = {sql_string(table)}"
        triggers = self.run(f"SELECT name, sql FROM sqlite_schema WHERE {of}")
        for name, _ in triggers:
            self.run(f"DROP TRIGGER {self.dialect.quote(name)}")
        try:
            yield
        finally:
            for _, sql in triggers:
                self.run(sql)

    def catalog(self) -> Catalog:
        """Its catalog."""
        return read_catalog(self._connection)

    def close(self) -> None:
        """Close its connection."""
        self._connection.close()


def _has_deferred(schema: Schema) -> bool:
    return any(key.deferrable is Deferrable.DEFERRED for table in schema.tables for key in table.foreign_keys)


class PostgresDatabase(Database):
    """A PostgreSQL database; a connection that is lost raises psycopg's own error, and ends all that uses it."""

    def __init__(self, url: str) -> None:
        self.dialect = POSTGRES
        self.url = sqlalchemy_url(url)
        self.called: dict[str, str] = {}
        """The keys of partitions by name, each with that of its table, which a refusal means."""
        self._connection = connect(url, autocommit=True)
        self._connection.execute(f"SET statement_timeout = '{refusals.STATEMENT_SECONDS}s'".encode())

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return bool(self._connection.info.transaction_status)

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement."""
        import psycopg

        try:
            cursor = self._connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            if self._connection.closed:
                raise  # no statement can run any more
            refusal = postgres_refusal(error)
            raise StatementError(sql, replace(refusal, name=self.called.get(refusal.name, refusal.name))) from error

    def run_script(self, file: Path) -> None:
        """Run a transactional file at once, the statements of another one by one."""
        text = file.read_bytes().decode()
        try:
            for part in (text,) if is_transactional(text) else statements(text):
                self.run(part)
        except StatementError as error:
            if self._connection.info.transaction_status:
                self._connection.execute("ROLLBACK")
            statement = error.statement
            if statement is text:
                statement, _ = refused_statement(self.run, statements(text), StatementError)
            raise StatementError(statement, error.refusal, file.name) from error

    def unsettled(self, schema: Schema) -> Refusal | None:
        """Check what is checked late now, within the transaction."""
        if not _has_deferred(schema):
            return None
        try:
            self.run("SET CONSTRAINTS ALL IMMEDIATE")
        except StatementError as error:
            return error.refusal
        self.run("SET CONSTRAINTS ALL DEFERRED")
        return None

    @contextmanager
    def without_triggers(self, table: str) -> Iterator[None]:
        """Let the triggers that specs make look away."""
        self.run(f"ALTER TABLE {self.dialect.quote(table)} DISABLE TRIGGER USER")
        try:
            yield
        finally:
            self.run(f"ALTER TABLE {self.dialect.quote(table)} ENABLE TRIGGER USER")

    def catalog(self) -> Catalog:
        """Its catalog."""
        return read_catalog(self._connection)

    def close(self) -> None:
        """Close its connection."""
        self._connection.close()


class Engine(ABC):
    """Makes databases of one engine, each gone after its block."""

    dialect: Dialect
    server: str
    """What it is, for the report: ``SQLite 3.40.1``."""

    @abstractmethod
    @contextmanager
    def database(self) -> Iterator[Database]:
        """A new, empty database."""


class SqliteEngine(Engine):
    """Databases in files of a folder."""

    def __init__(self, folder: Path) -> None:
        self.dialect = SQLITE
        self.server = f"SQLite {sqlite3.sqlite_version}"
        self._folder = folder
        self._made = 0

    @contextmanager
    def database(self) -> Iterator[Database]:
        """A new file, removed after the block."""
        self._made += 1
        file = self._folder / f"{self._made}.sqlite"
        database = SqliteDatabase(file)
        try:
            yield database
        finally:
            database.close()
            file.unlink(missing_ok=True)


class PostgresEngine(Engine):
    """Databases of a server, each owned by a role that may do nothing else; they begin with what ``before`` makes.

    With ``has_vectors`` they have that extension, too, which not every role may create.
    """

    def __init__(self, server: Server, before: Path | None = None, *, has_vectors: bool = False) -> None:
        self.dialect = POSTGRES
        with connect(server.url) as connection:
            version = connection.info.parameter_status("server_version") or ""
        self.server = f"PostgreSQL {version.partition(' ')[0]}"
        self.on = server
        self._before, self._has_vectors = before, has_vectors

    @contextmanager
    def database(self) -> Iterator[Database]:
        """A new database, dropped after the block."""
        with confined_database(self.on) as (url, owned):
            if self._has_vectors:
                _create_vectors(url)
            if self._before:
                _prepare(url, self._before)
                share(url, owned)
            database = PostgresDatabase(owned)
            try:
                yield database
            finally:
                database.close()


def _create_vectors(url: str) -> None:
    """Make the extension; where the server lacks it, the migration says so."""
    with closing(PostgresDatabase(url)) as database, suppress(StatementError):
        database.run("CREATE EXTENSION vector")


def _prepare(url: str, file: Path) -> None:
    """Make what the migrations take for granted, such as extensions, with all rights of the server's own role.

    Raises:
        SchemagenError: SG458 when the server refuses it.
    """
    try:
        with closing(PostgresDatabase(url)) as database:
            for sql in statements(file.read_bytes().decode()):
                database.run(sql)
    except StatementError as error:
        raise failure(
            CANNOT_PREPARE,
            f"{file} makes what the migrations need, and cannot be run: {error.refusal.message}",
            "give a server that has it with --postgres URL, or prove SQLite alone with --only sqlite",
        ) from error
