"""What an engine refuses of an import costs the part that it names, not the table, nor the tables that refer to it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from schemagen.cli.commands import run
from schemagen.engines.catalog import Catalog, CatalogObject
from schemagen.importer.importing import import_catalog
from schemagen.importer.losses import Effect
from schemagen.importer.proof import schema_of
from schemagen.importer.sources import Request, source_catalog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from schemagen.databases.servers import Server
    from schemagen.importer.result import ImportResult
    from schemagen.schema.dialect import DialectName

POSTGRES = """
CREATE SCHEMA other;
CREATE TYPE other.mood AS ENUM ('a');
CREATE FUNCTION my_fn(x integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT x + 1';
CREATE DOMAIN zbase AS text COLLATE "C" CHECK (VALUE <> 'a  b');
CREATE DOMAIN apos AS zbase CHECK (length(VALUE) > 0);
CREATE DOMAIN fdom AS integer CHECK (my_fn(VALUE) > 0);
CREATE TYPE addr AS (street text, "Zip" varchar(10));
CREATE SEQUENCE nums AS integer INCREMENT 5 START 10 CACHE 3 CYCLE;
CREATE SEQUENCE plain_nums;
CREATE TABLE users (id integer PRIMARY KEY DEFAULT my_fn(1), a addr, p apos, name text);
CREATE INDEX idx_fn ON users (my_fn(id));
CREATE TABLE moods (id integer PRIMARY KEY, m other.mood, user_id integer REFERENCES users (id));
CREATE TABLE orders (
    id integer PRIMARY KEY, mood_id integer NOT NULL REFERENCES moods (id), user_id integer REFERENCES users (id),
    n integer CHECK (my_fn(n) > 2)
);
CREATE TABLE lines (id integer PRIMARY KEY, order_id integer REFERENCES orders (id), f fdom);
CREATE TABLE notes (id integer PRIMARY KEY, mood_id integer REFERENCES moods (id));
CREATE FUNCTION other.f() RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$;
CREATE OPERATOR === (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4eq);
CREATE COLLATION german (provider = libc, locale = 'C');
CREATE TABLE words (
    id integer PRIMARY KEY, next_id integer REFERENCES words (id), a text DEFAULT other.f(), c text COLLATE german,
    o integer CONSTRAINT same CHECK (o === 3) CONSTRAINT more CHECK (o >= 3)
);
CREATE INDEX idx_german ON words (a COLLATE german);
"""

SQLITE = """
CREATE TABLE p (a TEXT CHECK (a REGEXP 'x'), b INTEGER CHECK (b > 1));
CREATE TABLE q (id INTEGER PRIMARY KEY, a TEXT CHECK (a MATCH 'x'));
CREATE TABLE r (id INTEGER PRIMARY KEY, a INTEGER REFERENCES q (id), b INTEGER REFERENCES p);
CREATE TABLE pp (a INTEGER, b INTEGER, PRIMARY KEY (a, b));
CREATE TABLE cc (x INTEGER REFERENCES pp);
CREATE TABLE dd (x INTEGER, y INTEGER, FOREIGN KEY (x, y) REFERENCES q);
"""


def imported(
    folder: Path, sql: str, engine: DialectName, change: Callable[[Catalog], Catalog] = lambda catalog: catalog
) -> ImportResult:
    (folder / "some.sql").write_text(sql)
    return import_catalog(change(source_catalog(Request(str(folder / "some.sql"), engine))), to_build=True)


def left_out(result: ImportResult) -> dict[tuple[str | None, str], str]:
    return {(loss.table, loss.what): loss.reason for loss in result.losses if loss.effect is Effect.LEFT_OUT}


def with_extension(catalog: Catalog) -> Catalog:
    return replace(catalog, others=(*catalog.others, CatalogObject("extension", "no_such_thing")))


@pytest.mark.xdist_group("import")
def test_what_postgres_refuses(tmp_path: Path) -> None:
    result = imported(tmp_path, POSTGRES, "postgres", with_extension)
    assert result.proof.tables == frozenset()
    assert sorted(result.imported.tables) == ["lines", "moods", "notes", "orders", "users", "words"]
    found = left_out(result)
    assert {what for what in found if what[0]} == {
        ("words", "collation of c"),
        ("words", "check same"),
        ("words", "index idx_german"),
    }
    assert "CREATE OR REPLACE FUNCTION my_fn(x integer)" in result.files["views-and-objects.yaml"]
    (extension,) = (loss for loss in result.losses if loss.what == "extension no_such_thing")
    assert "is not available; name another with --postgres" in extension.reason


@pytest.mark.xdist_group("import")
def test_types_are_made_after_what_they_name(tmp_path: Path) -> None:
    result = imported(tmp_path, POSTGRES, "postgres")
    assert result.before == ()
    made = [item.name for item in schema_of(result.files).attached]
    assert made.index("my_fn") < made.index("fdom")
    assert made.index("zbase") < made.index("apos")


def test_what_sqlite_refuses(tmp_path: Path) -> None:
    result = imported(tmp_path, SQLITE, "sqlite")
    assert result.proof.tables == frozenset()
    assert len(result.imported.tables) == 6
    assert set(left_out(result)) == {
        ("p", "check a regexp 'x'"),
        ("q", "check a match 'x'"),
        ("r", "foreign key b"),
        ("cc", "foreign key x"),
        ("dd", "foreign key x, y"),
    }


@pytest.mark.parametrize("arguments", [[], ["--adopt"]])
def test_nothing_that_can_be_said(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(sqlite3.connect("some.db")) as connection:
        connection.execute('CREATE TABLE "a|b" (a INTEGER)')
    assert run(["import", "some.db", *arguments]) == 1
    assert "error SG476 nothing of it can be said in the spec language" in capsys.readouterr().out
    assert "has more than 63 bytes, a backtick" in (tmp_path / "specs/import-report.md").read_text()
    assert not (tmp_path / "output").exists()


def test_the_proof_is_run_where_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], postgres18: Server
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "some.sql").write_text("CREATE TABLE t (id integer PRIMARY KEY);")
    arguments = ["import", "some.sql", "--dialect", "postgres", "--postgres"]
    assert run([*arguments, "postgresql://nobody@127.0.0.1:1/none"]) == 1
    assert "SG452" in capsys.readouterr().out
    monkeypatch.setenv("PATH", "")
    assert run([*arguments, postgres18.url]) == 1
    assert "psql cannot be run" in capsys.readouterr().out
    assert postgres18.psql is not None
    monkeypatch.setenv("PATH", str(postgres18.psql.parent))
    assert run([*arguments, postgres18.url]) == 0


TYPES: dict[DialectName, str] = {
    "sqlite": """
CREATE TABLE a (
    id INTEGER PRIMARY KEY, u UNSIGNED BIG INT, n NATIVE CHARACTER(70), v VARYING CHARACTER(255), m "my type",
    x NUMERIC(5,-2), g AS (u + 1), h GENERATED ALWAYS AS (n || 'x') STORED
);
CREATE TABLE b (id INTEGER PRIMARY KEY, x ANY) STRICT;
""",
    "postgres": """
CREATE TABLE a (
    id integer PRIMARY KEY, u bit varying(8), i interval day to second(3), n numeric(5,-2), l numeric(5,-2)[]
);
CREATE TABLE b (id integer PRIMARY KEY, m "char", t time(3) with time zone);
""",
}


@pytest.mark.xdist_group("import")
@pytest.mark.parametrize("engine", TYPES)
def test_types_that_only_the_engine_knows_build(
    engine: DialectName, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "some.sql").write_text(TYPES[engine])
    assert run(["import", "some.sql", "--dialect", engine]) == 0
    assert "Imported 2 of 2 tables" in capsys.readouterr().out
    assert run(["build"]) == 0, capsys.readouterr().out
    spec = tmp_path / "specs" / "tables.yaml"
    new = "columns:\n      new: {type: text, nullable: true, unique: true}\n"
    spec.write_text(spec.read_text().replace("columns:\n", new))
    assert run(["build"]) == 0, capsys.readouterr().out


NAMES: dict[DialectName, tuple[str, set[str]]] = {
    "postgres": (
        """
CREATE TABLE a (id integer PRIMARY KEY, n integer, m integer);
CREATE INDEX "Idx" ON a (n);
CREATE INDEX idx ON a (m);
CREATE TABLE b (id integer CONSTRAINT "A" PRIMARY KEY, CONSTRAINT ck CHECK (id > 1), CONSTRAINT "CK" CHECK (id > 2));
""",
        {"a: index idx", "b: primary key A", "b: check ck"},
    ),
    "sqlite": (
        """
CREATE TABLE a (
    id INTEGER, n INTEGER CONSTRAINT x CHECK (n > 1) CONSTRAINT X CHECK (n < 5), CONSTRAINT pk PRIMARY KEY (id)
);
CREATE TABLE b (id INTEGER, n INTEGER CONSTRAINT x CHECK (n > 1), CONSTRAINT pk PRIMARY KEY (id));
""",
        {"a: check X", "b: primary key pk"},
    ),
}


@pytest.mark.xdist_group("import")
@pytest.mark.parametrize("engine", NAMES)
def test_names_that_the_language_keeps_apart(engine: DialectName, tmp_path: Path) -> None:
    sql, expected = NAMES[engine]
    result = imported(tmp_path, sql, engine)
    assert result.proof.tables == frozenset()
    assert len(result.imported.tables) == 2
    assert {f"{loss.table}: {loss.what}" for loss in result.losses if loss.effect is Effect.CHANGED} == expected
