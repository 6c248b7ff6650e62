"""Tables of a schema in a SQLite in memory: what it says to a row, before any real database is asked."""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from schemagen.engines.dialects import SQLITE
from schemagen.engines.sqlite.dialect import BYTEA_PREFIX
from schemagen.schema import types as t
from schemagen.schema.vectors import vector_bytes
from schemagen.sql.authorizer import confine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from schemagen.engines.base import Dialect
    from schemagen.schema.model import Schema, Table, Value

Row = dict[str, "Value"]
"""Canonical values by column; generated columns are left out."""


def insert(dialect: Dialect, table: Table, rows: Iterable[Row]) -> str:
    """One INSERT of rows that have the same columns, at least one; numbers are taken as they are given."""
    listed = list(rows)
    columns = list(listed[0])
    names = ", ".join(dialect.quote(name) for name in columns)
    tuples = ", ".join(
        f"({', '.join(dialect.literal(table.column(name).type, row[name]) for name in columns)})" for row in listed
    )
    return f"INSERT INTO {dialect.quote(table.name)} ({names}){dialect.overriding(table, columns)} VALUES {tuples}"


def parameter(type_: t.Type, value: Value) -> int | float | str | bytes | None:
    """What Python's driver binds so that SQLite stores what it stores of ``SQLITE.literal``, without parsing it."""
    type_ = t.value_type(type_)
    if value is None:
        return None
    if isinstance(type_, (t.JsonType, t.Array)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(type_, t.Bytea) and isinstance(value, str):
        return bytes.fromhex(value.removeprefix(BYTEA_PREFIX))
    if isinstance(type_, t.Vector) and isinstance(value, str):
        return vector_bytes(value)
    if isinstance(type_, t.Numeric) and isinstance(value, str):
        value = float(value) if {".", "e", "E"} & {*value} else int(value)
    if isinstance(value, int):
        return int(value) if value in _INTEGERS else float(value)
    return value if isinstance(value, float) else str(value)


_INTEGERS = range(-(2**63), 2**63)  # a greater one is a REAL (SQLite, "Literal Values")


class ScratchDatabase:
    """Tables of a schema in a SQLite of their own: checks and unique keys, no triggers, no enforced foreign keys."""

    def __init__(self, schema: Schema, tables: Sequence[Table]) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        confine(self._connection)
        for each in tables:
            table = replace(each, sqlite=replace(each.sqlite, on_conflict=()))  # a row that breaks a rule is refused
            for statement in SQLITE.create_table(table, schema):
                self._connection.execute(statement.sql)
            for index in SQLITE.indexes(table):
                if index.unique:
                    self._connection.execute(SQLITE.create_index(table, index).sql)

    def refusal(self, table: Table, row: Row) -> str | None:
        """Insert a row: None where it was accepted and stays, else what SQLite says against it."""
        names = ", ".join(map(SQLITE.quote, row))
        places = ", ".join("?" * len(row))
        values = [parameter(table.column(name).type, value) for name, value in row.items()]
        try:
            self._connection.execute(f"INSERT INTO {SQLITE.quote(table.name)} ({names}) VALUES ({places})", values)
        except sqlite3.IntegrityError as error:
            return str(error)
        return None

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Undo every insert of the block."""
        self._connection.execute("SAVEPOINT tried")
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK TO tried")
            self._connection.execute("RELEASE tried")

    def would_refuse(self, table: Table, row: Row) -> str | None:
        """What SQLite says against a row, which does not stay."""
        with self.undone():
            return self.refusal(table, row)

    def broken_checks(self, table: Table, row: Row) -> set[str]:
        """The names of all checks that a row breaks, those of its types among them; an INSERT tells only the first."""
        checks = SQLITE.checks(table)
        if not checks:
            return set()
        conditions = ", ".join(unmet(check.sql) for check in checks)
        results = self._connection.execute(f"SELECT {conditions} FROM {_completed(table, row)}").fetchone()
        return {check.name for check, result in zip(checks, results, strict=True) if result}

    def unmet(self, table: Table, row: Row, flaws: Sequence[str]) -> list[bool]:
        """Which of these expressions are not 0 for a row; all of them where SQLite cannot calculate them."""
        try:
            found = self._connection.execute(f"SELECT {', '.join(flaws)} FROM {_completed(table, row)}").fetchone()
        except sqlite3.OperationalError:
            return [True] * len(flaws)
        return [bool(flaw) for flaw in found]

    def best(
        self, table: Table, row: Row, choices: Mapping[str, Sequence[Value]], flaws: Sequence[str], *, perfect: bool
    ) -> dict[str, int] | None:
        """Which choice of each column, by its place, leaves the fewest flaws in a row, or none at all if ``perfect``.

        None where there are no such choices, or where SQLite cannot calculate the flaws of some.
        """
        sources = ", ".join(
            f"schemagen_p{number} (schemagen_i{number}, schemagen_v{number}) AS ({_numbered(table, name, values)})"
            for number, (name, values) in enumerate(choices.items())
        )
        chosen = {name: f"schemagen_v{number}" for number, name in enumerate(choices)}
        places = ", ".join(f"schemagen_i{number}" for number in range(len(choices)))
        joined = ", ".join(f"schemagen_p{number}" for number in range(len(choices)))
        score = " + ".join(flaws)
        order = f"WHERE ({score}) = 0" if perfect else f"ORDER BY {score}"
        subquery = _completed(table, row, chosen, f"{places} FROM {joined}")
        try:
            found = self._connection.execute(
                f"WITH {sources} SELECT {places} FROM {subquery} {order} LIMIT 1"
            ).fetchone()
        except sqlite3.OperationalError:
            return None
        return dict(zip(choices, found, strict=True)) if found else None

    def stored(self, table: Table, row: Row) -> Row:
        """A row as SQLite has it, with what is generated."""
        cursor = self._connection.execute(f"SELECT * FROM {_completed(table, row)}")
        return dict(zip((name for name, *_ in cursor.description), cursor.fetchone(), strict=True))

    def calculated(self, sql: str) -> object:
        """What SQLite makes of an expression without columns; None where it can't."""
        try:
            return self._connection.execute(f"SELECT {sql}").fetchone()[0]
        except sqlite3.Error:
            return None

    def close(self) -> None:
        """Throw everything away."""
        self._connection.close()


def unmet(condition: str) -> str:
    """1 where a condition is false, else 0. SQLite would calculate both sides of an AND whose value it has to show."""
    return f"CASE WHEN ({condition}) THEN 0 WHEN NOT ({condition}) THEN 1 ELSE 0 END"


def _completed(table: Table, row: Row, chosen: Mapping[str, str] | None = None, rest: str = "") -> str:
    """A subquery of a row with its generated columns; some columns may be expressions over what ``rest`` adds."""
    written = {name: SQLITE.literal(table.column(name).type, value) for name, value in row.items()} | dict(chosen or {})
    values = ", ".join(
        [*(f"{text} AS {SQLITE.quote(name)}" for name, text in written.items()), *([rest] if rest else [])]
    )
    generated = "".join(
        f", ({column.generated.sqlite}) AS {SQLITE.quote(column.name)}" for column in table.columns if column.generated
    )
    return f"(SELECT *{generated} FROM (SELECT {values}))"


def _numbered(table: Table, name: str, values: Sequence[Value]) -> str:
    type_ = table.column(name).type
    return "VALUES " + ", ".join(f"({place}, {SQLITE.literal(type_, value)})" for place, value in enumerate(values))
