"""The catalog of SQLite: everything that its schema text can say, whoever wrote it and however."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from schemagen.engines.catalog import CatalogForeignKey, CatalogSql
from schemagen.engines.catalog_differences import differences
from schemagen.engines.reading import read_catalog
from schemagen.engines.sqlite.inspect.tokens import catalog_sql
from schemagen.schema.conflicts import ConflictRule
from schemagen.schema.model import Action, Deferrable
from support.engines import open_sqlite

if TYPE_CHECKING:
    from schemagen.engines.catalog import Catalog, CatalogTable

HOSTILE = 'or"der; --x'

RICH = """
CREATE TABLE Users (id TEXT PRIMARY KEY, n INTEGER, UNIQUE (id, n)) STRICT;
CREATE TABLE IF NOT EXISTS "or""der; --x" ( -- The table's comment, with (brackets
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, -- The id, a "key"
  -- on its own line
  [a b] TEXT COLLATE nocase CONSTRAINT nn NOT NULL DEFAULT ('a''b,)(')
    CONSTRAINT ck_one CHECK ((length("a b") > (0))), /* a block, */
  user_id TEXT CONSTRAINT fk_u REFERENCES USERS ON DELETE CASCADE ON UPDATE SET NULL
    DEFERRABLE INITIALLY DEFERRED UNIQUE,
  price NUMERIC(10, 2) DEFAULT -1.5, total INT AS (price*2), `upper` TEXT GENERATED ALWAYS AS (upper("a b")) STORED,
  "check" TEXT NULL, last TEXT, -- the last
  CONSTRAINT uq UNIQUE ("A B", price) ON CONFLICT IGNORE CHECK (price <> 3 AND price IN (1, 2))
  CONSTRAINT fk2 FOREIGN KEY (user_id, price) REFERENCES users (ID, N) MATCH FULL ON DELETE NO ACTION NOT DEFERRABLE
);
CREATE UNIQUE INDEX ix ON "or""der; --x" (lower([a b]) DESC, price ASC, user_id COLLATE nocase) WHERE (price > 1);
CREATE TRIGGER IF NOT EXISTS trg AFTER UPDATE ON "or""der; --x" BEGIN SELECT raise(ABORT, 'x; "Y"'); END;
CREATE TABLE pair (a TEXT, b TEXT, PRIMARY KEY (b, a)) WITHOUT ROWID;
CREATE TABLE _schemagen_guard (a);
CREATE TABLE alembic_version (a);
CREATE VIEW v AS SELECT * FROM users;
CREATE VIRTUAL TABLE search USING fts5(a);
"""


def read(sql: str) -> Catalog:
    connection = open_sqlite()
    try:
        connection.executescript(sql)
        return read_catalog(connection)
    finally:
        connection.close()


@pytest.fixture(scope="module")
def rich() -> Catalog:
    return read(RICH)


@pytest.fixture(scope="module")
def hostile(rich: Catalog) -> CatalogTable:
    return rich.by_name[HOSTILE]


def test_tables_are_all_but_our_own(rich: Catalog) -> None:
    assert [table.name for table in rich.tables] == ["Users", HOSTILE, "pair"]


def test_columns(hostile: CatalogTable) -> None:
    columns = {column.name: column for column in hostile.columns}
    assert list(columns) == ["id", "a b", "user_id", "price", "total", "upper", "check", "last"]
    assert not columns["id"].nullable
    assert columns["a b"].collation == "NOCASE"
    assert columns["a b"].default == CatalogSql("'a''b,)('")
    assert columns["price"].type == "NUMERIC(10,2)"
    assert columns["price"].default == CatalogSql("- 1.5")
    assert columns["total"].generated == CatalogSql("price * 2")
    assert columns["total"].virtual
    assert columns["upper"].generated == CatalogSql('upper ( "a b" )')
    assert not columns["upper"].virtual
    assert columns["check"].nullable


def test_the_text_of_an_expression_is_kept_as_it_was_written(hostile: CatalogTable) -> None:
    generated = hostile.columns[5].generated
    assert generated
    assert generated.written == 'upper("a b")'
    assert hostile.checks[0].expression.written == '(length("a b") > (0))'


def test_comments_go_to_their_column(hostile: CatalogTable) -> None:
    comments = {column.name: column.comment for column in hostile.columns}
    assert hostile.comment == "The table's comment, with (brackets"
    assert comments["id"] == 'The id, a "key"'
    assert comments["a b"] == "on its own line a block,"
    assert comments["last"] == "the last"
    assert comments["price"] == ""


def test_constraints(hostile: CatalogTable) -> None:
    assert hostile.options == {"autoincrement"}
    assert hostile.conflicts == (ConflictRule("unique", ("a b", "price"), "ignore"),)
    assert [(u.name, u.columns) for u in hostile.uniques] == [(None, ("user_id",)), ("uq", ("a b", "price"))]
    assert [(c.name, c.expression.canonical) for c in hostile.checks] == [
        ("ck_one", 'length ( "a b" ) > 0'),
        (None, "price != 3 and price in ( 1 , 2 )"),
    ]
    assert hostile.foreign_keys == (
        CatalogForeignKey("fk_u", ("user_id",), "Users", ("id",), Action.CASCADE, Action.SET_NULL, Deferrable.DEFERRED),
        CatalogForeignKey(
            "fk2", ("user_id", "price"), "Users", ("id", "n"), Action.NO_ACTION, Action.NO_ACTION, Deferrable.NO
        ),
    )


def test_key_columns_of_strict_and_rowid_less_tables_are_never_null(rich: Catalog) -> None:
    users, pair = rich.by_name["Users"], rich.by_name["pair"]
    assert [column.nullable for column in users.columns] == [False, True]
    assert [column.nullable for column in pair.columns] == [False, False]
    assert users.options == {"strict"}
    assert pair.options == {"without rowid"}
    assert pair.primary_key
    assert pair.primary_key.columns == ("b", "a")


def test_a_text_key_of_a_classical_table_is_nullable() -> None:
    assert read("CREATE TABLE t (a TEXT PRIMARY KEY)").tables[0].columns[0].nullable


def test_index(hostile: CatalogTable) -> None:
    (index,) = hostile.indexes
    assert [str(element) for element in index.elements] == [
        '(lower ( "a b" )) desc',
        "price",
        "user_id collate NOCASE",
    ]
    assert index.unique
    assert index.predicate == CatalogSql("price > 1")


def test_trigger(hostile: CatalogTable) -> None:
    (trigger,) = hostile.triggers
    assert trigger.definition.canonical.startswith("create trigger trg after update on")
    assert "'x; \"Y\"'" in trigger.definition.canonical


def test_what_the_language_cannot_say_is_listed(rich: Catalog) -> None:
    kinds = {(other.kind, other.name) for other in rich.others}
    assert {("view", "v"), ("virtual table", "search")} <= kinds


def test_columns_that_were_added_later_are_read() -> None:
    connection = open_sqlite()
    connection.executescript(
        "CREATE TABLE t (a TEXT, CHECK (a <> '')); ALTER TABLE t ADD COLUMN b TEXT DEFAULT 'x' CHECK (b <> 'y');"
        'ALTER TABLE t RENAME COLUMN a TO "order"; ALTER TABLE t RENAME TO "table";'
    )
    (table,) = read_catalog(connection).tables
    connection.close()
    assert (table.name, [column.name for column in table.columns]) == ("table", ["order", "b"])
    assert {check.expression.canonical for check in table.checks} == {"order != ''", "b != 'y'"}


def test_reading_writes_nothing_and_needs_no_row_factory(sqlite_database: object) -> None:
    connection = sqlite3.connect(f"file:{sqlite_database}?mode=memory", uri=True)
    connection.row_factory = sqlite3.Row
    connection.execute("CREATE TABLE t (a)")
    before = connection.total_changes
    assert read_catalog(connection).tables[0].name == "t"
    assert connection.total_changes == before
    connection.close()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("((a > 0))", "a > 0"),
        ("length((a)) > (0)", "LENGTH( a )>0"),
        ('"a" <> 1', "[A] != 1"),
        ("f(((a)))", "f(a)"),
        ("a == 1 AND (b)", "`a` = 1 and b"),
        ("a IS NOT NULL -- why", "a is /* so */ not null"),
        ("x'AB'", "X'ab'"),
    ],
)
def test_what_means_the_same_is_written_the_same(one: str, other: str) -> None:
    assert catalog_sql(one) == catalog_sql(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a IN (1)", "a IN (2)"),
        ("(a + 1) * 2", "a + 1 * 2"),
        ("'A'", "'a'"),
        ('"null"', "NULL"),
        ("(a) + (b) * c", "((a) + (b)) * c"),
        ("'--'", "''"),
        ("f(a), (b)", "f(a, b)"),
    ],
)
def test_what_means_something_else_stays_different(one: str, other: str) -> None:
    assert catalog_sql(one) != catalog_sql(other)


ONE_WAY = """
CREATE TABLE parents (id TEXT NOT NULL CONSTRAINT pk_parents PRIMARY KEY) STRICT;
CREATE TABLE t (
    id   TEXT NOT NULL CONSTRAINT pk_t PRIMARY KEY, -- key
    p    TEXT CONSTRAINT fk_t_p REFERENCES parents (id) ON DELETE CASCADE,
    role TEXT NOT NULL DEFAULT 'a' CONSTRAINT ck_t_role CHECK (role IN ('a', 'b')),
    CONSTRAINT uq_t UNIQUE (p, role)
) STRICT;
CREATE INDEX IF NOT EXISTS idx ON t (p, role DESC) WHERE role = 'a';
"""

OTHER_WAY = """
create table "parents" ("id" text not null, constraint pk_parents primary key ("id")) strict;
CREATE TABLE "t" ("role" TEXT DEFAULT ('a') NOT NULL, "p" TEXT, "id" TEXT NOT NULL,
 CONSTRAINT uq_t UNIQUE ("p", "role"), CONSTRAINT ck_t_role CHECK (("role" in ('a','b'))),
 CONSTRAINT fk_t_p FOREIGN KEY("p") REFERENCES "parents" ("id") ON DELETE CASCADE,
 CONSTRAINT pk_t PRIMARY KEY ("id")) STRICT;
create index idx on "t" ("p" asc, "role" desc) where (("role" = 'a'));
"""


def test_two_ways_to_write_a_schema_are_one_catalogue() -> None:
    assert differences(read(ONE_WAY), read(OTHER_WAY)) == ()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("DEFAULT 'a'", "DEFAULT 'b'", "t, column role, default: 'a' in X, 'b' in Y"),
        (" NOT NULL DEFAULT", " DEFAULT", "t, column role, nullable: no in X, yes in Y"),
        ("CASCADE", "SET NULL", "t, foreign key fk_t_p, on delete: cascade in X, set null in Y"),
        ("role DESC", "role", "t, index idx, elements: (p, role desc) in X, (p, role) in Y"),
        (" WHERE role = 'a'", "", "t, index idx, predicate: role = 'a' in X, nothing in Y"),
        ("'b')", "'c')", "t, check ck_t_role, expression: role in ( 'a' , 'b' ) in X, role in ( 'a' , 'c' ) in Y"),
        (",\n    CONSTRAINT uq_t UNIQUE (p, role)", "", "t, unique constraint uq_t: (p, role) in X, nothing in Y"),
        ("fk_t_p REF", "fk_x REF", "t, foreign key fk_x: nothing in X, (p) to parents (id) on delete cascade"),
        (") STRICT;\nCREATE INDEX", ");\nCREATE INDEX", "t, options: strict in X, nothing in Y"),
        ("CREATE INDEX", "CREATE VIEW v AS SELECT 1; CREATE INDEX", "view v: nothing in X, present in Y"),
        ("CREATE INDEX", "CREATE TABLE u (a); CREATE INDEX", "u, table: nothing in X, present in Y"),
        (
            "CREATE INDEX",
            "CREATE TRIGGER g AFTER DELETE ON t BEGIN SELECT 1; END; CREATE INDEX",
            "t, trigger g: nothing in X, create trigger g after delete on t begin select 1 ; end in Y",
        ),
    ],
)
def test_each_difference_is_seen_and_said(old: str, new: str, sentence: str) -> None:
    assert old in ONE_WAY
    found = differences(read(ONE_WAY), read(ONE_WAY.replace(old, new, 1)))
    assert any(difference.sentence("X", "Y").startswith(sentence) for difference in found)


def test_other_objects_may_be_left_out() -> None:
    assert differences(read(""), read("CREATE VIEW v AS SELECT 1"), others=False) == ()
