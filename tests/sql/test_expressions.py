"""Every line of the published list gives the same on PostgreSQL 18 and on SQLite, over a grid of values."""

from __future__ import annotations

import json
import random
import sqlite3
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
import pytest
import yaml

from schemagen.schema import types as t
from schemagen.sql import SqlError, expression
from schemagen.sql.published import PUBLISHED
from support.engines import open_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.databases.servers import Server

CASES = Path(__file__).parents[1] / "cases" / "sql"
EXPRESSIONS: dict[str, list[str]] = yaml.safe_load((CASES / "expressions.yaml").read_text(encoding="utf-8"))
ELSEWHERE = {"uuid", "aggregates", "windows", "queries", "full text"}
"""Groups that test_sql_queries.py and the tests of defaults cover."""
CLOCKS = {
    "now",
    "transaction_timestamp",
    "statement_timestamp",
    "clock_timestamp",
    "CURRENT_TIMESTAMP",
    "LOCALTIMESTAMP",
    "CURRENT_DATE",
}

UUIDS = [
    "7b1e6f0a-3c1d-4e55-9a55-2f1d7f6f1a01",
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-4fff-bfff-ffffffffffff",
    None,
]
TEXTS = [
    "abc",
    "ABC",
    "",
    " ",
    "a%b",
    "aé日本😀",
    "a*b?[c]",
    "it's",
    "\\",
    "a_b",
    "abcabc",
    "  abc  ",
    "ab[c]",
    "^-",
    None,
]
STAMPS = [
    "2024-02-29T12:34:56.789012",
    "2024-01-31T00:00:00.000000",
    "2023-12-31T23:59:59.999999",
    "2024-03-01T09:00:00.000001",
    "1969-12-31T23:59:59.500000",
    "2024-02-29T12:00:00.000000",
    None,
]
DAYS = ["2024-02-29", "2024-01-31", "2023-12-31", "2024-03-31", "1970-01-01", "2025-06-15", None]
JSONS = [
    '{"a": "x", "list": [1, 2], "o": {"k": "v"}, "b c": true}',
    '{"a": 1.50, "list": [], "x.y": "dotted"}',
    '{"a": null, "list": ["é"]}',
    '{"a": false, "0": "zero", "$": 1, "": 2}',
    "[1, 2, 3]",
    '["a"]',
    "null",
    "3",
    "{}",
    None,
]

GRID: dict[str, tuple[t.Type, list[Any]]] = {
    "i": (t.Integer(), [1, 3, -7, 0, 5, 12, 2, None]),
    "j": (t.Integer(), [3, 0, -2, 1, 5, None]),
    "b": (t.BigInt(), [3, 9_000_000_000, -9_000_000_000, 0, None]),
    "n": (
        t.Numeric(10, 2),
        ["10.50", "0.00", "-0.05", "0.01", "99999999.99", "100.10", "19.02", "2.50", "-3.50", "1.15", None],
    ),
    "m": (
        t.Numeric(12, 4),
        ["1.0050", "2.6750", "-1.0050", "0.0000", "0.1250", "1234567.8901", "0.0350", "10.5000", None],
    ),
    "d": (t.Double(), [0.1, -2.5, 1e10, 0.0, 3.0, 1e-5, None]),
    "s": (t.Text(), TEXTS),
    "u": (t.Text(), TEXTS),
    "v": (t.Varchar(10), ["b", "abc", "", "é", None]),
    "cc": (t.Char(3), ["EUR", "usd", "EU ", None]),
    "e": (t.Enum(("a", "b")), ["a", "b", None]),
    "f": (t.Boolean(), [True, False, None]),
    "g": (t.Boolean(), [False, True, None]),
    "day": (t.Date(), DAYS),
    "day2": (t.Date(), DAYS),
    "tm": (t.Time(), ["12:00:00.000000", "23:59:59.999999", "00:00:00.000000", None]),
    "ts": (t.Timestamp(), STAMPS),
    "ts2": (t.Timestamp(), STAMPS),
    "tz": (t.TimestampTz(), [stamp and stamp + "Z" for stamp in STAMPS]),
    "tz2": (t.TimestampTz(), [stamp and stamp + "Z" for stamp in STAMPS]),
    "uid": (t.Uuid(), UUIDS),
    "uid2": (t.Uuid(), UUIDS),
    "js": (t.Jsonb(), JSONS),
    "jt": (t.Json(), JSONS),
    "by": (t.Bytea(), [b"", b"\x00\xff", b"abc", None]),
    "tags": (t.Array(t.Text()), [[], ["a"], ["a", "é"], None]),
}
COLUMNS = {name: type_ for name, (type_, _) in GRID.items()}
ROWS = 240


def grid_rows() -> list[tuple[Any, ...]]:
    """Rows that meet every value of every column, and the combinations that a seeded draw gives."""
    draw = random.Random(20260101)
    rows = [tuple(values[number % len(values)] for _, values in GRID.values()) for number in range(20)]
    return rows + [tuple(draw.choice(values) for _, values in GRID.values()) for _ in range(ROWS - len(rows))]


def stored(value: Any, type_: t.Type) -> Any:
    """A value of the grid as SQLite stores it."""
    if isinstance(type_, t.Numeric) and value is not None:
        return float(value)
    if isinstance(type_, t.Array) and value is not None:
        return json.dumps(value)
    return int(value) if isinstance(value, bool) else value


def same_form(value: Any) -> Any:  # noqa: PLR0911  (one line a type)
    """A result of either engine in the form of SQLite's."""
    match value:
        case bool():
            return int(value)
        case Decimal() | float():
            return pytest.approx(float(value), rel=1e-14, abs=1e-12)
        case UUID():
            return str(value)
        case datetime():
            utc = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
            return utc.isoformat("T", "microseconds") + ("Z" if value.tzinfo else "")
        case time():
            return value.isoformat("microseconds")
        case date():
            return value.isoformat()
        case _:
            return value


def empty_sqlite() -> sqlite3.Connection:
    """A database with the grid's table."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    types = {t.Numeric: "REAL", t.Double: "REAL", t.Bytea: "BLOB"} | dict.fromkeys(
        (t.Integer, t.BigInt, t.Boolean), "INTEGER"
    )
    columns = ", ".join(f'"{name}" {types.get(type(type_), "TEXT")}' for name, type_ in COLUMNS.items())
    connection.execute(f"CREATE TABLE grid (row INTEGER PRIMARY KEY, {columns}) STRICT")
    return connection


def create_postgres(connection: psycopg.Connection) -> None:
    """The grid's table, in a session of UTC."""
    spelled = {name: "text" if isinstance(type_, t.Enum) else str(type_) for name, type_ in COLUMNS.items()}
    columns = ", ".join(f'"{name}" {type_}' for name, type_ in spelled.items())
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"CREATE TABLE grid (row bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, {columns})")


@pytest.fixture(scope="module")
def sqlite() -> Iterator[sqlite3.Connection]:
    connection = empty_sqlite()
    marks = ", ".join("?" for _ in COLUMNS)
    for row in grid_rows():
        values = [stored(value, type_) for value, type_ in zip(row, COLUMNS.values(), strict=True)]
        connection.execute(f"INSERT INTO grid VALUES (NULL, {marks})", values)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def postgres(postgres18: Server) -> Iterator[psycopg.Connection]:
    with postgres18.database() as url, open_postgres(url) as connection:
        create_postgres(connection)
        names, marks = ", ".join(COLUMNS), ", ".join("%s" for _ in COLUMNS)
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO grid ({names}) VALUES ({marks})", grid_rows())
        yield connection


def results(run: Any, sql: str, rows: int = ROWS) -> list[Any]:
    """The expression's value in every row; "error" where the engine raises."""
    quoted = sql.replace("%", "%%") if run.__self__.__class__.__module__.startswith("psycopg") else sql
    arguments = ((),) if quoted is not sql else ()
    try:
        return [value for (value,) in run(f"SELECT {quoted} FROM grid ORDER BY row", *arguments).fetchall()]
    except (sqlite3.Error, psycopg.Error):
        return [_one(run, f"SELECT {quoted} FROM grid WHERE row = {row}", arguments) for row in range(1, rows + 1)]


def _one(run: Any, sql: str, arguments: tuple[Any, ...]) -> Any:
    try:
        return run(sql, *arguments).fetchone()[0]
    except (sqlite3.Error, psycopg.errors.DataError):
        return "error"


def test_every_line_of_the_published_list_has_a_case() -> None:
    names = {entry.name for entry in PUBLISHED if entry.group not in ELSEWHERE} - CLOCKS
    assert names == set(EXPRESSIONS)


@pytest.mark.parametrize("text", [text for texts in EXPRESSIONS.values() for text in texts])
def test_an_expression_gives_the_same_on_both_engines(
    text: str, sqlite: sqlite3.Connection, postgres: psycopg.Connection
) -> None:
    made = expression(text, COLUMNS)
    assert made.sql.postgres == text
    assert made.sql.sqlite is not None
    expected = [same_form(value) for value in results(postgres.execute, text)]
    found = results(sqlite.execute, made.sql.sqlite)
    different = [(row, e, f) for row, e, f in zip(grid_rows(), expected, found, strict=True) if e != f]
    assert not different, f"{made.sql.sqlite}\n" + "\n".join(f"{e} and {f}" for _, e, f in different[:5])
    assert any(value is not None for value in found)


REFUSED: dict[str, list[str]] = yaml.safe_load((CASES / "refused.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("text", "reason", "hint"), [(text, *messages) for text, messages in REFUSED.items()])
def test_what_is_refused_says_why_and_what_to_do(text: str, reason: str, hint: str) -> None:
    with pytest.raises(SqlError) as caught:
        expression(text, COLUMNS)
    assert reason in str(caught.value)
    assert hint in caught.value.hint


MUTABLE: dict[str, list[str]] = yaml.safe_load((CASES / "mutable.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("text", "reason", "hint"), [(text, *messages) for text, messages in MUTABLE.items()])
def test_what_depends_on_the_session_stands_in_no_index(
    text: str, reason: str, hint: str, postgres: psycopg.Connection[Any]
) -> None:
    expression(text, COLUMNS)
    with pytest.raises(SqlError) as caught:
        expression(text, COLUMNS, is_immutable=True)
    assert reason in str(caught.value)
    assert hint in caught.value.hint
    with pytest.raises(psycopg.errors.InvalidObjectDefinition, match="IMMUTABLE"), postgres.transaction():
        postgres.execute(f"CREATE INDEX ON grid (({text}))")
