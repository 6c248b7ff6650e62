"""Generated statements: what the parser refuses, and what only the engine can say."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from schemagen.sql.scratch_database import RowExpression, evaluate, run_migrations
from schemagen.sql.validate import validate_statement, validate_statements

if TYPE_CHECKING:
    from schemagen.schema.dialect import DialectName

VALID = [
    ("sqlite", "CREATE TABLE IF NOT EXISTS t (\n  a TEXT NOT NULL DEFAULT (lower('x')) -- why\n) STRICT"),
    ("sqlite", "CREATE TABLE t (a TEXT PRIMARY KEY) STRICT, WITHOUT ROWID"),
    ("sqlite", "CREATE TABLE t (a TEXT PRIMARY KEY) WITHOUT ROWID"),
    ("sqlite", "CREATE INDEX IF NOT EXISTS i ON t (lower(a), b DESC) WHERE b = 1"),
    ("sqlite", "CREATE TRIGGER IF NOT EXISTS x AFTER UPDATE ON t BEGIN UPDATE t SET a = 1; END"),
    ("sqlite", "DROP TRIGGER IF EXISTS x"),
    ("sqlite", 'DROP TABLE IF EXISTS "a ""b"'),
    ("sqlite", "SAVEPOINT a"),
    ("sqlite", "PRAGMA defer_foreign_keys = ON"),
    ("postgres", "CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"),
    ("postgres", "CREATE OR REPLACE TRIGGER x BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()"),
    ("postgres", "COMMENT ON COLUMN t.a IS 'it''s; here'"),
    ("postgres", "COMMENT ON CONSTRAINT a ON t IS 'x'"),
    ("postgres", "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t USING gin (a jsonb_path_ops)"),
    ("postgres", "CREATE UNIQUE INDEX i ON t (a DESC NULLS LAST) INCLUDE (b) WHERE c"),
    ("postgres", "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u (b) NOT VALID"),
    ("postgres", "ALTER TABLE t VALIDATE CONSTRAINT f"),
    ("postgres", "ALTER TABLE t DISABLE TRIGGER x"),
    ("postgres", "SET lock_timeout = '5s'"),
    ("postgres", "DO $$ BEGIN NULL; END $$"),
]
INVALID = [
    ("sqlite", "DROP TABLE IF EXISTS a; DROP TABLE b", "it holds 2 statements"),
    ("postgres", "COMMENT ON TABLE t IS 'it's'", "is not valid"),
    ("postgres", "CREATE TABL t (a int)", "not a statement"),
    ("sqlite", "CREATE TABL t (a int)", "not a statement"),
    ("sqlite", "SELCT a", "not a statement"),
    ("sqlite", "", "not a statement"),
    ("postgres", "CREATE INDEX i ON t (a) WHERE", "missing"),
    ("postgres", "SELECT 1; SELECT 2", "2 statements"),
    ("postgres", "CREATE TABLE t (a int", "Expecting"),
    ("postgres", "LOCK TABLE t", "not a statement"),
    ("sqlite", "INSERT INTO t VALUES ('a", "Error tokenizing"),
]


@pytest.mark.parametrize(("dialect", "sql"), VALID)
def test_a_statement_that_we_generate_is_valid(
    dialect: DialectName, sql: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert validate_statement(sql, dialect) is None
    assert not caplog.records


@pytest.mark.parametrize(("dialect", "sql", "reason"), INVALID)
def test_a_statement_that_is_wrong_is_found(
    dialect: DialectName, sql: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    problem = validate_statement(sql, dialect)
    assert problem is not None
    assert reason in str(problem)
    assert problem.hint
    assert capsys.readouterr() == ("", "")


def test_many_statements_give_the_places_of_the_wrong_ones() -> None:
    found = validate_statements(
        [("SELECT 1", "sqlite"), ("CREATE TABL t (a int)", "postgres"), ("SELECT 2", "postgres"), ("SELCT a", "sqlite")]
    )
    assert [place for place, _ in found] == [1, 3]


TABLE = 'CREATE TABLE "{0}" (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES later (id), at TEXT{1}) STRICT'


def test_scripts_that_run_have_no_failure() -> None:
    scripts = [[TABLE.format(f"t{number}", ""), f"CREATE INDEX i{number} ON t{number} (at)"] for number in range(60)]
    assert run_migrations(scripts) == ()


@pytest.mark.parametrize(
    ("statements", "bad", "message"),
    [
        ([TABLE.format("t", " CHECK (nope(at) > 0)")], 0, "no such function: nope"),
        ([TABLE.format("t", " CHECK (missing > 0)")], 0, "no such column: missing"),
        ([TABLE.format("t", ""), "CREATE INDEX i ON t (nope(at))"], 1, "no such function: nope"),
        ([TABLE.format("t", " DEFAULT (nope())")], None, "default of t: no such function: nope"),
        (
            [TABLE.format("t", ""), "CREATE TRIGGER g AFTER UPDATE ON t BEGIN SELECT nope(1); END"],
            1,
            "a trigger on t: no such function: nope",
        ),
        (
            [TABLE.format("t", ""), "CREATE TRIGGER g AFTER DELETE ON t BEGIN DELETE FROM gone; END"],
            1,
            "a trigger on t: no such table: main.gone",
        ),
        (
            [TABLE.format("t", ""), 'CREATE TRIGGER g AFTER INSERT ON "t" BEGIN UPDATE t SET nope = 1; END'],
            1,
            "no such column: nope",
        ),
        ([TABLE.format("t", ""), TABLE.format("t", "")], 1, 'table "t" already exists'),
        (["CREATE TABL t (a)"], 0, "syntax error"),
    ],
)
def test_a_failure_carries_the_statement_and_what_the_engine_said(
    statements: list[str], bad: int | None, message: str
) -> None:
    (failure,) = run_migrations([[TABLE.format("other", "")], statements])
    assert failure.place == 1
    assert message in failure.message
    assert failure.sql == ("nope()" if bad is None else statements[bad])


def test_a_trigger_finds_the_table_of_another_batch() -> None:
    touch = "CREATE TRIGGER g AFTER INSERT ON child BEGIN UPDATE Parent SET at = 'x' WHERE id = NEW.parent; END"
    scripts = [
        [TABLE.format("Parent", "")],
        *([TABLE.format(f"t{n}", "")] for n in range(40)),
        [TABLE.format("child", ""), touch],
    ]
    assert run_migrations(scripts) == ()
    assert run_migrations(list(reversed(scripts))) == ()


def test_expressions_are_evaluated_over_a_row_of_nulls() -> None:
    good = [
        RowExpression("length(a) > 0", ("a",)),
        RowExpression("a IS NOT NULL", ("a",)),
        RowExpression("\"order\" GLOB 'x*' -- trailing", ("order",)),
        RowExpression("(strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')", constant=True),
        RowExpression("1 = 1"),
    ]
    assert evaluate(good) == ()


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (RowExpression("nope(a) > 0", ("a",)), "no such function: nope"),
        (RowExpression("b > 0", ("a",)), "no such column: b"),
        (RowExpression("a > strftime('%s','now')", ("a",)), "non-deterministic use of strftime()"),
        (RowExpression("nope()", constant=True), "no such function: nope"),
        (RowExpression("a", constant=True), "no such column: a"),
        (RowExpression("(SELECT 1)", ("a",)), "subqueries prohibited"),
        (RowExpression("a >", ("a",)), "syntax error"),
        (RowExpression("1); DROP TABLE probe; --", ()), "syntax error"),
    ],
)
def test_what_cannot_be_evaluated_says_why(expression: RowExpression, message: str) -> None:
    (failure,) = evaluate([RowExpression("1"), expression, RowExpression("2")])
    assert failure.place == 1
    assert failure.sql == expression.sql
    assert message in failure.message
