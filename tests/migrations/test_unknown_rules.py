"""A rebuild on SQLite stops, before it changes anything, where it would lose a rule that no spec knows."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from schemagen.base.diagnostics import SchemagenError
from schemagen.cli.reports.review import as_markdown, as_text
from schemagen.importer.importing import adopt_source
from schemagen.importer.sources import Request
from schemagen.project.pipeline import Options, build
from schemagen.project.review import review

if TYPE_CHECKING:
    from pathlib import Path

NAME = "a_table_has_rules_that_no_spec_knows"
SPEC = """\
schemagen: 1
title: Accounts
tables:
  accounts:
    columns:
      id: {type: bigint, identity: true, primary_key: true}
      mail: {type: text, unique: true}
      plan: {type: varchar(20), default: free}
      made: {type: timestamptz, default: {sql: now()}}
      owner: {type: bigint, nullable: true, references: accounts.id, on_delete: set null}
      cents: {type: integer, nullable: true, check: cents >= 0}
      euros: {type: integer, generated: {sql: cents / 100}, nullable: true}
    indexes:
      - {columns: [made], name: newest}
"""
TIGHTER = SPEC.replace("default: free}", "default: free, check: plan <> ''}")
BY_HAND = {
    "a check": ("DEFAULT 'free'", "DEFAULT 'free' CHECK (plan <> 'nothing')"),
    "a collation": ("UNIQUE (mail)", "UNIQUE (mail COLLATE NOCASE)"),
    "a conflict clause": ("UNIQUE (mail)", "UNIQUE (mail) ON CONFLICT REPLACE"),
    "a foreign key": ("UNIQUE (mail)", "UNIQUE (mail), FOREIGN KEY (plan) REFERENCES plans (name)"),
    "a unique rule": ("UNIQUE (mail)", "UNIQUE (mail), UNIQUE (made)"),
    "another default": ("DEFAULT 'free'", "DEFAULT 'paid'"),
    "another expression as default": ("'now') || '000Z'", "'now') || '999Z'"),
    "another check": ("cents >= 0", "cents >= 10"),
    "another check of a type": ("length(plan) <= 20", "length(plan) <= 10"),
    "another unique rule": ("UNIQUE (mail)", "UNIQUE (mail, plan)"),
    "another action": ("ON DELETE SET NULL", "ON DELETE CASCADE"),
    "another time of a foreign key": ("ON DELETE SET NULL", "ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED"),
    "another parent": ("REFERENCES accounts (id)", "REFERENCES plans (name)"),
    "another generated column": ("(cents / 100) STORED", "(cents / 50) STORED"),
    "a virtual column": ("(cents / 100) STORED", "(cents / 100) VIRTUAL"),
    "a conflict clause of NOT NULL": ("NOT NULL DEFAULT 'free'", "NOT NULL ON CONFLICT REPLACE DEFAULT 'free'"),
    "a value that has to be there": ("cents  INTEGER,", "cents  INTEGER NOT NULL,"),
    "an index of the same name": ("CREATE INDEX newest", "CREATE UNIQUE INDEX newest"),
}


def steps(folder: Path, *texts: str, allow: tuple[str, ...] = ()) -> list[Path]:
    """Build one spec after the other; the migrations for SQLite."""
    options = Options(specs=folder / "specs", output=folder / "output")
    options.specs.mkdir(exist_ok=True)
    for number, text in enumerate(texts):
        (options.specs / "accounts.yaml").write_text(text, encoding="utf-8")
        build(options, allow=allow if number else ())
    return sorted((options.output / "migrations/sqlite").glob("00[12]*.sql"))


def run(database: Path, file: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        try:
            connection.executescript(file.read_text(encoding="utf-8"))
        except sqlite3.Error as error:
            return str(error)
    return ""


def edit(database: Path, old: str, new: str) -> str:
    """Change the text of a table as whoever made it by hand would have written it; the text."""
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT sql FROM sqlite_schema WHERE tbl_name = 'accounts' AND sql <> ''").fetchall()
        before = ";\n".join(text for (text,) in found)
        after = before.replace(old, new)
        assert after != before, before
        connection.executescript(
            f"CREATE TABLE IF NOT EXISTS plans (name TEXT PRIMARY KEY); DROP TABLE accounts; {after}"
        )
        connection.execute("INSERT INTO accounts (id, mail, plan, cents) VALUES (1, 'a@example.org', 'free', 20)")
        connection.commit()
    return after


def state(database: Path) -> tuple[str, int]:
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT sql FROM sqlite_schema WHERE tbl_name = 'accounts' AND sql <> ''").fetchall()
        text = ";\n".join(text for (text,) in found)
        (rows,) = connection.execute("SELECT count(*) FROM accounts").fetchone()
    return text, rows


@pytest.fixture(scope="module")
def migrations(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    first, second = steps(tmp_path_factory.mktemp("built"), SPEC, TIGHTER)
    return first, second


@pytest.mark.parametrize("rule", BY_HAND)
def test_a_rule_made_by_hand_stops_a_rebuild(rule: str, migrations: tuple[Path, Path], tmp_path: Path) -> None:
    first, second = migrations
    database = tmp_path / "app.db"
    assert run(database, first) == ""
    text = edit(database, *BY_HAND[rule])
    assert NAME in run(database, second)
    assert state(database) == (text, 1)


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="the sqlite3 shell is not installed")
@pytest.mark.parametrize("flags", [["-bail"], []])
def test_it_stops_in_the_shell_too(flags: list[str], migrations: tuple[Path, Path], tmp_path: Path) -> None:
    first, second = migrations
    database = tmp_path / "app.db"
    run(database, first)
    text = edit(database, *BY_HAND["a check"])
    command = ["sqlite3", *flags, str(database), f".read {second}"]
    reported = subprocess.run(command, capture_output=True, text=True, check=False)
    assert NAME in reported.stderr
    assert state(database) == (text, 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("CHECK (cents >= 0)", 'check  ( ( "cents">=0 ) ) -- CHECK (cents > 7)'),
        ("DEFAULT 'free'", "default ('free') /* DEFAULT 'paid' */"),
        ("UNIQUE (mail)", "unique([mail]) on conflict abort"),
        ("REFERENCES accounts (id)", "references Accounts"),
        (") STRICT", ", CONSTRAINT same CHECK (plan <> 'CHECK (no)' OR true)) STRICT"),
    ],
)
def test_how_it_is_written_does_not_stop_it(old: str, new: str, migrations: tuple[Path, Path], tmp_path: Path) -> None:
    first, second = migrations
    database = tmp_path / "app.db"
    run(database, first)
    edit(database, old, new)
    stopped = NAME in run(database, second)
    assert stopped == ("CONSTRAINT same" in new)


def test_it_may_be_allowed_by_name(tmp_path: Path) -> None:
    first, second = steps(tmp_path, SPEC, TIGHTER, allow=("rules:accounts",))
    database = tmp_path / "app.db"
    run(database, first)
    edit(database, *BY_HAND["a check"])
    assert run(database, second) == ""
    assert "rules of table accounts that no spec knows" in second.read_text(encoding="utf-8")
    assert "nothing" not in state(database)[0]
    with pytest.raises(SchemagenError, match="SG411"):
        steps(tmp_path, SPEC, TIGHTER, allow=("rules:plans",))


def test_what_an_import_left_out_has_to_be_allowed_before_the_first_rebuild(tmp_path: Path) -> None:
    database = tmp_path / "live.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(
            "CREATE TABLE accounts (id INTEGER PRIMARY KEY, mail TEXT NOT NULL COLLATE NOCASE UNIQUE, "
            "plan TEXT NOT NULL, size INTEGER AS (length(plan)) VIRTUAL)"
        )
        connection.execute("INSERT INTO accounts VALUES (1, 'a@example.org', 'free')")
        connection.commit()
    options = Options(specs=tmp_path / "specs", output=tmp_path / "output")
    adopt_source(Request(str(database)), options)
    [spec] = options.specs.glob("*.yaml")
    text = spec.read_text(encoding="utf-8")
    spec.write_text(
        text.replace("plan: {", "plan: {nullable: true, ").replace("plan: text", "plan: {type: text, nullable: true}")
    )
    reviewed = review(options)
    assert [(lost.table, lost.rules, lost.allow) for lost in reviewed.rules_lost] == [
        ("accounts", ("column mail, collation NOCASE",), "rules:accounts")
    ]
    for report in (as_text(reviewed), as_markdown(reviewed)):
        assert "column mail, collation NOCASE" in report
        assert "--allow rules:accounts" in report
    with pytest.raises(SchemagenError, match="collation NOCASE") as refused:
        build(options)
    assert [found.code for found in refused.value.diagnostics] == ["SG410"]
    build(options, allow=["rules:accounts"])
    [migration] = (options.output / "migrations/sqlite").glob("002*.sql")
    assert run(database, migration) == ""
    text, rows = state(database)
    assert ("NOCASE" in text, rows) == (False, 1)
    spec.write_text(spec.read_text(encoding="utf-8").replace("nullable: true", "nullable: false", 1), encoding="utf-8")
    build(options, allow=["not_null:accounts.plan"])  # they are gone, so nobody asks for them again
