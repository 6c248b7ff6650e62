"""Drift of what enforces the owner of rows: its SQL closes the table again."""

from __future__ import annotations

from pathlib import Path

import pytest

from drift.test_drift import bring_back, reported
from importer.test_import_adopt import new_database
from schemagen.cli.commands import run

OWNED = """schemagen: 1
tables:
  notes:
    owner: user_id
    columns: {id: {type: integer, primary_key: true}, user_id: {type: uuid, index: true}}
"""
OPENED = [
    "DROP POLICY owner_notes ON notes",
    "ALTER POLICY owner_notes ON notes USING (true)",
    "ALTER TABLE notes NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE notes DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY; DROP POLICY owner_notes ON notes",
]


@pytest.mark.parametrize("sql", [pytest.param(sql, marks=pytest.mark.xdist_group("import")) for sql in OPENED])
def test_what_enforces_an_owner_is_made_again(
    sql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    Path("specs/notes.yaml").write_text(OWNED)
    assert run(["build"]) == 0
    with new_database("postgres") as database:
        database.run_files()
        database.run_text(sql)
        found = reported(database, capsys)
        assert [one["code"] for one in found["diagnostics"] if one["code"] != "SG480"] == []  # type: ignore[attr-defined]
        bring_back(database, found["sql"])
