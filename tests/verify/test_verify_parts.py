"""The parts of proofs that need no server: scripts, simulated deletes, bound parameters, refusals."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from schemagen.databases.refusals import Cause, StatementError
from schemagen.databases.scratch import PostgresDatabase, SqliteDatabase
from schemagen.databases.scripts import is_transactional, statements
from schemagen.databases.values import from_driver, from_python, to_python
from schemagen.datagen.binding import Binder, bound
from schemagen.datagen.fill import Filler
from schemagen.engines.dialects import POSTGRES, SQLITE
from schemagen.schema import types as t
from schemagen.schema.dialect import Sql
from schemagen.schema.model import Action, Column, ForeignKey, LiteralDefault, PrimaryKey, Schema, Table
from schemagen.schema.query import Parameter, Query
from schemagen.verify.dependent_rows import set_by_triggers
from schemagen.verify.proofs.cascades import simulate
from schemagen.verify.proofs.key_changes import simulate_change
from support.engines import open_postgres

if TYPE_CHECKING:
    from pathlib import Path

    from schemagen.databases.memory import Row
    from schemagen.schema.model import Value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT 1; SELECT 2;", ["SELECT 1", "SELECT 2"]),
        ("-- a; b\nSELECT 1 /* ; */;\n", ["SELECT 1"]),
        ("SELECT ';', 'it''s;', \"a;\"\"b\";", ["SELECT ';', 'it''s;', \"a;\"\"b\""]),
        ("DO $x$ BEGIN; $y$ ; $y$ END $x$; SELECT $$;$$", ["DO $x$ BEGIN; $y$ ; $y$ END $x$", "SELECT $$;$$"]),
        ("-- nothing", []),
    ],
)
def test_statements_are_split_at_semicolons_that_end_them(text: str, expected: list[str]) -> None:
    assert list(statements(text)) == expected


def test_a_file_that_begins_a_transaction_runs_at_once() -> None:
    assert is_transactional("-- x\nBEGIN;\nSELECT 1;\nCOMMIT;\n")
    assert not is_transactional("CREATE INDEX CONCURRENTLY i ON t (a);\n-- BEGIN;\n")


def test_a_file_without_a_transaction_runs_statement_by_statement(tmp_path: Path, pg_database: str) -> None:
    file = tmp_path / "1.sql"
    file.write_text("CREATE TABLE t (a int);\nCREATE INDEX CONCURRENTLY i ON t (a);\n")
    database = PostgresDatabase(pg_database)
    database.run_script(file)
    assert [index.name for index in database.catalog().tables[0].indexes] == ["i"]
    database.close()


def test_a_signal_ends_a_statement_that_sqlite_is_at(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "db")
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        database.run("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT count(*) FROM n")
    assert database.run("SELECT 1") == [(1,)]
    database.close()


def reference(child: str, column: str, parent: str, action: Action) -> ForeignKey:
    return ForeignKey(f"fk_{child}_{column}", (column,), parent, ("id",), action)


def table(name: str, *keys: ForeignKey, default: int | None = None) -> Table:
    columns = [Column("id", t.Integer())]
    for key in keys:
        literal = None if default is None else LiteralDefault(default)
        columns.append(Column(key.columns[0], t.Integer(), nullable=True, default=literal))
    return Table(name, tuple(columns), PrimaryKey(f"pk_{name}", ("id",)), foreign_keys=keys)


ROWS: dict[str, list[Row]] = {
    "a": [{"id": 1}, {"id": 2}],
    "b": [{"id": 1, "a": 1}, {"id": 2, "a": 2}],
    "c": [{"id": 1, "b": 1}, {"id": 2, "b": 2}],
}


@pytest.mark.parametrize(
    ("action", "left"),
    [
        (Action.CASCADE, [{"id": 2, "b": 2}]),
        (Action.SET_NULL, [{"id": 1, "b": None}, {"id": 2, "b": 2}]),
        (Action.SET_DEFAULT, [{"id": 1, "b": 2}, {"id": 2, "b": 2}]),
    ],
)
def test_a_delete_spreads_as_the_keys_say(action: Action, left: list[Row]) -> None:
    b = table("b", reference("b", "a", "a", Action.CASCADE))
    c = table("c", reference("c", "b", "b", action), default=2)
    outcome = simulate(Schema((table("a"), b, c)), ROWS, "a", {"id": 1})
    assert not outcome.refused_by
    assert outcome.rows == {"a": [{"id": 2}], "b": [{"id": 2, "a": 2}], "c": left}
    assert outcome.followed == {"fk_b_a", "fk_c_b"}


@pytest.mark.parametrize("action", [Action.RESTRICT, Action.NO_ACTION])
def test_a_delete_is_refused_by_a_key_further_down(action: Action) -> None:
    b = table("b", reference("b", "a", "a", Action.CASCADE))
    c = table("c", reference("c", "b", "b", action))
    assert simulate(Schema((table("a"), b, c)), ROWS, "a", {"id": 1}).refused_by == "fk_c_b"


def test_what_depends_on_the_order_of_keys_is_not_judged() -> None:
    keys = (reference("b", "a", "a", Action.CASCADE), reference("b", "other", "a", Action.RESTRICT))
    rows: dict[str, list[Row]] = {"a": [{"id": 1}], "b": [{"id": 1, "a": 1, "other": 1}]}
    outcome = simulate(Schema((table("a"), table("b", *keys))), rows, "a", {"id": 1})
    assert not outcome.certain


def changing(child: str, column: str, parent: str, action: Action) -> ForeignKey:
    return replace(reference(child, column, parent, Action.CASCADE), on_update=action)


@pytest.mark.parametrize(
    ("action", "left"),
    [
        (Action.CASCADE, [{"id": 1, "b": 9}, {"id": 2, "b": 2}]),
        (Action.SET_NULL, [{"id": 1, "b": None}, {"id": 2, "b": 2}]),
        (Action.SET_DEFAULT, [{"id": 1, "b": 2}, {"id": 2, "b": 2}]),
    ],
)
def test_a_changed_key_spreads_as_the_keys_say(action: Action, left: list[Row]) -> None:
    c = table("c", changing("c", "b", "b", action), default=2)
    outcome = simulate_change(Schema((table("b"), c)), ROWS, "b", ROWS["b"][0], {"id": 9})
    assert not outcome.refused_by
    assert outcome.certain
    assert outcome.rows == {"a": ROWS["a"], "b": [{"id": 9, "a": 1}, {"id": 2, "a": 2}], "c": left}
    assert outcome.followed == {"fk_c_b"}


@pytest.mark.parametrize("action", [Action.RESTRICT, Action.NO_ACTION])
def test_a_changed_key_is_refused(action: Action) -> None:
    schema = Schema((table("b"), table("c", changing("c", "b", "b", action))))
    assert simulate_change(schema, ROWS, "b", ROWS["b"][0], {"id": 9}).refused_by == "fk_c_b"


def test_a_changed_key_that_belongs_to_two_foreign_keys_is_not_judged() -> None:
    first = changing("c", "b", "b", Action.CASCADE)
    schema = Schema((table("a"), table("b"), table("c", first, replace(first, name="other", parent="a"))))
    assert not simulate_change(schema, ROWS, "b", ROWS["b"][0], {"id": 9}).certain


PARENTS = Table("users", (Column("id", t.Uuid()), Column("email", t.Varchar(20))), PrimaryKey("pk_users", ("id",)))
POSTS = Table(
    "posts",
    (Column("id", t.Integer()), Column("user_id", t.Uuid()), Column("title", t.Text())),
    PrimaryKey("pk_posts", ("id",)),
    foreign_keys=(ForeignKey("fk_posts_user_id", ("user_id",), "users", ("id",), Action.CASCADE),),
)
ANA, BOB = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"
FILLER = Filler(Schema((PARENTS, POSTS)), ["posts"])
for email, key in (("ana@example.org", ANA), ("bob@example.org", BOB)):
    FILLER.add(PARENTS, {"id": key, "email": email})
FILLER.add(POSTS, {"id": 1, "user_id": BOB, "title": "one"})
BINDER = Binder(Schema((PARENTS, POSTS)), FILLER)


def query(sql: str, **parameters: t.Type) -> Query:
    listed = tuple(Parameter(name, type_) for name, type_ in parameters.items())
    return Query("q", Sql(sql, sql), parameters=listed)


def test_parameters_take_values_of_rows_that_belong_together() -> None:
    joined = query(
        "SELECT p.id FROM posts AS p JOIN users u ON u.id = p.user_id WHERE u.email = :mail AND p.title = :title",
        mail=t.Text(),
        title=t.Text(),
    )
    assert BINDER.values(joined) == {"mail": "bob@example.org", "title": "one"}


def test_an_insert_takes_fresh_keys_and_parents_that_exist() -> None:
    sql = "INSERT INTO posts (id, user_id, title) VALUES (:a, :b, :c)"
    values = BINDER.values(query(sql, a=t.Integer(), b=t.Uuid(), c=t.Text()))
    assert values["b"] in {ANA, BOB}
    assert values["a"] != 1
    assert isinstance(values["c"], str)
    assert len(FILLER.rows["posts"]) == 1


def test_a_limit_is_a_page() -> None:
    limited = query("SELECT id FROM posts LIMIT :size OFFSET :start", size=t.BigInt(), start=t.BigInt())
    assert BINDER.values(limited) == {"size": 20, "start": 0}


def test_only_parameters_are_replaced() -> None:
    found = query("SELECT ':a', \":a\", x::text FROM t WHERE y = :a", a=t.Varchar(9))
    text = found.sql.postgres or ""
    replaced = "SELECT ':a', \":a\", x::text FROM t WHERE y = "
    assert bound(text, found, {"a": "it's"}, POSTGRES) == f"{replaced}CAST('it''s' AS varchar(9))"
    assert bound(text, found, {"a": "it's"}, SQLITE) == f"{replaced}'it''s'"


VALUES = [
    (t.Uuid(), ANA),
    (t.Boolean(), True),
    (t.Numeric(8, 2), "12.30"),
    (t.Date(), "2024-02-29"),
    (t.Time(), "23:59:59.000001"),
    (t.Timestamp(), "2024-02-29T12:00:00.000000"),
    (t.TimestampTz(), "2024-02-29T12:00:00.000000Z"),
    (t.Bytea(), "\\x00ff"),
    (t.Interval(), "P1DT2H30M"),
    (t.Interval(), "PT-0.25S"),
    (t.Jsonb(), {"a": [1, None, "x"]}),
    (t.Array(t.Integer()), [1, 2]),
    (t.Double(), 0.25),
    (t.Text(), "Ünïcode 🌱"),
]


@pytest.mark.parametrize(("type_", "value"), VALUES, ids=lambda value: str(value) if isinstance(value, t.Type) else "")
def test_a_value_is_the_same_after_python_and_after_each_driver(
    type_: t.Type, value: Value, pg_database: str, tmp_path: Path
) -> None:
    assert from_python(type_, to_python(type_, value)) == value
    json_ = isinstance(type_, t.Jsonb)
    with open_postgres(pg_database) as connection:
        text = f"CAST({POSTGRES.literal(type_, value)} AS {type_}){'::text' if json_ else ''}"
        row = connection.execute(f"SELECT {text}".encode()).fetchone()
    assert row is not None
    assert from_driver(type_, row[0]) == value
    database = SqliteDatabase(tmp_path / "db")
    assert from_driver(type_, database.run(f"SELECT {SQLITE.literal(type_, value)}")[0][0]) == value
    database.close()


REFUSED = {
    "INSERT INTO t VALUES (NULL, 1, 1)": Cause.NOT_NULL,
    "INSERT INTO t VALUES (1, 1, 1), (1, 2, 2)": Cause.UNIQUE,
    "INSERT INTO t VALUES (1, -1, 1)": Cause.CHECK,
    "INSERT INTO t VALUES (1, 1, 9)": Cause.FOREIGN_KEY,
    "INSERT INTO nowhere VALUES (1)": Cause.OTHER,
}


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_an_engine_says_why_it_refuses(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if engine == "sqlite":
        database: SqliteDatabase | PostgresDatabase = SqliteDatabase(tmp_path / "db")
    else:
        database = PostgresDatabase(request.getfixturevalue("pg_database"))
    database.run(
        "CREATE TABLE t (a integer NOT NULL, b integer CONSTRAINT positive CHECK (b > 0), c integer REFERENCES t (a), "
        "CONSTRAINT one UNIQUE (a))"
    )
    for statement, cause in REFUSED.items():
        with database.scratch():
            refusal = database.attempt(statement, Schema())
            assert refusal is not None
            assert refusal.cause is cause, refusal
    with pytest.raises(StatementError) as caught:
        database.run("SELEC 1")
    assert caught.value.statement == "SELEC 1"
    database.close()


def test_what_follows_from_a_filled_column_is_set_by_triggers_too() -> None:
    note = Column("note", t.Text(), on_row_update=Sql("'changed'", "'changed'"))
    size = Column("size", t.Integer(), generated=Sql("length(note)", "length(note)"))
    doubled = Column("doubled", t.Integer(), generated=Sql("size * 2", "size * 2"))
    table = Table("notes", (Column("id", t.Integer()), note, size, doubled))
    assert set_by_triggers(Schema((table,)), table) == {"note", "size", "doubled"}
