"""Rolling a table of a cycle back: its references become NULL on both engines, or it is refused; then forward again."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import psycopg
import pytest

from schemagen.project.pipeline import Options, build
from support.built_cases import build_case, connected, execute, put
from support.engines import run_in_psycopg, run_in_python

if TYPE_CHECKING:
    from pathlib import Path

NEEDED = """\
schemagen: 1
tables:
  hens:
    columns:
      id: {type: integer, primary_key: true}
      egg_id: {references: eggs.id, on_delete: cascade, deferrable: deferred, immutable: true}
  eggs:
    columns:
      id: {type: integer, primary_key: true}
      hen_id: {references: hens.id, on_delete: cascade, deferrable: deferred}
"""


def run(database: Path | str, file: Path) -> None:
    if isinstance(database, str):
        run_in_psycopg(database, file)
    else:
        run_in_python(database, file)


def files_of(output: Path, engine_name: str) -> list[Path]:
    engine = "sqlite" if engine_name == "sqlite" else "postgres"
    return sorted((output / "migrations" / engine).glob("*.sql"))


def test_the_way_back_and_forward_again(tmp_path: Path, engine_name: str, database: Path | str) -> None:
    case = build_case("cycles", tmp_path)
    files = files_of(case.output, engine_name)
    for file in files:
        run(database, file)
    with connected(database) as connection:
        put(connection, case.examples)
    gone = [file for file in files if file.stem >= "002"]
    for file in reversed(gone):
        run(database, file.parent / "rollback" / file.name)
    with connected(database) as connection:
        assert execute(connection, "SELECT id, first_entry FROM accounts ORDER BY id") == [(1, None), (2, None)]
        with pytest.raises((sqlite3.IntegrityError, psycopg.errors.IntegrityError), match="accounts is append-only"):
            execute(connection, "UPDATE accounts SET id = 3 WHERE id = 2")
    for file in gone:
        run(database, file)


def test_a_release_is_no_change_of_a_user(tmp_path: Path, engine_name: str, database: Path | str) -> None:
    case = build_case("cycles", tmp_path)
    files = files_of(case.output, engine_name)
    nurses = next(file for file in files if file.stem.endswith("create_nurses"))
    for file in files:
        run(database, file)
    with connected(database) as connection:
        put(connection, case.examples)
        before = execute(connection, "SELECT updated_at FROM wards")
    for file in reversed(files[files.index(nurses) :]):
        run(database, file.parent / "rollback" / file.name)
    with connected(database) as connection:
        assert execute(connection, "SELECT head_id FROM wards") == [(None,)]
        assert execute(connection, "SELECT updated_at FROM wards") == before


def test_rows_that_need_theirs_keep_them(tmp_path: Path, engine_name: str, database: Path | str) -> None:
    specs = tmp_path / "specs"
    specs.mkdir()
    (specs / "hens.yaml").write_text(NEEDED, encoding="utf-8")
    build(Options(specs, tmp_path / "output"))
    files = files_of(tmp_path / "output", engine_name)
    for file in files:
        run(database, file)
    with connected(database) as connection:
        execute(connection, "BEGIN")
        execute(connection, "INSERT INTO hens (id, egg_id) VALUES (1, 1)")
        execute(connection, "INSERT INTO eggs (id, hen_id) VALUES (1, 1)")
        execute(connection, "COMMIT")
    last, eggs = files[-1], files[-2]
    run(database, last.parent / "rollback" / last.name)
    back = eggs.parent / "rollback" / eggs.name
    assert "every row of table hens, to be deleted before: egg_id can't be NULL" in back.read_text(encoding="utf-8")
    with pytest.raises((sqlite3.IntegrityError, psycopg.errors.NotNullViolation), match="egg_id"):
        run(database, back)
    with connected(database) as connection:
        assert execute(connection, "SELECT count(*) FROM hens") == [(1,)]
        assert execute(connection, "SELECT count(*) FROM eggs") == [(1,)]
        execute(connection, "DELETE FROM hens")
    run(database, back)
