"""A rebuild on SQLite takes work that grows with the rows and no faster, whatever the indexes of foreign keys are."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from schemagen.project.pipeline import Options, build

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """schemagen: 1
tables:
  people:
    columns:
      id: {type: integer, primary_key: true}
      name: {type: varchar(50)}
      boss_id: {references: people.id, on_delete: set null, nullable: true}
  letters:
    columns:
      id: {type: integer, primary_key: true}
      writer_id: {references: people.id, on_delete: cascade}
"""
WIDENED = ("varchar(50)", "varchar(60)")
INSTRUCTIONS = 1000
"""Of SQLite's virtual machine, between two counts."""


@pytest.fixture(scope="module")
def migrations(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("work")
    options = Options(folder / "specs", folder / "output")
    options.specs.mkdir()
    for text in (SPEC, SPEC.replace(*WIDENED)):
        (options.specs / "people.yaml").write_text(text)
        build(options)
    files: list[Path] = sorted((options.output / "migrations/sqlite").glob("*.sql"))
    return [file.read_text() for file in files]


def work(migrations: list[str], rows: int) -> int:
    """How many instructions the last migration takes, in thousands; every row is there again."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    with closing(sqlite3.connect(":memory:")) as connection:
        for script in migrations[:-1]:
            connection.executescript(script)
        people = [(number, "x", number - 1 if number % 3 else None) for number in range(rows)]
        connection.executemany("INSERT INTO people (id, name, boss_id) VALUES (?, ?, ?)", people)
        connection.executemany("INSERT INTO letters (writer_id) VALUES (?)", [(number,) for number in range(rows)])
        connection.commit()
        connection.set_progress_handler(count, INSTRUCTIONS)
        connection.executescript(migrations[-1])
        assert connection.execute("SELECT id, name, boss_id FROM people ORDER BY id").fetchall() == people
        assert connection.execute("SELECT count(*) FROM letters").fetchone() == (rows,)
        leftovers = "SELECT name FROM sqlite_schema WHERE name LIKE '\\_schemagen\\_children%' ESCAPE '\\'"
        assert connection.execute(leftovers).fetchall() == []
    return counted


def test_a_rebuild_looks_for_children_by_an_index(migrations: list[str]) -> None:
    assert work(migrations, 4_000) < 8 * 1.5 * work(migrations, 500)  # linear is 8; a square would be 64
