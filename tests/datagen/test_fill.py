"""Synthetic rows: both engines take the valid ones, and refuse the others for their reason."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import psycopg
import pytest

from schemagen.databases.memory import insert
from schemagen.datagen.fill import Filler, rows
from schemagen.datagen.synthetic import Unfillable
from schemagen.datagen.violations import Rule, Violation, constraint_case
from schemagen.engines.dialects import POSTGRES, SQLITE
from schemagen.schema import types as t
from schemagen.schema.dialect import Sql
from schemagen.schema.index import Index, IndexElement
from schemagen.schema.model import Action, Check, Column, Example, ForeignKey, PrimaryKey, Schema, Table, Unique
from support.engines import open_postgres, open_sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from schemagen.engines.base import Dialect


def both(sql: str) -> Sql:
    return Sql(sql, sql)


def reference(child: str, column: str, parent: str, of: str = "id") -> ForeignKey:
    return ForeignKey(f"fk_{child}_{column}", (column,), parent, (of,), Action.CASCADE)


USERS = Table(
    name="users",
    columns=(
        Column("id", t.Uuid()),
        Column("email", t.Varchar(30)),
        Column("role", t.Enum(("admin", "user"))),
        Column("country", t.Char(2), nullable=True),
        Column("boss_id", t.Uuid(), nullable=True),
        Column("born", t.Date(), nullable=True),
        Column("joined", t.TimestampTz()),
        Column("left", t.TimestampTz(), nullable=True),
        Column("settings", t.Jsonb()),
        Column("balance", t.Numeric(8, 2)),
        Column(
            "double_balance", t.Numeric(10, 2), nullable=True, generated=Sql("balance * 2", "round(balance * 2, 2)")
        ),
        Column("score", t.Double(), nullable=True),
        Column("active", t.Boolean()),
        Column("photo", t.Bytea(), nullable=True),
        Column("wakes", t.Time()),
    ),
    primary_key=PrimaryKey("pk_users", ("id",)),
    foreign_keys=(reference("users", "boss_id", "users"),),
    uniques=(Unique("uq_users_email", ("email",)),),
    checks=(
        Check("ck_users_email", both("email LIKE '%@%'")),
        Check("ck_users_left", both('"left" > joined')),
        Check("ck_users_balance", both("balance >= 100 AND balance < 5000")),
    ),
    examples=(Example((("email", "ana@example.org"),)),),
)
PROFILES = Table(
    name="profiles",
    columns=(
        Column("user_id", t.Uuid()),
        Column("nick", t.Text(10)),
        Column("phone", t.Text(), nullable=True),
        Column("fax", t.Text(), nullable=True),
    ),
    primary_key=PrimaryKey("pk_profiles", ("user_id",)),
    foreign_keys=(reference("profiles", "user_id", "users"),),
    checks=(Check("ck_profiles_one", both("(phone IS NULL) <> (fax IS NULL)")),),
    indexes=(Index("ix_profiles_nick", (IndexElement("nick"),), unique=True),),
)
ORDERS = Table(
    name="order",
    columns=(
        Column("tenant", t.Integer()),
        Column("number", t.BigInt()),
        Column("user_id", t.Uuid()),
        Column("level", t.SmallInt()),
    ),
    primary_key=PrimaryKey("pk_order", ("tenant", "number")),
    foreign_keys=(reference("order", "user_id", "users"),),
    checks=(Check("ck_order_level", both("level BETWEEN 3 AND 5")),),
)
LINES = Table(
    name="lines",
    columns=(
        Column("id", t.BigInt(), identity=True),
        Column("tenant", t.Integer()),
        Column("order_number", t.BigInt()),
        Column("returned", t.BigInt(), nullable=True),
        Column("at", t.Timestamp(), nullable=True),
        Column("tags", t.Array(t.Text()), nullable=True),
    ),
    primary_key=PrimaryKey("pk_lines", ("id",)),
    foreign_keys=(
        ForeignKey("fk_order", ("tenant", "order_number"), "order", ("tenant", "number"), Action.CASCADE),
        ForeignKey("fk_returned", ("tenant", "returned"), "order", ("tenant", "number"), Action.NO_ACTION),
    ),
)
SCHEMA = Schema((USERS, PROFILES, ORDERS, LINES))


class Engine:
    """The tables of the schema on one engine."""

    def __init__(self, dialect: Dialect, execute: Callable[[str], object], error: type[Exception]) -> None:
        self.dialect = dialect
        self.execute = execute
        self.error = error
        for table in SCHEMA.tables:
            for statement in dialect.create_table(table, SCHEMA):
                execute(statement.sql)
            for index in dialect.indexes(table):
                execute(dialect.create_index(table, index).sql)

    def insert(self, table: Table, row: dict) -> None:  # type: ignore[type-arg]
        self.execute(insert(self.dialect, table, [row]))

    def refusal(self, table: Table, row: dict) -> str:  # type: ignore[type-arg]
        with pytest.raises(self.error) as caught:
            self.insert(table, row)
        return str(caught.value)


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "sqlite":
        file = open_sqlite()
        yield Engine(SQLITE, file.execute, sqlite3.IntegrityError)
        file.close()
        return
    with open_postgres(request.getfixturevalue("pg_database")) as connection:
        yield Engine(POSTGRES, lambda sql: connection.execute(sql.encode()), psycopg.Error)


def expected(violation: Violation, dialect: Dialect) -> str:
    """A part of the message of a violation, on each engine."""
    words: dict[str, dict[Rule, str | tuple[str, str]]] = {
        "sqlite": {
            Rule.NOT_NULL: f"NOT NULL constraint failed: {{table}}.{violation.name}",
            Rule.LENGTH: f"CHECK constraint failed: ck_{{table}}_{violation.name}_type",
            Rule.ENUM: f"CHECK constraint failed: ck_{{table}}_{violation.name}_type",
            Rule.FOREIGN_KEY: "FOREIGN KEY constraint failed",
            Rule.UNIQUE: f"UNIQUE constraint failed: {{table}}.{violation.columns[0]}",
            Rule.CHECK: f"CHECK constraint failed: {violation.name}",
        },
        "postgres": {
            Rule.NOT_NULL: f'null value in column "{violation.name}"',
            Rule.LENGTH: ("too long for type", f'"ck_{{table}}_{violation.name}_type"'),
            Rule.ENUM: f'violates check constraint "ck_{{table}}_{violation.name}_type"',
            Rule.FOREIGN_KEY: f'violates foreign key constraint "{violation.name}"',
            Rule.UNIQUE: f'violates unique constraint "{violation.name}"',
            Rule.CHECK: f'violates check constraint "{violation.name}"',
        },
    }
    found = words[dialect.name][violation.rule]
    return found if isinstance(found, str) else "|".join(found)


@pytest.mark.parametrize("table", SCHEMA.tables, ids=lambda table: table.name)
def test_valid_rows_are_taken_and_each_violation_is_refused_for_its_reason(engine: Engine, table: Table) -> None:
    case = constraint_case(SCHEMA, table.name, seed=1)
    for name, found in case.before.items():
        for row in found:
            engine.insert(SCHEMA.table(name), row)
    assert case.unproved == ()
    for violation in case.violations:
        message = engine.refusal(table, violation.row)
        reasons = expected(violation, engine.dialect).format(table=table.name).split("|")
        assert any(reason in message for reason in reasons), (violation, message)
    engine.insert(table, case.valid)


def test_every_rule_is_violated() -> None:
    cases = {table.name: constraint_case(SCHEMA, table.name) for table in SCHEMA.tables}
    found = {name: {(v.rule, v.name) for v in case.violations} for name, case in cases.items()}
    assert {name for rule, name in found["users"] if rule is Rule.CHECK} == {check.name for check in USERS.checks}
    assert (Rule.LENGTH, "email") in found["users"]
    assert (Rule.ENUM, "role") in found["users"]
    assert (Rule.UNIQUE, "ix_profiles_nick") in found["profiles"]
    assert {name for rule, name in found["lines"] if rule is Rule.FOREIGN_KEY} == {"fk_order", "fk_returned"}
    assert (Rule.NOT_NULL, "id") not in found["lines"]


def test_many_rows_are_taken_by_both_engines(engine: Engine) -> None:
    for seed in (0, 1):
        made = rows(SCHEMA, "lines", 300, seed)
        for name, found in made.items():
            engine.execute(insert(engine.dialect, SCHEMA.table(name), found))
        for name in reversed(made):
            engine.execute(f"DELETE FROM {engine.dialect.quote(name)}")


def test_the_same_seed_makes_the_same_rows() -> None:
    assert rows(SCHEMA, "lines", 50, 7) == rows(SCHEMA, "lines", 50, 7)
    assert rows(SCHEMA, "lines", 50, 7) != rows(SCHEMA, "lines", 50, 8)


def test_some_parents_are_busier_than_others() -> None:
    made = rows(SCHEMA, "order", 400)
    counts = sorted((sum(o["user_id"] == u["id"] for o in made["order"]) for u in made["users"]), reverse=True)
    assert sum(counts[:10]) > 2 * sum(counts[-10:])


def test_values_are_not_so_plain_that_every_type_would_hold_them() -> None:
    types = {"a": t.Text(), "b": t.Varchar(30), "c": t.TimestampTz(), "d": t.Interval(), "e": t.Jsonb()}
    table = Table("t", tuple(Column(name, type_) for name, type_ in types.items()))
    made = rows(Schema((table,)), "t", 200)["t"]
    for name, signs in {"a": "'\"%:\\日🌱", "b": "'%", "c": "4321Z", "d": "-H.", "e": "'%"}.items():
        assert all(any(sign in str(row[name]) for row in made) for sign in signs), name


def test_a_check_that_nothing_passes_is_said() -> None:
    impossible = Table("t", (Column("a", t.Integer()),), checks=(Check("ck_t", both("a > 1 AND a < 1")),))
    with pytest.raises(Unfillable, match=r"no valid row of t .* CHECK constraint failed: ck_t"):
        Filler(Schema((impossible,)), ["t"]).fill({"t": 1})


def test_a_type_that_only_an_engine_knows_needs_an_example() -> None:
    column = Column("a", t.Native("inet", "text"))
    table = Table("t", (column,))
    with pytest.raises(Unfillable, match="example row"):
        rows(Schema((table,)), "t", 1)
    table = Table("t", (column,), examples=(Example((("a", "10.0.0.1"),)),))
    assert rows(Schema((table,)), "t", 2)["t"] == [{"a": "10.0.0.1"}] * 2
