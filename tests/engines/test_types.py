"""Every type takes the same values on both engines, whichever way SQLite is told to keep it."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from schemagen.engines.dialects import POSTGRES, SQLITE, dialect
from schemagen.schema import types as t
from schemagen.schema.dialect import Sql
from schemagen.schema.index import Index, IndexElement
from schemagen.schema.model import Check, Column, LiteralDefault, PrimaryKey, Schema, SqliteOptions, Table
from support.dialect_samples import AGENTS, ASSEMBLY, CHAT, both
from support.engines import open_postgres, open_sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.model import Value

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"

ACCEPTED: list[tuple[t.Type, list[Value]]] = [
    (t.Uuid(), [UUID, "00000000-0000-0000-0000-000000000000"]),
    (t.Text(), ["", "x" * 5000, "é\n'--;", "\\"]),
    (t.Text(max_length=3), ["", "äöü"]),
    (t.Varchar(3), ["", "äöü"]),
    (t.Varchar(), ["anything"]),
    (t.Char(2), ["de"]),
    (t.Enum(("a", "it's", "x AND y")), ["a", "it's", "x AND y"]),
    (t.SmallInt(), [-32768, 0, 32767]),
    (t.Integer(), [-(2**31), 2**31 - 1]),
    (t.BigInt(), [-(2**63) + 1, 2**63 - 1]),
    (t.Numeric(10, 2), ["0.00", "-99999999.99", "0.07", "100.10"]),
    (t.Numeric(15, 0), ["999999999999999", "-1"]),
    (t.Numeric(15, 15), ["0.999999999999999", "0.000000000000001"]),
    (t.Numeric(19, 4), ["99999999999.9999", "-0.0001"]),
    (t.Real(), [0.5, -2.0]),
    (t.Double(), [0.1, -1e300, float("inf")]),
    (t.Boolean(), [True, False]),
    (t.Date(), ["0001-01-01", "2024-02-29", "9999-12-31"]),
    (t.Time(), ["00:00:00.000000", "23:59:59.999999"]),
    (t.Timestamp(), ["0001-01-01T00:00:00.000000", "2024-02-29T23:59:59.999999"]),
    (t.TimestampTz(), ["2024-02-29T23:59:59.999999Z", "9999-12-31T00:00:00.000001Z"]),
    (t.Time(0), ["00:00:00.000000", "23:59:59.000000"]),
    (t.Timestamp(3), ["2024-02-29T23:59:59.999000"]),
    (t.TimestampTz(1), ["2024-02-29T23:59:59.900000Z"]),
    (t.TimestampTz(6), ["2024-02-29T23:59:59.999999Z"]),
    (t.Interval(), ["1 day"]),
    (t.Json(), [{"a": [1, None, "é"]}, [], "text", 1, True]),
    (t.Jsonb(), [{"a": [1, None, "it's"]}, [], "text", 1.5, False]),
    (t.Bytea(), ["\\x", "\\x00ff27"]),
    (t.Array(t.Text()), [[], ["a", "it's", 'q"q']]),
    (t.Array(t.Integer()), [[], [1, 2]]),
    (t.Array(t.Uuid()), [[UUID]]),
    (t.Native("inet", "TEXT"), ["127.0.0.1"]),
]

REFUSED: list[tuple[t.Type, list[str]]] = [
    (t.Uuid(), ["'0f8fad5b'", f"'{UUID}0'", "'zf8fad5b-d9cb-469f-a165-70867728950e'", "''"]),
    (t.Text(max_length=3), ["'abcd'"]),
    (t.Varchar(3), ["'abcd'"]),
    (t.Char(2), ["'abc'"]),
    (t.Enum(("a", "b")), ["'A'", "''", "'a '"]),
    (t.SmallInt(), ["32768", "-32769", "'x'"]),
    (t.Integer(), ["2147483648", "'x'"]),
    (t.BigInt(), ["'x'", "9223372036854775808"]),
    (t.Numeric(10, 2), ["100000000", "-100000000.00", "'x'"]),
    (t.Numeric(3, 3), ["1"]),
    (t.Double(), ["'x'"]),
    (t.Boolean(), ["2", "'maybe'"]),
    (t.Date(), ["'2024-02-30'", "'x'", "'0000-01-01'", "''"]),
    (t.Time(), ["'25:00:00.000000'", "'x'"]),
    (t.Timestamp(), ["'2024-02-30T00:00:00.000000'", "'2024-01-01T25:00:00.000000'", "'x'"]),
    (t.TimestampTz(), ["'2023-02-29T00:00:00.000000Z'", "'x'"]),
    (t.Json(), ["'{'", "'{a: 1}'"]),
    (t.Jsonb(), ["'{'", "''"]),
    (t.Array(t.Text()), ["'{'", "'[1'"]),
]

SQLITE_ALONE_REFUSES: list[tuple[t.Type, list[str]]] = [
    (
        t.Uuid(),
        [f"upper('{UUID}')", f"replace('{UUID}', '-', '')", f"'{UUID}' || char(0)", f"'{UUID}' || char(0) || '-'"],
    ),
    (t.Text(), ["'a' || char(0) || 'b'"]),
    (t.Varchar(9), ["char(0)"]),
    (t.Numeric(10, 2), ["0.001", "12.345", "9e999"]),
    (t.Numeric(19, 4), ["100000000000"]),
    (t.TimestampTz(), ["'2024-01-01T00:00:00Z'", "'2024-01-01 00:00:00.000000Z'", "'2024-01-01T00:00:00.000000+00'"]),
    (t.TimestampTz(), ["'-4713-11-24T00:00:00.000000Z'", "'now'", "'2024-01-01T00:00:00.000000Z' || char(0)"]),
    (t.Date(), ["'now'", "''", "'2024-01-01 '", "'-4713-11-24'", "'2024-1-1'", "'2024-01-01' || char(0)"]),
    (t.Time(), ["'12:00'", "'24:00:00.000000'", "'12:00:00.000000' || char(0)"]),
    (t.Time(0), ["'12:00:00.100000'", "'23:59:59.999999'"]),
    (t.Timestamp(3), ["'2024-02-29T23:59:59.999900'"]),
    (t.TimestampTz(0), ["'2024-02-29T23:59:59.000001Z'", "'2024-02-29T23:59:59Z'"]),
    (t.Json(), ["'{}' || char(0) || 'x'"]),
    (t.Array(t.Text()), ["'{}'", "'1'"]),
]

STRICT = SqliteOptions()
CLASSICAL = SqliteOptions(strict=False)


def one_column(type_: t.Type, options: SqliteOptions = STRICT, **column: Any) -> Schema:
    return Schema((Table("v", (Column("v", type_, nullable=True, **column),), sqlite=options),))


def create(engine: Any, name: str, schema: Schema) -> None:
    chosen = SQLITE if name == "sqlite" else POSTGRES
    for table in schema.tables:
        engine.execute(chosen.drop_table(table).sql)
        for statement in chosen.create_table(table, schema):
            engine.execute(statement.sql)


def is_refused(engine: Any, sql: str) -> bool:
    """Whether a statement breaks the rules that a database keeps, rather than being no SQL at all."""
    try:
        engine.execute(sql)
    except (sqlite3.IntegrityError, psycopg.DataError, psycopg.IntegrityError, psycopg.errors.DatatypeMismatch):
        return True
    return False


@pytest.fixture
def sqlite() -> Iterator[sqlite3.Connection]:
    connection = open_sqlite()
    yield connection
    connection.close()


@pytest.fixture
def postgres(pg_database: str) -> Iterator[psycopg.Connection]:
    with open_postgres(pg_database) as connection:
        yield connection


@pytest.mark.parametrize("options", [STRICT, CLASSICAL], ids=["strict", "classical"])
def test_sqlite_accepts_every_valid_value(sqlite: sqlite3.Connection, options: SqliteOptions) -> None:
    for type_, values in ACCEPTED:
        create(sqlite, "sqlite", one_column(type_, options))
        for value in (*values, None):
            sqlite.execute(f"INSERT INTO v VALUES ({SQLITE.literal(type_, value)})")
        assert sqlite.execute("SELECT count(*) FROM v").fetchone() == (len(values) + 1,), type_


def test_postgres_accepts_every_valid_value(postgres: psycopg.Connection) -> None:
    for type_, values in ACCEPTED:
        create(postgres, "postgres", one_column(type_))
        for value in (*values, None):
            postgres.execute(f"INSERT INTO v VALUES ({POSTGRES.literal(type_, value)})")


@pytest.mark.parametrize("options", [STRICT, CLASSICAL], ids=["strict", "classical"])
def test_sqlite_refuses_what_postgres_refuses(sqlite: sqlite3.Connection, options: SqliteOptions) -> None:
    for type_, texts in REFUSED + SQLITE_ALONE_REFUSES:
        create(sqlite, "sqlite", one_column(type_, options))
        for text in texts:
            assert is_refused(sqlite, f"INSERT INTO v VALUES ({text})"), (type_, text)


def test_postgres_refuses_the_same(postgres: psycopg.Connection) -> None:
    for type_, texts in REFUSED:
        create(postgres, "postgres", one_column(type_))
        for text in texts:
            assert is_refused(postgres, f"INSERT INTO v VALUES ({text})"), (type_, text)


def test_a_classical_table_refuses_blobs_and_text_where_strict_does(sqlite: sqlite3.Connection) -> None:
    for type_ in (t.Uuid(), t.Text(), t.Json(), t.TimestampTz(), t.Date(), t.Array(), t.Integer()):
        create(sqlite, "sqlite", one_column(type_, CLASSICAL))
        assert is_refused(sqlite, "INSERT INTO v VALUES (X'323032342d30312d3031')"), type_


def test_without_parity_only_written_checks_stay() -> None:
    bare = SqliteOptions(strict=False, parity=False)
    kept = {
        str(type_): SQLITE.type_check(table, table.columns[0])
        for type_, _ in ACCEPTED
        for table in one_column(type_, bare).tables
    }
    assert {name for name, check in kept.items() if check} == {"text", "enum(a, it's, x AND y)"}


def test_values_come_back_as_they_were_written(sqlite: sqlite3.Connection, postgres: psycopg.Connection) -> None:
    for type_, values in ACCEPTED:
        for value in values:
            if isinstance(type_, t.Char | t.Real):
                continue
            schema = one_column(type_, default=LiteralDefault(value))
            create(sqlite, "sqlite", schema)
            create(postgres, "postgres", schema)
            sqlite.execute("INSERT INTO v DEFAULT VALUES")
            postgres.execute("INSERT INTO v DEFAULT VALUES")
            assert sqlite.execute(f"SELECT v IS {SQLITE.literal(type_, value)} FROM v").fetchone() == (1,)
            [table] = schema.tables
            declared = POSTGRES.column_type(table.columns[0], table)
            same = f"v::text = CAST({POSTGRES.literal(type_, value)} AS {declared})::text"
            assert postgres.execute(f"SELECT {same} FROM v").fetchone() == (True,)


@pytest.mark.parametrize("precision", range(1, 16))
def test_numeric_takes_every_value_of_its_digits_and_no_more(precision: int) -> None:
    chosen = random.Random(precision)
    for scale in range(precision + 1):
        connection = open_sqlite()
        create(connection, "sqlite", one_column(t.Numeric(precision, scale)))
        top = 10**precision - 1
        units = [chosen.randint(0, 10 ** chosen.randint(1, precision) - 1) for _ in range(300)]
        units += [*range(min(20, top)), *(top - number for number in range(min(20, top)))]
        texts = [str(Decimal(chosen.choice((1, -1)) * unit).scaleb(-scale)) for unit in units]
        connection.executemany("INSERT INTO v VALUES (?)", [(float(text),) for text in texts])
        connection.execute(f"INSERT INTO v VALUES {', '.join(f'({text})' for text in texts)}")
        too_long = [Decimal(unit * 10 + chosen.randint(1, 9)).scaleb(-scale - 1) for unit in units if unit < 10**13]
        for value in (*too_long, Decimal(10) ** (precision - scale)):
            assert is_refused(connection, f"INSERT INTO v VALUES ({float(value)!r})"), (precision, scale, value)
        connection.close()


def test_declared_types() -> None:
    shown = {
        str(type_): tuple(
            SQLITE.column_type(table.columns[0], table)
            for options in (STRICT, CLASSICAL)
            for table in one_column(type_, options).tables
        )
        for type_, _ in ACCEPTED
    }
    assert shown["uuid"] == ("TEXT", "TEXT")
    assert shown["timestamptz"] == ("TEXT", "DATETIME")
    assert shown["boolean"] == ("INTEGER", "BOOLEAN")
    assert shown["varchar(3)"] == ("TEXT", "VARCHAR(3)")
    assert shown["numeric(10,2)"] == ("REAL", "NUMERIC(10,2)")
    assert shown["bytea"] == ("BLOB", "BLOB")


def differences(schema: Schema) -> str:
    return "\n".join(f"{found.subject}: {found.text}" for found in SQLITE.differences(schema))


def test_differences_name_what_the_schema_uses() -> None:
    text = differences(ASSEMBLY)
    assert "tags: SQLite keeps arrays as JSON text" in text
    assert "idx_order_tags: This index of kind gin does not exist on SQLite." in text
    assert "idx_order_parent_id: The index does not hold price on SQLite" in text
    assert "idx_order_parent_id: SQLite always keeps NULLs before other values." in text
    assert "price, tax, total: PostgreSQL rounds a value with more than 2 decimals; SQLite refuses it." in text
    assert "fk_plant_lead_id: SQLite has no SET CONSTRAINTS" in text
    assert "select: SQLite sorts text" not in text
    assert "vector" not in text
    found = [(d.subject, d.text) for d in POSTGRES.differences(ASSEMBLY)]
    assert found == [("idx_order_sqlite", "This index does not exist on PostgreSQL.")]


def test_differences_of_keys_and_numbers() -> None:
    key = PrimaryKey("pk_v", ("v",))
    whole = replace(one_column(t.Integer()).tables[0], primary_key=key)
    assert "gets the next number" in differences(Schema((whole,)))
    pair = Table("p", (Column("a", t.Integer(), identity=True), Column("b", t.Text())), PrimaryKey("pk_p", ("a", "b")))
    assert "an INSERT has to give this value" in differences(Schema((pair,)))
    assert "refuses values of 100,000,000,000 and more" in differences(one_column(t.Numeric(19, 4)))
    assert "digits beyond the 15th are lost" in differences(one_column(t.Numeric()))
    numbered = Table("n", (Column("id", t.BigInt(), identity=True),), PrimaryKey("pk_n", ("id",)))
    assert "id: An INSERT on SQLite that gives NULL for this key" in differences(Schema((numbered,)))
    assert "v: SQL on PostgreSQL may write NaN" in differences(one_column(t.Double()))
    assert "no collation de-x-icu" in differences(one_column(t.Text(), collation="de-x-icu"))


def test_letters_beyond_ascii_have_no_case_on_sqlite() -> None:
    lower = IndexElement(sql=Sql("lower(v)", "lower(v)"))
    ilike = Check("ck_v_a", Sql("v ILIKE 'a%'", "v LIKE 'a%'"))
    table = replace(one_column(t.Text()).tables[0], indexes=(Index("idx_v", (lower,)),), checks=(ilike,))
    text = differences(Schema((table,)))
    assert "idx_v: lower(), upper() and ILIKE know no letters beyond A to Z on SQLite" in text
    assert "ck_v_a: lower(), upper() and ILIKE" in text


def test_what_is_left_out_of_an_engine_is_said() -> None:
    table = Table(
        "v",
        (Column("a", t.Text(), default=Sql("now()::text", None)),),
        checks=(Check("ck_v_a", Sql("a ~ 'x'", None)), Check("ck_v_b", Sql(None, "a GLOB 'x'"))),
        indexes=(Index("idx_v", (IndexElement(sql=Sql("a || 'x'", None)),)),),
    )
    schema = Schema((table,))
    assert [check.name for check in SQLITE.checks(table)] == ["ck_v_a_type", "ck_v_b"]
    assert [check.name for check in POSTGRES.checks(table)] == ["ck_v_a"]
    assert SQLITE.indexes(table) == ()
    assert POSTGRES.indexes(table) == table.indexes
    assert SQLITE.default(table.columns[0]) is None
    text = differences(schema)
    assert "ck_v_a: This check does not exist on SQLite." in text
    assert "idx_v: This index does not exist on SQLite." in text
    assert "a: SQLite has no default or generated value here." in text


@pytest.mark.parametrize(
    ("name", "postgres", "sqlite"),
    [
        ("users", "users", "users"),
        ("order", '"order"', '"order"'),
        ("ArtistId", '"ArtistId"', "ArtistId"),
        ("user", '"user"', "user"),
        ("interval", '"interval"', "interval"),
        ("where", '"where"', '"where"'),
        ('a"b', '"a""b"', '"a""b"'),
        ("a b; --", '"a b; --"', '"a b; --"'),
        ("1st", '"1st"', '"1st"'),
        ("é", '"é"', '"é"'),
    ],
)
def test_names_are_quoted_where_they_need_it(name: str, postgres: str, sqlite: str) -> None:
    assert dialect("postgres").quote(name) == postgres
    assert dialect("sqlite").quote(name) == sqlite


def test_every_keyword_is_a_name_on_both_engines(sqlite: sqlite3.Connection, postgres: psycopg.Connection) -> None:
    keywords = [word for (word,) in postgres.execute("SELECT word FROM pg_get_keywords()").fetchall()]
    extra = ["indexed", "glob", "rowid", "autoincrement", "notnull", "isnull", "raise", "regexp", "without", "strict"]
    for word in dict.fromkeys(keywords + extra):
        columns = (Column(word, t.Text(max_length=9), description="A word"),)
        schema = Schema(
            (Table(word, columns, PrimaryKey(f"pk_{word}", (word,)), checks=(Check(word, both("1 = 1")),)),)
        )
        create(sqlite, "sqlite", schema)
        create(postgres, "postgres", schema)
        for engine, chosen in ((sqlite, SQLITE), (postgres, POSTGRES)):
            quoted = chosen.quote(word)
            engine.execute(f"INSERT INTO {quoted} ({quoted}) VALUES ('x')")
            assert engine.execute(
                f"SELECT {quoted}, {quoted}.{quoted} FROM {quoted} WHERE {quoted} = 'x'"
            ).fetchone() == ("x", "x")
            engine.execute(chosen.drop_table(schema.tables[0]).sql)


def test_row_sizes_are_near_what_the_engines_use(postgres: psycopg.Connection) -> None:
    schema = Schema((AGENTS,))
    table = replace(AGENTS, foreign_keys=())
    for statement in POSTGRES.create_table(table, schema):
        postgres.execute(statement.sql)
    postgres.execute(
        "INSERT INTO conversation_agents (conversation_id, agent_id) "
        "SELECT gen_random_uuid(), repeat('x', 200) FROM generate_series(1, 5000)"
    )
    [(heap, indexes)] = postgres.execute(
        "SELECT pg_relation_size('conversation_agents'), pg_indexes_size('conversation_agents')"
    ).fetchall()
    size = POSTGRES.row_size(table)
    assert size.row == pytest.approx(heap / 5000, rel=0.1)
    assert size.indexes == pytest.approx(indexes / 5000, rel=0.6)


def test_row_sizes_on_sqlite_are_near_what_it_uses(sqlite: sqlite3.Connection) -> None:
    table = replace(AGENTS, foreign_keys=())
    for statement in SQLITE.create_table(table, Schema((table,))):
        sqlite.execute(statement.sql)
    for _ in range(5000):
        sqlite.execute(
            "INSERT INTO conversation_agents (conversation_id, agent_id) "
            "SELECT id, substr(hex(zeroblob(100)), 1, 200) FROM (SELECT lower(hex(randomblob(4)) || '-' || "
            "hex(randomblob(2)) || '-' || hex(randomblob(2)) || '-' || hex(randomblob(2)) || '-' || "
            "hex(randomblob(6))) AS id)"
        )
    [(pages,)] = sqlite.execute("PRAGMA page_count").fetchall()
    size = SQLITE.row_size(table)
    assert size.row + size.indexes == pytest.approx(pages * 4096 / 5000, rel=0.45)


def test_sizes_exist_for_every_type() -> None:
    for type_, _ in ACCEPTED:
        [table] = one_column(type_).tables
        assert POSTGRES.row_size(table).row > 24
        assert SQLITE.row_size(table).row > 0
    for schema in (CHAT, ASSEMBLY):
        for table in schema.tables:
            assert POSTGRES.row_size(table).indexes > 0


def test_final_blanks_are_no_part_of_a_char(pg_database: str) -> None:
    table = Table("codes", (Column("code", t.Char(4)),), PrimaryKey("pk_codes", ("code",)))
    postgres = open_postgres(pg_database)
    connections: list[sqlite3.Connection | psycopg.Connection] = [open_sqlite(), postgres]
    for engine, connection in zip((SQLITE, POSTGRES), connections, strict=True):
        for statement in engine.create_table(table, Schema((table,))):
            connection.execute(statement.sql)
        connection.execute("INSERT INTO codes VALUES ('ab')")
        with pytest.raises((sqlite3.IntegrityError, psycopg.errors.UniqueViolation)):
            connection.execute("INSERT INTO codes VALUES ('ab  ')")
        assert connection.execute("SELECT count(*) FROM codes WHERE code = 'ab '").fetchone() == (1,)
        connection.close()
