"""The databases on which the laws of evolution are tried: SQLite in memory, and a schema of PostgreSQL."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg

from schemagen.engines.dialects import POSTGRES, SQLITE
from schemagen.engines.postgres.inspect.catalog import read_postgres
from schemagen.engines.sqlite.inspect.catalog import read_sqlite
from schemagen.schema.full_text import kept_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schemagen.changes.migration import Migration, Statement
    from schemagen.engines.catalog import Catalog
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.model import Schema

Rows = dict[str, list[tuple[Any, ...]]]


class BrokenLawError(AssertionError):
    """A law that does not hold."""


@dataclass
class Sqlite:
    """A SQLite database in memory; a migration runs as its file does."""

    dialect: DialectName = "sqlite"

    def __post_init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.execute("PRAGMA foreign_keys = ON")

    def run(self, statements: Iterable[Statement]) -> None:
        for statement in statements:
            self.connection.execute(statement.sql)

    def migrate(self, migration: Migration, statements: Sequence[Statement]) -> str:
        """What the engine says against it; nothing where it has run."""
        assert migration.transactional
        self.connection.execute("SAVEPOINT schemagen")
        try:
            self.run(statements)
            self.connection.execute("RELEASE schemagen")
        except sqlite3.IntegrityError as error:
            self.connection.execute("ROLLBACK")
            return str(error)
        return ""

    def catalog(self) -> Catalog:
        return read_sqlite(self.connection)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()

    def check_clean(self) -> None:
        if self.ask("PRAGMA foreign_key_check"):
            raise BrokenLawError("foreign keys are violated")
        indexes = [name for (name,) in self.ask("SELECT name FROM pragma_table_list WHERE type = 'virtual'")]
        for index in indexes:  # an index that is not in step is an error
            self.connection.execute(f'INSERT INTO "{index}" ("{index}", rank) VALUES (\'integrity-check\', 1)')
        kept = {name for index in indexes for name in kept_names(index)}
        ours = "name LIKE '\\_schemagen%' ESCAPE '\\' AND tbl_name <> '_schemagen_guard'"
        left = [
            name for name, of in self.ask(f"SELECT name, tbl_name FROM sqlite_schema WHERE {ours}") if of not in kept
        ]
        if left:
            raise BrokenLawError(f"left over: {left}")

    def close(self) -> None:
        self.connection.close()


_STRONG_LOCKS = """
    SELECT relation, mode FROM pg_locks WHERE pid = pg_backend_pid() AND granted AND locktype = 'relation'
    AND mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
"""
"""The tables, and indexes, that this session keeps others from writing, with the modes."""


_OTHERS = "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('public', 'information_schema')"


class Postgres:
    """A schema of a PostgreSQL database, and those beside it that specs name."""

    dialect: DialectName = "postgres"

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        for name in self.others():
            connection.execute(f"DROP SCHEMA {POSTGRES.quote(name)} CASCADE".encode())
        connection.execute("CREATE SCHEMA law")
        connection.execute("SET search_path = law")

    def run(self, statements: Iterable[Statement]) -> None:
        for statement in statements:
            self.connection.execute(statement.sql.encode())

    def _run_with_locks_first(self, statements: Sequence[Statement]) -> None:
        """Every table that others use is locked by one statement, or is the only one: no deadlock is a client's.

        Raises:
            BrokenLawError: when a later statement locks one more, or locks it harder.
        """
        there = {row[0] for row in self.ask("SELECT oid FROM pg_class WHERE relkind IN ('r', 'p')")}
        held: set[tuple[int, str]] = set()
        for statement in statements:
            self.run([statement])
            if "LOCK TABLE" in statement.sql:
                held = set(self.ask(_STRONG_LOCKS))
        late = {(table, mode) for table, mode in self.ask(_STRONG_LOCKS) if table in there}
        late -= held | {(table, mode) for table, mode in late if (table, "AccessExclusiveLock") in held}
        if late and (held or len(late) > 1):
            raise BrokenLawError(f"locked after the work began: {sorted(late)}, before it: {sorted(held)}")

    def migrate(self, migration: Migration, statements: Sequence[Statement]) -> str:
        try:
            if migration.transactional:
                with self.connection.transaction():
                    self._run_with_locks_first(statements)
            else:
                self.run(statements)
                self.run(statements)  # it can be run again
        except (psycopg.errors.IntegrityError, psycopg.errors.DataError) as error:
            return str(error)
        except psycopg.errors.CannotCoerce as error:
            return str(error)
        except psycopg.errors.DatatypeMismatch as error:
            return str(error)
        return ""

    def catalog(self) -> Catalog:
        return read_postgres(self.connection, others=self.others())

    def others(self) -> list[str]:
        return [row[0] for row in self.ask(_OTHERS)]

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql.encode()).fetchall()

    def check_clean(self) -> None:
        pass

    def close(self) -> None:
        pass


Engine = Sqlite | Postgres


def rows_of(engine: Engine, schema: Schema) -> Rows:
    """Every row of every table as text, in one order."""
    quote = (SQLITE if engine.dialect == "sqlite" else POSTGRES).quote
    found: Rows = {}
    for table in schema.tables:
        cast = "::text" if engine.dialect == "postgres" else ""
        names = ", ".join(f"{quote(column.name)}{cast}" for column in table.columns)
        found[table.name] = sorted(engine.ask(f"SELECT {names} FROM {quote(table.name)}"), key=repr)
    return found
