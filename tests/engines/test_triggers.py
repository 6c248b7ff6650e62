"""The four kinds of triggers do the same on both engines, with recursive triggers on SQLite on or off."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from schemagen.engines.dialects import POSTGRES, SQLITE
from schemagen.migrations.first_build import first_build
from schemagen.schema import types as t
from schemagen.schema.dialect import Sql
from schemagen.schema.model import Action, Column, ForeignKey, LiteralDefault, PrimaryKey, Schema, Table
from schemagen.schema.triggers import triggers_of
from support.dialect_samples import ASSEMBLY, CHAT, CLOCK, both
from support.engines import open_postgres, open_sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.engines.base import Dialect

REFUSED = (sqlite3.IntegrityError, psycopg.errors.IntegrityConstraintViolation)
A = "00000000-0000-0000-0000-00000000000a"
B = "00000000-0000-0000-0000-00000000000b"
C = "00000000-0000-0000-0000-00000000000c"
D = "00000000-0000-0000-0000-00000000000d"
LONG_AGO = "2020-01-01T00:00:00.000000Z"


class Engine:
    """One database and its dialect; ``one`` gives the only value of a query."""

    def __init__(self, dialect: Dialect, connection: Any) -> None:
        self.dialect = dialect
        self.connection = connection

    def run(self, sql: str) -> Any:
        return self.connection.execute(sql)

    def one(self, sql: str) -> Any:
        [(value,)] = self.run(sql).fetchall()
        return value

    def build(self, schema: Schema) -> None:
        for step in first_build(schema):
            for statement in step.for_dialect(self.dialect.name).statements:
                self.run(statement.sql)


@pytest.fixture(params=["sqlite", "sqlite-recursive", "postgres18", "postgres16"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param.startswith("sqlite"):
        connection = open_sqlite()
        connection.execute(f"PRAGMA recursive_triggers = {request.param == 'sqlite-recursive'}")
        yield Engine(SQLITE, connection)
        connection.close()
        return
    url = request.getfixturevalue("pg_database" if request.param == "postgres18" else "pg16_database")
    with open_postgres(url) as postgres:
        postgres.execute("SET timezone = 'UTC'")
        yield Engine(POSTGRES, postgres)


@pytest.fixture
def chat(engine: Engine) -> Engine:
    engine.build(CHAT)
    engine.run(f"INSERT INTO users (id, email) VALUES ('{A}', 'a@example.org')")
    for name in (B, C):
        engine.run(f"INSERT INTO conversations (id, user_id, updated_at) VALUES ('{name}', '{A}', '{LONG_AGO}')")
    return engine


def is_fresh(engine: Engine, conversation: str) -> bool:
    return bool(engine.one(f"SELECT updated_at > '{LONG_AGO}' FROM conversations WHERE id = '{conversation}'"))


def test_an_update_refreshes_its_column(chat: Engine) -> None:
    chat.run(f"UPDATE conversations SET title = 'x' WHERE id = '{B}'")
    assert is_fresh(chat, B)
    assert not is_fresh(chat, C)


def test_an_explicit_value_wins(chat: Engine) -> None:
    chat.run("UPDATE conversations SET updated_at = '2021-01-01T00:00:00.000000Z', title = 'x'")
    assert chat.one("SELECT count(*) FROM conversations WHERE updated_at = '2021-01-01T00:00:00.000000Z'") == 2


def test_many_updates_in_one_moment(chat: Engine) -> None:
    chat.run("BEGIN")
    for number in range(200):
        chat.run(f"UPDATE conversations SET title = '{number}'")
    chat.run("COMMIT")
    assert is_fresh(chat, B)


def test_immutable_columns_refuse_another_value(chat: Engine) -> None:
    with pytest.raises(REFUSED, match=r"conversations\.created_at is immutable"):
        chat.run(f"UPDATE conversations SET created_at = '{LONG_AGO}'")
    chat.run("UPDATE conversations SET created_at = created_at")


def test_append_only_tables_refuse_updates_not_deletes(chat: Engine) -> None:
    chat.run(f"INSERT INTO messages (conversation_id, role, content) VALUES ('{B}', 'user', 'hello')")
    with pytest.raises(REFUSED, match="messages is append-only"):
        chat.run("UPDATE messages SET content = content")
    chat.run("DELETE FROM messages")


def test_a_table_that_keeps_its_rows_refuses_each_way_to_lose_one(engine: Engine) -> None:
    parent = Table("p", (Column("id", t.Integer()),), PrimaryKey("pk_p", ("id",)))
    key = ForeignKey("fk_c_p_id", ("p_id",), "p", ("id",), Action.RESTRICT)
    columns = (Column("p_id", t.Integer()),)
    child = Table("c", columns, foreign_keys=(key,), append_only=True, keeps_rows=True)
    engine.build(Schema((parent, child)))
    engine.run("INSERT INTO p (id) VALUES (1)")
    engine.run("INSERT INTO c (p_id) VALUES (1)")
    ways = ["DELETE FROM c", "DELETE FROM c WHERE p_id = 1"]
    ways += ["TRUNCATE c", "TRUNCATE p CASCADE"] if engine.dialect.name == "postgres" else []
    for way in ways:
        with pytest.raises(REFUSED, match="rows of c are never deleted"):
            engine.run(way)
    with pytest.raises(REFUSED, match="c is append-only"):
        engine.run("UPDATE c SET p_id = p_id")
    engine.run("DELETE FROM c WHERE p_id = 2")
    assert engine.one("SELECT count(*) FROM c") == 1


def agent(conversation: str) -> str:
    return f"INSERT INTO conversation_agents (id, conversation_id, agent_id) VALUES ('{D}', '{conversation}', 'x')"


def test_touch_on_insert_and_delete(chat: Engine) -> None:
    chat.run(agent(B))
    assert is_fresh(chat, B)
    chat.run(f"UPDATE conversations SET updated_at = '{LONG_AGO}' WHERE id = '{B}'")
    chat.run("DELETE FROM conversation_agents")
    assert is_fresh(chat, B)
    assert not is_fresh(chat, C)


def test_touch_on_update_covers_the_old_and_the_new_parent(chat: Engine) -> None:
    chat.run(agent(B))
    chat.run(f"UPDATE conversations SET updated_at = '{LONG_AGO}' WHERE id = '{B}'")
    assert not is_fresh(chat, C)
    chat.run(f"UPDATE conversation_agents SET conversation_id = '{C}'")
    assert is_fresh(chat, B)
    assert is_fresh(chat, C)


def test_deletes_cascade_through_touch(chat: Engine) -> None:
    chat.run(agent(B))
    chat.run(f"INSERT INTO messages (conversation_id, role, content) VALUES ('{B}', 'user', 'hello')")
    chat.run("DELETE FROM users")
    for table in ("conversations", "messages", "conversation_agents"):
        assert chat.one(f"SELECT count(*) FROM {table}") == 0


def test_composite_keys_and_expressions_over_columns(engine: Engine) -> None:
    engine.build(ASSEMBLY)
    order = engine.dialect.quote("order")
    engine.run("INSERT INTO plant (country, number) VALUES ('de', 1), ('de', 2)")
    engine.run(f"INSERT INTO {order} (country, number) VALUES ('de', 1)")
    assert engine.one("SELECT version FROM plant WHERE number = 1") == 2  # the touch is an update of the plant
    assert engine.one("SELECT changed IS NULL FROM plant WHERE number = 2")
    engine.run(f"UPDATE {order} SET number = 2")
    assert engine.one("SELECT count(*) FROM plant WHERE changed IS NOT NULL") == 2
    before = engine.one("SELECT version FROM plant WHERE number = 2")
    engine.run("UPDATE plant SET opened = '2024-01-01' WHERE number = 2")
    assert engine.one("SELECT version FROM plant WHERE number = 2") == before + 1
    engine.run("DELETE FROM plant")
    assert engine.one(f"SELECT count(*) FROM {order}") == 0


def test_a_json_column_can_be_immutable(engine: Engine) -> None:
    engine.build(ASSEMBLY)
    order = engine.dialect.quote("order")
    engine.run(f"INSERT INTO {order} (body) VALUES ('[1]')")
    engine.run(f"UPDATE {order} SET price = 1")
    with pytest.raises(REFUSED, match=r"order\.body is immutable"):
        engine.run(f"UPDATE {order} SET body = '[2]'")


def test_two_filled_columns_are_each_filled_once(engine: Engine) -> None:
    table = Table(
        "pages",
        (
            Column("id", t.Integer()),
            Column("title", t.Text(), nullable=True),
            Column("version", t.Integer(), default=LiteralDefault(1), on_row_update=both("version + 1")),
            Column("edits", t.Integer(), default=LiteralDefault(0), on_row_update=both("edits + 10")),
            Column("updated_at", t.TimestampTz(), nullable=True, on_row_update=CLOCK),
        ),
    )
    keyed = replace(table, primary_key=PrimaryKey("pk_pages", ("id",)))
    for schema in (Schema((table,)), Schema((keyed,))):
        engine.run("DROP TABLE IF EXISTS pages")
        engine.build(schema)
        engine.run("INSERT INTO pages (id) VALUES (7), (8)")
        engine.run("UPDATE pages SET title = 'x' WHERE id = 7")
        engine.run("UPDATE pages SET title = 'y' WHERE id = 7")
        rows = engine.run("SELECT id, version, edits, updated_at IS NULL FROM pages ORDER BY id").fetchall()
        assert [tuple(map(int, row)) for row in rows] == [(7, 3, 20, 0), (8, 1, 0, 1)]
        engine.run("UPDATE pages SET title = 'z', version = 50 WHERE id = 7")
        assert engine.run("SELECT version, edits FROM pages WHERE id = 7").fetchall() == [(50, 30)]


def test_touch_without_an_expression_uses_the_present(engine: Engine) -> None:
    for type_ in (t.TimestampTz(), t.Timestamp(), t.Date(), t.Time()):
        parent = Table(
            "p", (Column("id", t.Integer()), Column("seen", type_, nullable=True)), PrimaryKey("pk_p", ("id",))
        )
        child = Table(
            "c",
            (Column("p_id", t.Integer(), nullable=True),),
            foreign_keys=(ForeignKey("fk_c_p_id", ("p_id",), "p", ("id",), Action.SET_NULL, touch="seen"),),
        )
        for name in ("c", "p"):
            engine.run(f"DROP TABLE IF EXISTS {name}")
        engine.build(Schema((parent, child)))
        engine.run("INSERT INTO p VALUES (1, NULL)")
        engine.run("INSERT INTO c VALUES (NULL)")
        assert engine.one("SELECT seen IS NULL FROM p")
        engine.run("INSERT INTO c VALUES (1)")
        assert engine.one("SELECT seen IS NOT NULL FROM p")


def test_touch_of_a_column_that_holds_no_moment_is_refused() -> None:
    parent = Table("p", (Column("id", t.Integer()),), PrimaryKey("pk_p", ("id",)))
    key = ForeignKey("fk_c_p_id", ("p_id",), "p", ("id",), Action.CASCADE, touch="id")
    child = Table("c", (Column("p_id", t.Integer()),), foreign_keys=(key,))
    for dialect in (SQLITE, POSTGRES):
        with pytest.raises(ValueError, match="holds no moment"):
            dialect.create_trigger(triggers_of(child)[0], Schema((parent, child)))


def test_an_expression_left_out_of_an_engine_makes_no_trigger_there() -> None:
    table = Table("v", (Column("u", t.Text(), on_row_update=Sql(None, "'x'")),))
    schema = Schema((table,))
    [trigger] = triggers_of(table)
    assert POSTGRES.create_trigger(trigger, schema) == POSTGRES.drop_trigger(trigger, schema) == ()
    assert len(SQLITE.create_trigger(trigger, schema)) == len(SQLITE.drop_trigger(trigger, schema)) == 1


def test_touch_finds_its_parent_under_another_search_path(pg_database: str) -> None:
    with open_postgres(pg_database) as postgres:
        engine = Engine(POSTGRES, postgres)
        engine.build(CHAT)
        engine.run(f"INSERT INTO users (id, email) VALUES ('{A}', 'a@example.org')")
        engine.run(f"INSERT INTO conversations (id, user_id, updated_at) VALUES ('{B}', '{A}', '{LONG_AGO}')")
        engine.run("SET search_path = ''")
        engine.run(agent(B).replace("conversation_agents", "public.conversation_agents"))
        engine.run("SET search_path = public")
        assert is_fresh(engine, B)


def test_a_dollar_quote_in_an_expression_cannot_end_the_function(pg_database: str) -> None:
    text = Sql("'$schemagen$; DROP TABLE v; --'", "'x'")
    table = Table("v", (Column("u", t.Text(), on_row_update=text), Column("w", t.Integer(), nullable=True)))
    with open_postgres(pg_database) as postgres:
        engine = Engine(POSTGRES, postgres)
        engine.build(Schema((table,)))
        engine.run("INSERT INTO v VALUES ('a', 1)")
        engine.run("UPDATE v SET w = 2")
        assert engine.one("SELECT u FROM v") == "$schemagen$; DROP TABLE v; --"
