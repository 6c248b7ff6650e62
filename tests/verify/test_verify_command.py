"""The command `verify`: its exit codes, formats, and what it says about bad input."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from schemagen import cli
from schemagen.databases.urls import with_database
from schemagen.project.pipeline import Options, build

if TYPE_CHECKING:
    from pathlib import Path

    from schemagen.databases.servers import Server

SPEC = """schemagen: 1
title: Notes
version: "1"
tables:
  notes:
    columns:
      id: {type: uuid, primary_key: true, default: {sql: gen_random_uuid()}}
      title: {type: varchar(20)}
    volume: {rows: 50}
queries:
  by_id: {sql: "SELECT title FROM notes WHERE id = :id", uses: pk_notes, p95_ms: 1000}
"""


Schemagen = Callable[..., subprocess.CompletedProcess[str]]
"""Runs a command in a folder, in this process."""


@pytest.fixture
def schemagen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Schemagen:
    def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["schemagen", *arguments])
        code = cli.main()
        return subprocess.CompletedProcess(arguments, code, *capsys.readouterr())

    return run


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    (folder / "specs").mkdir()
    (folder / "specs/notes.yaml").write_text(SPEC)
    build(Options(folder / "specs", folder / "output"))
    return folder


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_sqlite_alone_is_proved_when_asked_for(project: Path, schemagen: Schemagen) -> None:
    result = schemagen(project, "verify", "--only", "sqlite")
    assert result.returncode == 0, result.stdout
    assert result.stdout.splitlines()[-1].startswith("Proved: ")
    assert "PostgreSQL" not in result.stdout
    assert result.stderr == ""


def test_a_server_of_ones_own_is_used_and_left_as_it_was(
    project: Path, postgres18: Server, schemagen: Schemagen
) -> None:
    result = schemagen(project, "verify", "--postgres", postgres18.url, "--format", "json", "--latency")
    found = json.loads(result.stdout)
    assert result.returncode == 0
    assert found["proved"] is True
    assert {one["engine"] for one in found["latencies"]} == {"SQLite", "PostgreSQL"}
    assert all(one["p50"] <= one["p95"] <= one["p99"] for one in found["latencies"])


def test_what_has_changed_is_proved_and_no_more(project: Path, schemagen: Schemagen) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        subprocess.run(["git", *who, *words], cwd=project, check=True, capture_output=True)

    def proved(*more: str) -> tuple[int, int, str]:
        done = schemagen(project, "verify", "--only", "sqlite", "--format", "json", *more)
        found = json.loads(done.stdout)
        counts = {row["claim"]: row["facts"] for row in found["claims"]}
        return done.returncode, counts.get("constraints", 0), " ".join(remark["text"] for remark in found["remarks"])

    columns = "      id: {type: uuid, primary_key: true}\n      url: {type: text, max_length: 90}\n"
    links = f"schemagen: 1\ntables:\n  links:\n    columns:\n{columns}"
    (project / "specs/links.yaml").write_text(links)
    schemagen(project, "build")
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "-m", "first")
    whole = proved()
    since = "what has changed since HEAD was proved, with what hangs on it:"
    assert proved("--changed") == (0, 0, f"{since} no table and no query")
    (project / "specs/links.yaml").write_text(links + "      at: {type: date, nullable: true}\n")
    schemagen(project, "build")
    code, facts, reported = proved("--changed", "--from", "HEAD")
    assert (code, reported) == (0, f"{since} tables links")
    assert 0 < facts < whole[1]
    model = project / "output/models/link.py"
    model.write_text(model.read_text().replace("at: dt.date | None", "at: dt.date"))
    assert proved("--changed")[0] == 1
    helper = project / "output/models/_types.py"
    helper.write_text(helper.read_text() + "\n")
    assert proved("--changed")[2] == ""
    assert schemagen(project, "verify", "--changed", "--from", "nowhere").returncode == 1


def test_every_format_is_one_document(project: Path, schemagen: Schemagen) -> None:
    junit = schemagen(project, "verify", "--only", "sqlite", "--format", "junit")
    assert ET.fromstring(junit.stdout).tag == "testsuites"
    markdown = schemagen(project, "verify", "--only", "sqlite", "--format", "markdown")
    assert markdown.stdout.startswith("## schemagen verify\n")


SLOW = """schemagen: 1
tables:
  notes:
    columns:
      id: {type: integer, primary_key: true}
      text: {type: text}
queries:
  by_text:%s
    sql: SELECT id FROM notes WHERE text = :text
    p95_ms: 5
"""


@pytest.mark.parametrize(
    ("comment", "settings", "code"),
    [("", "", 1), ("  # schemagen: ignore SG517 rare", "", 0), ("", '[lint]\nSG517 = "ignore"\n', 0)],
    ids=["without", "with a comment", "with settings"],
)
def test_a_comment_or_the_settings_excuse_a_scan(
    project: Path, comment: str, settings: str, code: int, schemagen: Schemagen
) -> None:
    (project / "specs/notes.yaml").write_text(SLOW % comment)
    (project / "schemagen.toml").write_text(settings)
    shutil.rmtree(project / "output")
    assert schemagen(project, "build").returncode == 0
    result = schemagen(project, "verify", "--only", "sqlite")
    assert result.returncode == code, result.stdout
    assert result.stdout.count("as the spec or the settings allow") == (0 if code else 1)
    assert ("at:        specs/notes.yaml:8:3" in result.stdout) is bool(code)
    assert "SG599" not in schemagen(project, "lint").stdout


UNTRIED = """schemagen: 1
tables:
  notes:
    columns:
      id: {type: integer, primary_key: true, check: id > 5 and id < 3}
"""


def test_what_could_not_be_tried_fails_with_strict_alone(project: Path, schemagen: Schemagen) -> None:
    (project / "specs/notes.yaml").write_text(UNTRIED)
    shutil.rmtree(project / "output")
    assert schemagen(project, "build").returncode == 0
    for more, code in ([], 0), (["--strict"], 1):
        result = schemagen(project, "verify", "--only", "sqlite", *more)
        assert result.returncode == code, result.stdout
        assert "could not be tried (see the remarks)" in result.stdout.splitlines()[-1]


def test_a_failed_proof_ends_with_1(project: Path, schemagen: Schemagen) -> None:
    (project / "output/models/note.py").write_text("import nothing_of_that_name\n")
    result = schemagen(project, "verify", "--only", "sqlite")
    assert result.returncode == 1
    assert "FAILED" in result.stdout


def test_without_an_output_there_is_nothing_to_prove(tmp_path: Path, schemagen: Schemagen) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/notes.yaml").write_text(SPEC)
    result = schemagen(tmp_path, "verify", "--only", "sqlite")
    assert result.returncode == 1
    assert "SG455" in result.stdout


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("output/migrations/sqlite/001_create_notes.sql", "SELECT 1;\n", "SG404"),
        ("output/migrations/sqlite/007_other.sql", "SELECT 1;\n", "SG406"),
        ("specs/notes.yaml", "schemagen: 1\n", "SG"),
    ],
)
def test_bad_input_is_told_before_anything_is_proved(
    project: Path, path: str, text: str, code: str, schemagen: Schemagen
) -> None:
    (project / path).write_text(text)
    result = schemagen(project, "verify", "--only", "sqlite")
    assert result.returncode == 1
    assert code in result.stdout
    assert "Traceback" not in result.stdout + result.stderr


def test_an_output_of_an_older_spec_is_told_and_nothing_else(project: Path, schemagen: Schemagen) -> None:
    spec = project / "specs/notes.yaml"
    spec.write_text(SPEC.replace("    volume:", "      more: {type: text, nullable: true}\n    volume:"))
    result = schemagen(project, "verify", "--only", "sqlite")
    assert result.returncode == 1
    assert result.stdout.endswith("\n1 error\n")
    assert "SG459" in result.stdout
    assert "schemagen build" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr


def test_a_file_that_no_build_has_written_is_told(project: Path, schemagen: Schemagen) -> None:
    unmanaged = ("models/evil.py", "docs/other.md", "alembic/versions/note.txt")
    for path in unmanaged:
        (project / "output" / path).write_text("")
    result = schemagen(project, "verify", "--only", "sqlite")
    assert result.returncode == 1
    assert [path for path in unmanaged if f"files: {path}" not in result.stdout] == []


def test_a_server_that_does_not_answer_is_told(project: Path, schemagen: Schemagen) -> None:
    result = schemagen(project, "verify", "--postgres", "postgresql://nobody:secret@127.0.0.1:9/none")
    assert result.returncode == 1
    assert "SG452" in result.stdout
    assert "secret" not in result.stdout


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_it_leaves_nothing_behind(project: Path, postgres18: Server, number: signal.Signals) -> None:
    from support.engines import open_postgres

    (project / "temporary").mkdir()
    query = "SELECT datname FROM pg_database WHERE datname LIKE 'schemagen\\_%'"
    with open_postgres(postgres18.url) as connection:
        before = set(connection.execute(query).fetchall())
        process = subprocess.Popen(
            [sys.executable, "-m", "schemagen", "verify", "--postgres", postgres18.url],
            cwd=project,
            env={**os.environ, "TMPDIR": str(project / "temporary")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        deadline = time.monotonic() + 30
        while set(connection.execute(query).fetchall()) <= before and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(number)
        shown, _ = process.communicate(timeout=30)
        assert (process.returncode, shown) == (128 + number, "")
        assert set(connection.execute(query).fetchall()) <= before
    assert not list((project / "temporary").iterdir())


TYPED = """schemagen: 1
tables:
  people:
    columns:
      id: {type: integer, primary_key: true}
      mood: {type: {postgres: mood, sqlite: text}}
    examples: [{id: 1, mood: sad}]
"""


def test_types_that_an_import_found_are_made_first(tmp_path: Path, schemagen: Schemagen) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/people.yaml").write_text(TYPED)
    assert schemagen(tmp_path, "build").returncode == 0
    without = schemagen(tmp_path, "verify")
    assert without.returncode == 1
    assert "goes beside the specs, in before-import.postgres.sql" in without.stdout
    before = tmp_path / "specs/before-import.postgres.sql"
    before.write_text("CREATE TYPE mood AS ENUM ('sad', 'happy');\n")
    found = schemagen(tmp_path, "verify")
    assert found.returncode == 0, found.stdout
    before.write_text("CREATE EXTENSION none_of_ours;\n")
    refused = schemagen(tmp_path, "verify")
    assert refused.returncode == 1
    assert "SG458" in refused.stdout
    assert "--postgres" in refused.stdout


SETTINGS = {
    "datestyle": "SQL, DMY",
    "intervalstyle": "sql_standard",
    "timezone": "Asia/Kolkata",
    "search_path": "nowhere",
    "standard_conforming_strings": "off",
    "client_encoding": "LATIN1",
    "statement_timeout": "40",
    "default_transaction_read_only": "on",
}
PRINTED = """schemagen: 1
tables:
  things:
    columns:
      id: {type: integer, primary_key: true}
      day: {type: date, default: "2024-01-31"}
      path: {type: text, default: 'a\\b', check: path <> 'c\\d'}
      made: {type: timestamptz, default: "2024-01-31T10:00:00+00:00"}
    examples: [{id: 1}]
"""


def test_settings_of_a_role_change_nothing(tmp_path: Path, postgres18: Server, schemagen: Schemagen) -> None:
    from support.engines import open_postgres

    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/things.yaml").write_text(PRINTED)
    assert schemagen(tmp_path, "build").returncode == 0
    with open_postgres(postgres18.url) as connection, postgres18.database() as url:
        connection.execute("CREATE ROLE schemagen_odd LOGIN SUPERUSER")
        try:
            for name, value in SETTINGS.items():
                connection.execute(f"ALTER ROLE schemagen_odd SET {name} = '{value}'".replace("'SQL, DMY'", "SQL, DMY"))
            odd = postgres18.url.replace("postgres@", "schemagen_odd@", 1)
            proved = schemagen(tmp_path, "verify", "--postgres", odd)
            with open_postgres(url) as live:
                for file in sorted((tmp_path / "output/migrations/postgres").glob("*.sql")):
                    live.execute(file.read_bytes())
            live_url = with_database(odd, url.partition("?")[0].rpartition("/")[2])
            drift = schemagen(tmp_path, "verify", "--database", live_url, "--postgres", odd)
        finally:
            connection.execute("DROP ROLE schemagen_odd")
    assert proved.returncode == 0, proved.stdout
    assert drift.returncode == 0, drift.stdout


@pytest.mark.parametrize("more", [["--postgres", "postgresql://nobody@127.0.0.1:9/none"], ["--database", "no.db"]])
def test_what_stops_it_is_a_document_too(project: Path, more: list[str], schemagen: Schemagen) -> None:
    junit = schemagen(project, "verify", "--format", "junit", *more)
    assert junit.returncode == 1
    (case,) = ET.fromstring(junit.stdout).iter("testcase")
    assert case.get("name", "").startswith("SG4")
    assert case.find("failure") is not None
    markdown = schemagen(project, "verify", "--format", "markdown", *more)
    assert markdown.returncode == 1
    assert markdown.stdout.startswith("## schemagen verify\n\nNothing was proved.\n\n- error SG4")


def test_drift_as_junit(project: Path, schemagen: Schemagen) -> None:
    database = project / "notes.db"
    for file in sorted((project / "output/migrations/sqlite").glob("*.sql")):
        with closing(sqlite3.connect(database)) as connection:
            connection.executescript(file.read_text())
    same = schemagen(project, "verify", "--database", str(database), "--format", "junit")
    assert same.returncode == 0
    assert ET.fromstring(same.stdout).get("failures") == "0"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE INDEX more ON notes (title)")
    drift = schemagen(project, "verify", "--database", str(database), "--format", "junit")
    assert drift.returncode == 1
    assert ET.fromstring(drift.stdout).get("failures") == "1"
    assert "DROP INDEX" in drift.stdout


def test_a_role_without_rights_is_told(project: Path, postgres18: Server, schemagen: Schemagen) -> None:
    from support.engines import open_postgres

    with open_postgres(postgres18.url) as connection:
        connection.execute("CREATE ROLE schemagen_test_powerless LOGIN")
        try:
            url = postgres18.url.replace("postgres@", "schemagen_test_powerless@", 1)
            result = schemagen(project, "verify", "--postgres", url)
        finally:
            connection.execute("DROP ROLE schemagen_test_powerless")
    assert result.returncode == 1
    assert "SG453" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("--only", "postgres"),
        ("--only", "sqlite", "--postgres", "postgresql://h/d"),
        ("--scale", "1"),
        ("--from", "main"),
        ("--changed", "--latency"),
        ("--strict", "--database", "no.db"),
        ("--format", "xml"),
    ],
)
def test_wrong_usage_ends_with_2(tmp_path: Path, arguments: tuple[str, ...], schemagen: Schemagen) -> None:
    assert schemagen(tmp_path, "verify", *arguments).returncode == 2
