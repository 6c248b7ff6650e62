"""What the language refuses of a table goes alone: the table and what refers to it stay."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from schemagen.base.diagnostics import SchemagenError
from schemagen.engines.catalog import CatalogColumn, CatalogSql, CatalogTable, CatalogTrigger
from schemagen.engines.dialects import SQLITE
from schemagen.importer.importing import import_catalog, import_source
from schemagen.importer.losses import Effect
from schemagen.importer.proof import schema_of
from schemagen.importer.report import skipped, summary
from schemagen.importer.sources import Request, source_catalog
from schemagen.importer.spec_keys import TableKeys
from schemagen.importer.triggers import behaviour
from support.engines import open_postgres, open_sqlite

if TYPE_CHECKING:
    from pathlib import Path

    from schemagen.schema.dialect import DialectName

KIDS = "CREATE TABLE kids (id integer PRIMARY KEY, of_id integer REFERENCES t (id));"
CASES: list[tuple[DialectName, str, str]] = [
    (
        "sqlite",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT AS (a * 2) VIRTUAL, c INT AS (a + b) STORED);",
        "generated column c",
    ),
]


@pytest.mark.parametrize(("dialect", "sql", "part"), CASES)
def test_the_refused_part_alone_is_left_out(dialect: DialectName, sql: str, part: str, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(sql + KIDS, encoding="utf-8")
    result = import_catalog(source_catalog(Request(str(tmp_path / "a.sql"), dialect)), to_build=True)
    assert list(result.imported.tables) == ["kids", "t"]
    assert result.proof.tables == frozenset()
    left_out = [loss.what for loss in result.losses if loss.effect is Effect.LEFT_OUT and loss.table]
    assert left_out == [part]
    assert "references: t.id" in "".join(result.files.values())


@pytest.mark.xdist_group("import")
def test_the_operator_class_of_an_extension_is_named(tmp_path: Path) -> None:
    sql = """CREATE EXTENSION vector;
        CREATE TABLE t (id integer PRIMARY KEY, v vector(3) NOT NULL);
        CREATE INDEX t_v ON t USING ivfflat (v);"""
    (tmp_path / "a.sql").write_text(sql, encoding="utf-8")
    result = import_catalog(source_catalog(Request(str(tmp_path / "a.sql"), "postgres")), to_build=True)
    assert result.proof.tables == frozenset()
    assert "{column: v, opclass: vector_l2_ops}], method: ivfflat" in result.files["t.yaml"]


@pytest.mark.xdist_group("import")
def test_what_whoever_runs_the_database_decides_is_told(pg_database: str) -> None:
    with open_postgres(pg_database) as connection:
        connection.execute("""CREATE ROLE words_reader; CREATE ROLE words_owner;
            CREATE TABLE t (id integer PRIMARY KEY, x integer); CREATE TABLE o (id integer PRIMARY KEY);
            GRANT SELECT, INSERT ON t TO words_reader; GRANT UPDATE (x) ON t TO words_reader;
            GRANT SELECT ON t TO PUBLIC;
            ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO words_reader; ALTER TABLE o OWNER TO words_owner;
            CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
            CREATE TRIGGER tf AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();""")
        try:
            result = import_catalog(source_catalog(Request(pg_database)))
        finally:
            connection.execute("DROP TABLE t, o; DROP OWNED BY words_reader, words_owner; DROP FUNCTION f")
            connection.execute("DROP ROLE words_reader, words_owner")
    assert {f"{loss.table or '-'}: {loss.what}" for loss in result.losses if loss.effect is Effect.LEFT_OUT} == {
        "o: owner words_owner",
    }
    assert "but for what the report lists" in summary(result)[-1]
    made = {str(source.sql) for source in result.imported.own.sources.values()}
    assert {sql for sql in made if sql.startswith("GRANT")} == {
        "GRANT INSERT, SELECT ON TABLE t TO words_reader",
        "GRANT UPDATE (x) ON TABLE t TO words_reader",
        "GRANT SELECT ON TABLE t TO PUBLIC",
    }
    assert "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO words_reader" in made
    assert {source.kind for source in result.imported.own.sources.values()} == {"function", "grant", "trigger"}


USUAL = "CREATE TRIGGER x BEFORE UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION f()"
SET = "BEGIN NEW.at = now(); RETURN NEW; END"


@pytest.mark.parametrize(
    ("trigger", "body", "column"),
    [
        (USUAL, SET, "at"),
        (USUAL, "begin\n-- why\nnew.at := CURRENT_TIMESTAMP;\nreturn new;\nend;", "at"),
        (USUAL, "BEGIN NEW.at = now(); NEW.n = 1; RETURN NEW; END", None),
        (USUAL, "BEGIN NEW.at = OLD.at; RETURN NEW; END", None),
        (USUAL, "BEGIN NEW.other = now(); RETURN NEW; END", None),
        (USUAL.replace("FOR EACH", "FOR EACH ROW WHEN (true) EXECUTE FUNCTION g() --"), SET, None),
        (USUAL.replace("BEFORE UPDATE", "BEFORE UPDATE OF n"), SET, None),
        (USUAL.replace("BEFORE UPDATE", "BEFORE INSERT OR UPDATE"), SET, None),
        (f"{USUAL} -- disabled", SET, None),
    ],
)
def test_the_usual_trigger_is_a_row_update(trigger: str, body: str, column: str | None) -> None:
    made = CatalogTrigger("x", CatalogSql(trigger, trigger), f"f plpgsql volatile\n{body}")
    columns = tuple(CatalogColumn(name, "timestamp with time zone", nullable=True) for name in ("at", "n"))
    jobs = CatalogTable("jobs", columns, triggers=(made,))
    found = behaviour(jobs, "postgres", {"jobs": TableKeys("jobs")}, {"jobs": jobs})
    assert list(found.row_updates) == ([column] if column else [])
    assert found.foreign == (() if column else (made,))


@pytest.mark.xdist_group("import")
def test_a_domain_is_its_base_type_on_sqlite(tmp_path: Path) -> None:
    sql = """CREATE DOMAIN cents AS integer CHECK (VALUE >= 0);
        CREATE DOMAIN price AS cents CHECK (VALUE <> 13);
        CREATE TABLE goods (id integer PRIMARY KEY, cost price DEFAULT 5, note text DEFAULT 'VALUE');"""
    (tmp_path / "a.sql").write_text(sql, encoding="utf-8")
    result = import_catalog(source_catalog(Request(str(tmp_path / "a.sql"), "postgres")), to_build=True)
    assert result.proof.tables == frozenset()
    schema = schema_of(result.files)
    with closing(open_sqlite(":memory:")) as connection:
        for statement in SQLITE.create_table(schema.table("goods"), schema):
            connection.execute(statement.sql)
        connection.execute("INSERT INTO goods (id) VALUES (1)")
        assert connection.execute("SELECT cost, note FROM goods").fetchall() == [(5, "VALUE")]
        for refused in ("-1", "13", "'x'"):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(f"INSERT INTO goods (id, cost) VALUES (2, {refused})")


@pytest.mark.xdist_group("import")
def test_a_table_that_is_partitioned_by_an_expression_is_told(tmp_path: Path) -> None:
    sql = (
        "CREATE TABLE sales (id bigint, sold_on date NOT NULL) PARTITION BY RANGE ((sold_on + 1));"
        "CREATE TABLE first PARTITION OF sales DEFAULT"
    )
    (tmp_path / "a.sql").write_text(sql, encoding="utf-8")
    result = import_catalog(source_catalog(Request(str(tmp_path / "a.sql"), "postgres")), to_build=True)
    assert [loss.what for loss in result.losses] == ["partition first", "option `partition by RANGE (((sold_on + 1)))`"]
    assert "partition" not in result.imported.tables["sales"].spec


@pytest.mark.xdist_group("import")
@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
def test_statements_that_are_refused_are_skipped_and_told(tmp_path: Path, dialect: DialectName) -> None:
    lines = ("BEGIN", "CREATE TABLE a (id int PRIMARY KEY)", "CREATE INDEX i ON a (missing)", "CREATE TABLE b (id int)")
    sql = ";\n".join((*lines, "COMMIT;"))
    (tmp_path / "a.sql").write_text(sql, encoding="utf-8")
    request = Request(str(tmp_path / "a.sql"), dialect)
    with pytest.raises(SchemagenError, match="refuses this"):
        import_source(request, tmp_path / "specs")
    result = import_source(request, tmp_path / "specs", skip_errors=True)
    assert sorted(result.imported.tables) == ["a", "b"]
    (reported,) = skipped(result)
    assert reported.startswith(f"Skipped the statement at {tmp_path / 'a.sql'}:3: ")
    assert "missing" in reported
