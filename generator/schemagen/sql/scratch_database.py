"""Generated SQLite statements and expressions, run in memory: what no parser knows, the engine itself says.

CREATE TABLE refuses unknown functions and columns in a CHECK and an index, but takes any default, any trigger and a
CHECK that reads the clock; those fail with the first row (measured on SQLite 3.40). So defaults are evaluated, CHECKs
are evaluated over a row of NULLs, and triggers are compiled by explaining a statement that fires them.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string

from .authorizer import confine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

BATCH = 25
"""Scripts for each database: SQLite reads its whole catalog after a change, so one database for all is quadratic."""

_NAME = r'(?:"((?:[^"]|"")+)"|(\w+))'
_CREATED = re.compile(rf"\s*CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}", re.IGNORECASE)
_TRIGGER = re.compile(rf"\s*CREATE\s+TRIGGER\b.*?\bON\s+{_NAME}", re.IGNORECASE | re.DOTALL)
_INSTEAD = re.compile(r"\s*CREATE\s+TRIGGER\b(?:(?!\bBEGIN\b).)*?\bINSTEAD\s+OF\b", re.IGNORECASE | re.DOTALL)
"""A trigger of a view: a view without one for the same event refuses it (SQLite, "CREATE TRIGGER")."""
_MISSING = re.compile(r"no such table: (?:main\.)?(.+)")


@dataclass(frozen=True, slots=True)
class ScratchFailure:
    """What SQLite refused: the place of the script or expression that was given, its text, and the engine's message."""

    place: int
    sql: str
    message: str


@dataclass(frozen=True, slots=True)
class RowExpression:
    """An expression that SQLite evaluates for a row: a CHECK, a predicate, a generated column; or a default."""

    sql: str
    columns: tuple[str, ...] = ()
    constant: bool = False
    """A default: it reads no column, and may read the clock."""


def _memory() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    confine(connection)
    return connection


def run_migrations(scripts: Sequence[Sequence[str]], *, batch: int = BATCH) -> tuple[ScratchFailure, ...]:
    """Run scripts of SQLite statements in memory.

    Args:
        scripts: the statements of each migration, in order; each script makes the tables that it changes. A table of
            another script is made where a trigger looks at it.
        batch: how many scripts share a database.

    Returns:
        The first failure of each script that fails, in order.
    """
    owners = _owners(scripts)
    failures: list[ScratchFailure] = []
    for start in range(0, len(scripts), batch):
        database = _Database(scripts, owners)
        try:
            found = (database.run(place) for place in range(start, min(start + batch, len(scripts))))
            failures += [failure for failure in found if failure is not None]
        finally:
            database.close()
    return tuple(failures)


def evaluate(expressions: Iterable[RowExpression]) -> tuple[ScratchFailure, ...]:
    """Evaluate expressions as SQLite does for a row of NULLs, each by itself.

    Returns:
        A failure for each that SQLite cannot evaluate, with its place in ``expressions``.
    """
    connection = _memory()
    try:
        checked = ((place, item, _evaluated(connection, item)) for place, item in enumerate(expressions))
        return tuple(ScratchFailure(place, item.sql, message) for place, item, message in checked if message)
    finally:
        connection.close()


def _evaluated(connection: sqlite3.Connection, expression: RowExpression) -> str:
    """What SQLite says against an expression; nothing when it can be evaluated."""
    try:
        if expression.constant:
            connection.execute(f"SELECT ({expression.sql}\n)").fetchone()
            return ""
        columns = ", ".join(map(_quoted, expression.columns or ("nothing",)))
        connection.execute(f"CREATE TABLE probe ({columns}, CHECK ({expression.sql}\n))")
        try:
            connection.execute("INSERT INTO probe DEFAULT VALUES")
        finally:
            connection.execute("DROP TABLE probe")
    except sqlite3.IntegrityError:
        return ""  # it was evaluated, and is false for NULLs
    except sqlite3.Error as problem:
        return str(problem)
    return ""


@dataclass(slots=True)
class _Database:
    """One in-memory database, the scripts that have run in it, and where to find those that have not."""

    scripts: Sequence[Sequence[str]]
    owners: dict[str, int]
    connection: sqlite3.Connection = field(default_factory=_memory)
    done: set[int] = field(default_factory=set)

    def close(self) -> None:
        self.connection.close()

    def run(self, place: int) -> ScratchFailure | None:
        """Run a script, unless it has run; then look at its defaults and triggers."""
        failure = self._execute(place, self.scripts[place])
        if failure is not None:
            return failure
        created = [name for statement in self.scripts[place] if (name := _table(_CREATED, statement))]
        return next(self._bad_defaults(place, created), None) or next(self._bad_triggers(place), None)

    def _execute(self, place: int, statements: Sequence[str]) -> ScratchFailure | None:
        if place in self.done:
            return None
        self.done.add(place)
        for statement in statements:
            problem = self._problem(statement)
            if problem:
                return ScratchFailure(place, statement, problem)
        return None

    def _bad_defaults(self, place: int, tables: Sequence[str]) -> Iterator[ScratchFailure]:
        for table in tables:
            rows = self.connection.execute(
                f"SELECT dflt_value FROM pragma_table_info({sql_string(table)}) WHERE dflt_value NOTNULL"
            )
            for (default,) in rows.fetchall():
                message = _evaluated(self.connection, RowExpression(default, constant=True))
                if message:
                    yield ScratchFailure(place, default, f"default of {table}: {message}")

    def _problem(self, statement: str) -> str:
        """What running a statement says; the table of a trigger is made by the script that has it."""
        try:
            self.connection.execute(statement)
        except sqlite3.Error as problem:
            missing = _MISSING.match(str(problem))
            owner = self.owners.get(missing[1].lower()) if missing and _TRIGGER.match(statement) else None
            if owner is None or owner in self.done:
                return str(problem)
            self._execute(owner, self.scripts[owner])
            return self._problem(statement)
        return ""

    def _bad_triggers(self, place: int) -> Iterator[ScratchFailure]:
        written = (statement for statement in self.scripts[place] if not _INSTEAD.match(statement))
        triggers = ((statement, _table(_TRIGGER, statement)) for statement in written)
        for table, statement in {table: statement for statement, table in triggers if table}.items():
            column = self.connection.execute(
                f"SELECT name FROM pragma_table_info({sql_string(table)}) LIMIT 1"
            ).fetchone()
            if column is None:
                continue
            assignment = f"{_quoted(column[0])} = {_quoted(column[0])}"
            name = _quoted(table)
            for firing in (
                f"INSERT INTO {name} DEFAULT VALUES",
                f"UPDATE {name} SET {assignment}",
                f"DELETE FROM {name}",
            ):
                message = self._explained(firing)
                if message:
                    yield ScratchFailure(place, statement, f"a trigger on {table}: {message}")
                    return

    def _explained(self, statement: str) -> str:
        """What compiling a statement, with every trigger that it fires, says; tables that are missing are made."""
        try:
            self.connection.execute(f"EXPLAIN {statement}")
        except sqlite3.Error as problem:
            missing = _MISSING.match(str(problem))
            owner = self.owners.get(missing[1].lower()) if missing else None
            if owner is None or owner in self.done:
                return str(problem)
            self._execute(owner, self.scripts[owner])
            return self._explained(statement)
        return ""


def _owners(scripts: Sequence[Sequence[str]]) -> dict[str, int]:
    """The script that makes each table; names are compared without case, as SQLite does."""
    made = (
        (place, _table(_CREATED, statement)) for place, statements in enumerate(scripts) for statement in statements
    )
    return {name.lower(): place for place, name in made if name}


def _table(pattern: re.Pattern[str], statement: str) -> str:
    match = pattern.match(statement)
    if match is None:
        return ""
    return match[1].replace('""', '"') if match[1] is not None else str(match[2])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
