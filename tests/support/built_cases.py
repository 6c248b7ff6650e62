"""The case specs, each built once a test process, with its rows and how they are put into either engine."""

from __future__ import annotations

import re
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from schemagen.databases.memory import Row, insert
from schemagen.databases.partitions import WITHOUT_DEFAULT
from schemagen.datagen.fill import Filler
from schemagen.engines.dialects import dialect
from schemagen.engines.reading import read_catalog
from schemagen.project.pipeline import Options, build, load
from schemagen.schema.types import Enum, Interval, Native
from support.engines import open_postgres, open_sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from schemagen.engines.catalog import Catalog
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.model import Schema, Table
    from schemagen.schema.query import Query

ROOT = Path(__file__).parents[2]
FOLDERS = {folder.name: folder for folder in (*sorted((ROOT / "tests/cases/build").iterdir()), ROOT / "specs")}
CASES = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in FOLDERS]
"""One group a case: all of its tests run in one process, which builds it once."""

KINDS = ("examples", "made up")

Connection = sqlite3.Connection | psycopg.Connection
REFUSALS = (sqlite3.IntegrityError, psycopg.errors.IntegrityError)


@dataclass(frozen=True)
class Case:
    """A spec folder and what was built from it; rows come from its examples or are made up."""

    name: str
    output: Path
    schema: Schema

    def files(self, engine: DialectName) -> list[Path]:
        """The migrations in order."""
        return sorted((self.output / "migrations" / engine).glob("*.sql"))

    def rollbacks(self, engine: DialectName) -> list[Path]:
        """The rollbacks in the order in which they are run."""
        return [file.parent / "rollback" / file.name for file in reversed(self.files(engine))]

    @cached_property
    def examples(self) -> list[tuple[Table, Row]]:
        """Every example row of the spec, parents first as far as there is such an order."""
        return [(table, dict(row.values)) for table in self.schema.tables for row in table.examples]

    @cached_property
    def made_up(self) -> list[tuple[Table, Row]]:
        """A few valid rows of every table, in an order in which they can be inserted."""
        names = [table.name for table in self.schema.tables]
        rows = Filler(self.schema, names, seed=1).fill(dict.fromkeys(names, 3))
        return [
            (table, {name: value for name, value in row.items() if not _is_own(table, name)})
            for table in self.schema.tables
            for row in rows[table.name]
        ]

    def rows(self, kind: str) -> list[tuple[Table, Row]]:
        """``examples`` or ``made up``."""
        return self.examples if kind == "examples" else self.made_up

    def volatile(self, table: Table) -> set[str]:
        """The columns that the database sets to the time of day by itself: by a default or by a trigger."""
        touched = {key.touch for _, key in self.schema.children(table.name) if key.touch}
        return touched | {column.name for column in table.columns if column.on_row_update}


def _is_own(table: Table, column: str) -> bool:
    """Whether each engine writes the values of a column in its own way."""
    return isinstance(table.column(column).type, (Interval, Native))


def build_case(name: str, output: Path) -> Case:
    """Build a case in full."""
    options = Options(FOLDERS[name], output)
    build(options)
    return Case(name, output, load(options).schema)


def connect(database: Path | str) -> Connection:
    """A connection to a SQLite file or to the URL of a PostgreSQL database; the caller says BEGIN."""
    return open_postgres(database) if isinstance(database, str) else open_sqlite(database)


@contextmanager
def connected(database: Path | str) -> Iterator[Connection]:
    connection = connect(database)
    try:
        yield connection
    finally:
        connection.close()


def catalog(database: Path | str) -> Catalog:
    with connected(database) as connection:
        return read_catalog(connection)


def engine_of(connection: Connection) -> DialectName:
    return "sqlite" if isinstance(connection, sqlite3.Connection) else "postgres"


def execute(connection: Connection, statement: str) -> list[tuple[Any, ...]]:
    """Run a finished statement; its rows, if it has any."""
    if isinstance(connection, sqlite3.Connection):
        return connection.execute(statement).fetchall()
    cursor = connection.execute(statement.encode())
    return cursor.fetchall() if cursor.description else []


def make_room(connection: Connection) -> None:
    """Give partitioned tables a partition for the rows of any time."""
    if not isinstance(connection, sqlite3.Connection):
        for (statement,) in execute(connection, WITHOUT_DEFAULT):
            execute(connection, statement)


def defer(connection: Connection) -> None:
    """Let rows of this transaction come before their parents, where a foreign key may wait."""
    postponed = engine_of(connection) == "sqlite"
    execute(connection, "PRAGMA defer_foreign_keys = ON" if postponed else "SET CONSTRAINTS ALL DEFERRED")


def put(connection: Connection, rows: Iterable[tuple[Table, Row]]) -> None:
    """Insert rows by SQL in one transaction."""
    name = engine_of(connection)
    make_room(connection)
    execute(connection, "BEGIN")
    defer(connection)
    in_some_order(rows, lambda table, row: _insert(connection, insert(dialect(name), table, [row])))
    execute(connection, "COMMIT")


def _insert(connection: Connection, statement: str) -> bool:
    execute(connection, "SAVEPOINT one_row")
    try:
        execute(connection, statement)
    except REFUSALS:
        execute(connection, "ROLLBACK TO one_row")
        return False
    finally:
        execute(connection, "RELEASE one_row")
    return True


def in_some_order(rows: Iterable[tuple[Table, Row]], one: Callable[[Table, Row], bool]) -> None:
    """Hand every row to ``one``; those that it refuses wait until others have been taken."""
    waiting = list(rows)
    while waiting:
        refused = [(table, row) for table, row in waiting if not one(table, row)]
        assert len(refused) < len(waiting), f"no order was found for {refused}"
        waiting = refused


def everything(connection: Connection, case: Case, *, without_volatile: bool = False) -> dict[str, list[str]]:
    """The rows of every table as the engine prints them, in an order of their own."""
    found = {}
    for table in case.schema.tables:
        hidden = case.volatile(table) if without_volatile else set()
        names = [column.name for column in table.columns if column.name not in hidden]
        quote = dialect(engine_of(connection)).quote
        listed = ", ".join(map(quote, names))
        rows = execute(connection, f"SELECT {listed} FROM {quote(table.name)}")
        found[table.name] = sorted(map(repr, rows))
    return found


# Queries


def prepared(query: Query) -> tuple[str, list[str]]:
    """A query for PREPARE on PostgreSQL: ``:name`` as ``$1``, and the types of the parameters in that order."""
    numbers = {parameter.name: number for number, parameter in enumerate(query.parameters, start=1)}
    text = query.sql.postgres or ""
    parts = re.split(r"('(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")", text)
    for place in range(0, len(parts), 2):  # outside of quotes
        parts[place] = re.sub(r"(?<![:\w]):([A-Za-z_]\w*)", lambda found: f"${numbers[found[1]]}", parts[place])
    types = ["text" if isinstance(found.type, Enum) else str(found.type) for found in query.parameters]
    return "".join(parts), types
