"""Drift: the SQL that is shown brings the database to the specs; what loses data is shown only when it is allowed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from engines import run_in_psql, run_in_sqlite_shell
from test_import_adopt import Database, new_database

from schemagen.commands import run
from schemagen.verify.embedded import embedded_server

if TYPE_CHECKING:
    from collections.abc import Iterator

SPEC = """schemagen: 1
tables:
  users:
    columns:
      id: {type: integer, identity: true, primary_key: true}
      name: {type: varchar(20), immutable: true}
      email: {type: text, unique: true, nullable: true}
      born: {type: date, nullable: true, index: true}
      state: {enum: [new, old], default: new, check: "length(state) > 2"}
      seen_at: {type: timestamptz, default: {sql: now()}, on_row_update: {sql: now()}}
  notes:
    append_only: true
    columns:
      id: {type: integer, primary_key: true}
      user_id: {references: users.id, on_delete: cascade, touch: seen_at, index: true}
      body: {type: text, default: ""}
"""
ROWS = "INSERT INTO users (name) VALUES ('Ann'), ('Bea'); INSERT INTO notes (id, user_id) VALUES (1, 1), (2, 2);"

BOTH = {
    "index missing": "DROP INDEX idx_users_born",
    "index besides": "CREATE INDEX idx_more ON users (seen_at, name)",
    "another index": "DROP INDEX idx_users_born; CREATE INDEX idx_users_born ON users (name)",
    "table missing": "DROP TABLE notes",
}
POSTGRES = {
    "column missing": "DROP INDEX idx_users_born; ALTER TABLE users DROP COLUMN born",
    "default": "ALTER TABLE users ALTER COLUMN state DROP DEFAULT",
    "type": "ALTER TABLE users ALTER COLUMN email TYPE varchar(10)",
    "check": "ALTER TABLE users DROP CONSTRAINT ck_users_state",
    "unique": "ALTER TABLE users DROP CONSTRAINT uq_users_email",
    "foreign key": "ALTER TABLE notes DROP CONSTRAINT fk_notes_user_id",
    "another foreign key": (
        "ALTER TABLE notes DROP CONSTRAINT fk_notes_user_id, "
        "ADD CONSTRAINT fk_notes_user_id FOREIGN KEY (user_id) REFERENCES users (id)"
    ),
    "trigger": "DROP TRIGGER trg_users_name_immutable ON users",
}
SQLITE = {"trigger": "DROP TRIGGER trg_users_name_immutable", "append only": "DROP TRIGGER trg_notes_append_only"}
COLUMN = ("ALTER TABLE users ADD COLUMN age INTEGER", "drop:users.age")
TABLE = ("CREATE TABLE more (id INTEGER PRIMARY KEY)", "drop:more")
LOSSES = [
    *((engine, *case) for engine in ("sqlite", "postgres") for case in (COLUMN, TABLE)),
    ("postgres", "ALTER TABLE users ALTER COLUMN state DROP NOT NULL", "not_null:users.state"),
    ("postgres", "ALTER TABLE users DROP CONSTRAINT ck_users_state_type", "enum:users.state"),
]
CASES = [
    *((engine, sql) for engine in ("sqlite", "postgres") for sql in BOTH.values()),
    *(("postgres", sql) for sql in POSTGRES.values()),
    *(("sqlite", sql) for sql in SQLITE.values()),
]


@pytest.fixture
def live(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database with rows that is what the specs in the current folder say."""
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    Path("specs/users.yaml").write_text(SPEC)
    assert run(["build"]) == 0
    with new_database(engine) as database:
        database.run_files()
        database.run_text(ROWS)
        yield database


def reported(database: Database, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, object]:
    capsys.readouterr()
    assert run(["verify", "--database", database.place, "--format", "json", *more]) == 1
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def bring_back(database: Database, sql: object) -> None:
    assert isinstance(sql, str)
    file = Path("back.sql")
    file.write_text(sql)
    server = embedded_server()
    done = (
        run_in_psql(server, database.place, file)
        if database.engine == "postgres"
        else run_in_sqlite_shell(Path(database.place), file)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert run(["verify", "--database", database.place]) == 0


@pytest.mark.parametrize(
    ("engine", "sql"), [pytest.param(*case, marks=pytest.mark.xdist_group("import")) for case in CASES]
)
def test_the_sql_brings_the_database_back(live: Database, sql: str, capsys: pytest.CaptureFixture[str]) -> None:
    live.run_text(sql)
    found = reported(live, capsys)
    assert [one["code"] for one in found["diagnostics"] if one["code"] != "SG480"] == []  # type: ignore[attr-defined]
    bring_back(live, found["sql"])
    with live.connection() as connection:
        assert connection.execute("SELECT count(*) FROM users").fetchone()[0] == 2


@pytest.mark.parametrize(
    ("engine", "sql", "words"), [pytest.param(*case, marks=pytest.mark.xdist_group("import")) for case in LOSSES]
)
def test_a_loss_is_planned_only_when_it_is_allowed(
    live: Database, sql: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    live.run_text(sql)
    found = reported(live, capsys)
    assert "sql" not in found
    assert f"--allow {words}" in json.dumps(found)
    bring_back(live, reported(live, capsys, "--allow", words)["sql"])


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_sql_stands_at_the_end_and_is_not_run(live: Database, capsys: pytest.CaptureFixture[str]) -> None:
    live.run_text("DROP INDEX idx_users_born; CREATE TRIGGER more AFTER DELETE ON users BEGIN SELECT 1; END")
    before = Path(live.place).read_bytes()
    capsys.readouterr()
    assert run(["verify", "--database", live.place]) == 1
    shown = capsys.readouterr().out
    assert "no SQL for users, trigger more" in shown
    assert "nothing was run:" in shown
    assert shown.rstrip().endswith("RELEASE schemagen;")
    assert Path(live.place).read_bytes() == before
