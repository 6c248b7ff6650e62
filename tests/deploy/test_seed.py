"""Example rows as data: files and `schemagen seed`, safe to run twice, parents first, on both engines."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from schemagen.cli.commands import run
from schemagen.project.pipeline import Options, build
from schemagen.targets.seeds import seeds
from support.engines import open_postgres, open_sqlite, run_in_psycopg, run_in_python

if TYPE_CHECKING:
    from schemagen.schema.dialect import DialectName
    from support.built_cases import Case

SPEC = """schemagen: 1
title: Staff
tables:
  staff:
    columns:
      id: {type: integer, primary_key: true, identity: true}
      boss_id: {references: staff.id, on_delete: set null, nullable: true}
      name: {type: text}
      extra: {type: json, nullable: true}
    examples:
      - {id: 3, boss_id: 2, name: Third}
      - {id: 2, boss_id: 1, name: "O'Second"}
      - {id: 1, name: First, extra: {json: {a: 1}}}
  badges:
    columns:
      id: {type: uuid, primary_key: true, default: {sql: gen_random_uuid()}}
      staff_id: {references: staff.id, on_delete: cascade}
      since: {type: timestamptz}
    examples:
      - {staff_id: 3, since: "2026-01-01T00:00:00Z"}
      - {staff_id: 1, since: "2026-01-02T00:00:00Z"}
"""
COUNTS = "SELECT (SELECT count(*) FROM staff), (SELECT count(*) FROM badges)"


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeds")
    (folder / "specs").mkdir()
    (folder / "specs/staff.yaml").write_text(SPEC, encoding="utf-8")
    build(Options(folder / "specs", folder / "output"))
    return folder / "output"


def opened(database: Path | str) -> Any:
    return closing(open_sqlite(database) if isinstance(database, Path) else open_postgres(database))


def script(database: Path | str, file: Path) -> None:
    if isinstance(database, Path):
        run_in_python(database, file)
    else:
        run_in_psycopg(database, file)


def test_seeds_twice(output: Path, database: Path | str, capsys: pytest.CaptureFixture[str]) -> None:
    engine = "sqlite" if isinstance(database, Path) else "postgres"
    url = f"sqlite:///{database}" if isinstance(database, Path) else database
    for file in sorted((output / "migrations" / engine).glob("*.sql")):
        script(database, file)
    for reported in ("5 of 5", "0 of 5"):
        assert run(["seed", "--database", url, "--output", str(output)]) == 0
        assert reported in capsys.readouterr().out
    with opened(database) as connection:
        connection.execute("UPDATE staff SET name = 'Mine' WHERE id = 1")
        connection.execute("DELETE FROM badges")
    for _ in range(2):
        script(database, output / f"seeds/{engine}.sql")
    with opened(database) as connection:
        assert tuple(connection.execute(COUNTS).fetchone()) == (3, 2)
        connection.execute("INSERT INTO staff (name) VALUES ('next')")
        found = connection.execute("SELECT id, boss_id, name FROM staff ORDER BY id").fetchall()
    assert [tuple(row) for row in found] == [(1, None, "Mine"), (2, 1, "O'Second"), (3, 2, "Third"), (4, None, "next")]


def test_a_row_that_is_refused_leaves_nothing(
    output: Path, database: Path | str, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{database}" if isinstance(database, Path) else database
    with opened(database) as connection:
        connection.execute("CREATE TABLE staff (id integer PRIMARY KEY, boss_id integer, name text, extra text)")
    assert run(["seed", "--database", url, "--output", str(output)]) == 1
    assert "SG495" in capsys.readouterr().out
    with opened(database) as connection:
        assert connection.execute("SELECT count(*) FROM staff").fetchone()[0] == 0


def test_no_examples_no_file(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/staff.yaml").write_text(SPEC.partition("    examples:")[0], encoding="utf-8")
    build(Options(tmp_path / "specs", tmp_path / "output"))
    assert not (tmp_path / "output/seeds").exists()


def test_every_case_on_both_engines(case: Case, migrated: Path | str) -> None:
    name: DialectName = "sqlite" if isinstance(migrated, Path) else "postgres"
    statements = seeds(case.schema, name)
    with opened(migrated) as connection:
        connection.execute("BEGIN")
        connection.execute("PRAGMA defer_foreign_keys = ON" if name == "sqlite" else "SET CONSTRAINTS ALL DEFERRED")
        ran = [[(each.table, connection.execute(each.sql).rowcount) for each in statements] for _ in range(2)]
        connection.execute("ROLLBACK")
    new = [[count for table, count in counts if table] for counts in ran]
    assert new == [[1] * len(new[0]), [0] * len(new[0])]
