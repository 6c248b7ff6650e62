"""`alembic check` says what differs, and nothing of what the catalog merely spells in another way."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from schemagen.cli.commands import run as schemagen
from support.engines import open_postgres, open_sqlite

ADOPTED = """
CREATE TABLE shops (id INT PRIMARY KEY NOT NULL, code GUID, meta JSON, opened TIMESTAMP, notes CLOB);
CREATE TABLE visits (
    id INTEGER PRIMARY KEY,
    shop INT NOT NULL REFERENCES shops (id) ON UPDATE CASCADE ON DELETE CASCADE,
    before INTEGER REFERENCES visits ON DELETE SET NULL
);
CREATE VIRTUAL TABLE found USING fts5 (body);
"""
SPELLINGS = (
    "timestamptz", "timestamptz(3)", "int8", "bool", "float(24)", "character varying(5)", "bpchar(3)", "bpchar", "char",
    "varbit(4)", "bit", "numeric( 10 )", "name", '"char"', "int[]", "varchar(7)[]", "interval day to second(3)",
)  # fmt: skip
CLEAN = "No new upgrade operations detected."


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def alembic(url: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "alembic", "-c", "output/alembic/alembic.ini", *arguments],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_adopted_sqlite_is_clean_until_it_differs() -> None:
    connection = open_sqlite(Path("app.db"))
    connection.executescript(ADOPTED)
    assert schemagen(["import", "app.db", "--adopt"]) == 0
    url = "sqlite:///app.db"
    alembic(url, "stamp", "0001")
    assert CLEAN in alembic(url, "check")

    connection.executescript("""
        CREATE TABLE spatial_rows (id INTEGER PRIMARY KEY);
        DROP TABLE visits;
        CREATE TABLE visits (
            id INTEGER PRIMARY KEY, shop INT NOT NULL REFERENCES shops (id) ON UPDATE CASCADE ON DELETE RESTRICT,
            before INTEGER REFERENCES visits ON DELETE SET NULL
        );
        ALTER TABLE shops DROP COLUMN notes;
        ALTER TABLE shops ADD COLUMN notes TEXT;
    """)
    connection.close()
    found = alembic(url, "check")
    assert all(one in found for one in ("spatial_rows", "remove_fk", "modify_type"))
    assert "SET NULL" not in found
    Path("schemagen.toml").write_text('[verify]\nignore = ["spatial_*"]\n', encoding="utf-8")
    assert "spatial_rows" not in alembic(url, "check")


def test_postgres_spellings_of_a_type(pg_database: str) -> None:
    columns = "".join(
        f"      c{number}: {{type: {{postgres: '{spelled}', sqlite: text}}, nullable: true}}\n"
        for number, spelled in enumerate(SPELLINGS)
    )
    Path("specs").mkdir()
    spec = "schemagen: 1\ntables:\n  t:\n    columns:\n      id: {type: integer, primary_key: true}\n" + columns
    Path("specs/t.yaml").write_text(spec, encoding="utf-8")
    assert schemagen(["build"]) == 0
    alembic(pg_database, "upgrade", "head")
    assert CLEAN in alembic(pg_database, "check")

    with open_postgres(pg_database) as connection:
        connection.execute("ALTER TABLE t ALTER c1 TYPE timestamptz(2), ALTER c9 TYPE varbit(5)")
    found = alembic(pg_database, "check")
    assert set(re.findall(r"'modify_type', None, 't', '(\w+)'", found)) == {"c1", "c9"}
