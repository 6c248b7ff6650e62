"""Query patterns do the same on PostgreSQL 18 and SQLite: the same rows come back, and the same rows are left."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from schemagen.schema import types as t
from schemagen.schema.model import Column, PrimaryKey, Table
from schemagen.sql import SqlError, query
from schemagen.sql.published import PUBLISHED
from sql.test_expressions import same_form
from support.engines import open_postgres, open_sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from schemagen.databases.servers import Server

CASES = Path(__file__).parents[1] / "cases" / "sql"
QUERIES: dict[str, list[str]] = yaml.safe_load((CASES / "queries.yaml").read_text(encoding="utf-8"))
REFUSED: dict[str, list[str]] = yaml.safe_load((CASES / "refused_queries.yaml").read_text(encoding="utf-8"))
GROUPS = {"aggregates", "windows", "queries"}

ANN, BEN, CAT = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "abc")

TABLES = {
    table.name: table
    for table in (
        Table(
            "users",
            (
                Column("id", t.Uuid()),
                Column("email", t.Varchar(255)),
                Column("nickname", t.Text(), nullable=True),
                Column("is_active", t.Boolean()),
            ),
            PrimaryKey("pk_users", ("id",)),
        ),
        Table(
            "posts",
            (
                Column("id", t.Integer()),
                Column("user_id", t.Uuid()),
                Column("editor_id", t.Uuid(), nullable=True),
                Column("parent_id", t.Integer(), nullable=True),
                Column("title", t.Text()),
                Column("views", t.Integer(), nullable=True),
                Column("price", t.Numeric(10, 2)),
                Column("is_pinned", t.Boolean()),
                Column("meta", t.Jsonb()),
                Column("created_at", t.TimestampTz()),
            ),
            PrimaryKey("pk_posts", ("id",)),
        ),
        Table("labels", (Column("id", t.Integer()), Column("label", t.Text())), PrimaryKey("pk_labels", ("id",))),
        Table("Weird", (Column("order", t.Integer()), Column("Kind", t.Text())), PrimaryKey("pk_weird", ("order",))),
    )
}

POSTGRES_DDL = """
CREATE TABLE users (id uuid PRIMARY KEY, email varchar(255) NOT NULL, nickname text, is_active boolean NOT NULL);
CREATE TABLE posts (id integer PRIMARY KEY, user_id uuid NOT NULL, editor_id uuid, parent_id integer,
  title text NOT NULL, views integer, price numeric(10,2) NOT NULL, is_pinned boolean NOT NULL DEFAULT false,
  meta jsonb NOT NULL DEFAULT '{}', created_at timestamptz NOT NULL);
CREATE TABLE labels (id integer PRIMARY KEY DEFAULT 77, label text NOT NULL DEFAULT 'none');
CREATE TABLE "Weird" ("order" integer PRIMARY KEY, "Kind" text NOT NULL);
"""
SQLITE_DDL = """
CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT NOT NULL, nickname TEXT, is_active INTEGER NOT NULL) STRICT;
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id TEXT NOT NULL, editor_id TEXT, parent_id INTEGER,
  title TEXT NOT NULL, views INTEGER, price REAL NOT NULL, is_pinned INTEGER NOT NULL DEFAULT 0,
  meta TEXT NOT NULL DEFAULT '{}', created_at TEXT NOT NULL) STRICT;
CREATE TABLE labels (id INT NOT NULL DEFAULT 77 PRIMARY KEY, label TEXT NOT NULL DEFAULT 'none') STRICT;
CREATE TABLE "Weird" ("order" INTEGER PRIMARY KEY, "Kind" TEXT NOT NULL) STRICT;
"""
ROWS: dict[str, list[tuple[Any, ...]]] = {
    "users": [
        (ANN, "ann@example.org", "zed", True),
        (BEN, "ben@example.org", None, True),
        (CAT, "cat@example.org", "amy", False),
    ],
    "posts": [
        (
            1,
            ANN,
            BEN,
            None,
            "first",
            3,
            "10.10",
            True,
            '{"kind": "note", "tags": ["a"]}',
            "2024-01-31T10:00:00.000000Z",
        ),
        (2, ANN, None, 1, "second", None, "100.20", False, "{}", "2024-02-01T10:00:00.123456Z"),
        (3, BEN, ANN, 1, "Third 100%", 1, "0.30", True, '{"kind": "note"}', "2024-02-01T11:00:00.000000Z"),
        (4, BEN, None, 3, "fourth", 9, "19.02", False, '{"kind": null}', "2020-05-05T00:00:00.000000Z"),
        (5, ANN, CAT, None, "fifth", 3, "2.50", True, '{"tags": []}', "2099-01-01T00:00:00.000000Z"),
    ],
    "labels": [(1, "one"), (4, "four")],
    "Weird": [(1, "x"), (2, "y"), (3, "x")],
}
PARAMETERS: dict[str, Any] = {
    "limit": 2,
    "offset": 1,
    "after": 1,
    "created_at": "2024-02-01T11:00:00.000000Z",
    "since": "2024-02-01T00:00:00.000000Z",
    "id": 4,
    "new": 900,
    "label": "new",
    "user_id": ANN,
    "title": "first",
    "email": "ann@example.org",
    "kind": "x",
    "pattern": "%f%",
    "n": 90,
}


@pytest.fixture(scope="module")
def sqlite() -> Iterator[sqlite3.Connection]:
    connection = open_sqlite()
    connection.row_factory = sqlite3.Row
    connection.executescript(SQLITE_DDL)
    for table, rows in ROWS.items():
        marks = ", ".join("?" for _ in rows[0])
        connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def postgres(postgres18: Server) -> Iterator[psycopg.Connection]:
    with postgres18.database() as url, open_postgres(url) as connection:
        connection.execute("SET TimeZone = 'Asia/Tokyo'")
        connection.execute(POSTGRES_DDL.encode())
        for table, rows in ROWS.items():
            marks = ", ".join("%s" for _ in rows[0])
            with connection.cursor() as cursor:
                cursor.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)
        yield connection


def on_sqlite(connection: sqlite3.Connection, sql: str, parameters: dict[str, Any], table: str) -> tuple[Any, ...]:
    connection.execute("BEGIN")
    try:
        cursor = connection.execute(sql, parameters)
        names = [column[0] for column in cursor.description or ()]
        rows = [tuple(row) for row in cursor.fetchall()]
        return names, rows, [tuple(row) for row in connection.execute(f'SELECT * FROM "{table}" ORDER BY 1')]
    finally:
        connection.execute("ROLLBACK")


def on_postgres(connection: psycopg.Connection, sql: str, parameters: dict[str, Any], table: str) -> tuple[Any, ...]:
    bound = re.sub(r"(?<!:):([a-z_]+)", r"%(\1)s", sql.replace("%", "%%"))
    with connection.transaction(force_rollback=True):
        cursor = connection.execute(bound, parameters)
        names = [column.name for column in cursor.description or ()]
        rows = cursor.fetchall() if cursor.description else []
        return names, rows, connection.execute(f'SELECT * FROM "{table}" ORDER BY 1').fetchall()


def comparable(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [tuple(json.dumps(v) if isinstance(v, (dict, list)) else same_form(v) for v in row) for row in rows]


def test_every_line_of_the_published_list_has_a_query() -> None:
    assert {entry.name for entry in PUBLISHED if entry.group in GROUPS} <= set(QUERIES)


@pytest.mark.parametrize("text", [text for texts in QUERIES.values() for text in texts])
def test_a_query_does_the_same_on_both_engines(
    text: str, sqlite: sqlite3.Connection, postgres: psycopg.Connection
) -> None:
    made = query(text, TABLES)
    assert made.sql.postgres == text
    assert made.sql.sqlite is not None
    parameters = {parameter.name: PARAMETERS[parameter.name] for parameter in made.parameters}
    table = made.tables[0] if made.tables else "users"
    written = re.match(r"(?:WITH.*)?(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)", text)
    table = written[1] if written else table
    assert made.writes == bool(written or text.startswith('UPDATE "Weird"') or " DELETE FROM " in text)
    names, expected, expected_left = on_postgres(postgres, text, parameters, table)
    found_names, found, left = on_sqlite(sqlite, made.sql.sqlite, parameters, table)
    order = (lambda rows: rows) if "ORDER BY" in text else (lambda rows: sorted(rows, key=str))
    assert comparable(order(expected)) == order(found), made.sql.sqlite
    assert [name for name in names if name != "?column?"] == found_names or "?column?" in names, made.sql.sqlite
    assert comparable(expected_left) == left, made.sql.sqlite


@pytest.mark.parametrize(("text", "reason", "hint"), [(text, *messages) for text, messages in REFUSED.items()])
def test_a_query_that_is_refused_says_why_and_what_to_do(text: str, reason: str, hint: str) -> None:
    with pytest.raises(SqlError) as caught:
        query(text, TABLES)
    assert reason in str(caught.value)
    assert hint in caught.value.hint


def types_of(text: str) -> dict[str, str]:
    return {parameter.name: str(parameter.type) for parameter in query(text, TABLES).parameters}


def test_a_parameter_has_the_type_of_what_it_meets() -> None:
    assert types_of(
        "SELECT id FROM posts WHERE user_id = :u AND created_at > :since AND price IN (:p, :q) LIMIT :n OFFSET :m"
    ) == {
        "u": "uuid",
        "since": "timestamptz",
        "p": "numeric(10,2)",
        "q": "numeric(10,2)",
        "n": "bigint",
        "m": "bigint",
    }
    assert types_of("INSERT INTO posts (id, title, meta) VALUES (:id, :title, :meta)") == {
        "id": "integer",
        "title": "text",
        "meta": "jsonb",
    }
    assert types_of("UPDATE users SET is_active = :on, email = :email WHERE id = :id") == {
        "on": "boolean",
        "email": "varchar(255)",
        "id": "uuid",
    }
    assert types_of("SELECT :anything AS x") == {"anything": "text"}
    assert types_of("SELECT :n::bigint AS x") == {"n": "bigint"}
    assert types_of("SELECT id FROM posts WHERE (created_at, id) < (:at, :id)") == {
        "at": "timestamptz",
        "id": "integer",
    }
    assert types_of("SELECT id FROM users WHERE id IN (SELECT user_id FROM posts WHERE id = :post)") == {
        "post": "integer"
    }


def test_text_that_means_the_same_stays_the_authors_own() -> None:
    text = "SELECT p.id,\n       p.title\n  FROM posts AS p\n WHERE p.user_id = :user_id\n ORDER BY p.id"
    made = query(f"\n  {text}\n", TABLES)
    assert made.sql.postgres == text
    assert made.sql.sqlite == text


def test_the_tables_are_those_of_the_schema_in_order() -> None:
    made = query("WITH x AS (SELECT user_id FROM posts) SELECT * FROM users JOIN x ON x.user_id = users.id", TABLES)
    assert made.tables == ("posts", "users")
    assert not made.writes
