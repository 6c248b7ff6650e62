"""Names that change places: a second run stops before it changes anything, or the change is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from programs.evolve_engines import Postgres, Sqlite, rows_of
from programs.evolve_laws import Pair
from schemagen.base.diagnostics import SchemagenError
from schemagen.changes.diff import evolve
from schemagen.changes.migration import Statement
from schemagen.changes.renames import in_cycles, renames_of
from schemagen.migrations.first_build import first_build
from schemagen.project import pipeline
from schemagen.project.pipeline import Options

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

OLD = """schemagen: 1
tables:
  notes:
    columns:
      id: {type: integer, primary_key: true}
      first: {type: text}
      last: {type: text}
  lines:
    columns:
      id: {type: integer, primary_key: true}
      body: {type: text}
  words:
    columns:
      id: {type: integer, primary_key: true}
      body: {type: text}
"""
COLUMNS = OLD.replace("first: {", "first: {renamed_from: last, ").replace("last: {", "last: {renamed_from: first, ")
TABLES = OLD.replace("  lines:\n", "  lines:\n    renamed_from: words\n").replace(
    "  words:\n", "  words:\n    renamed_from: lines\n"
)
BESIDE = "      last: {renamed_from: first, type: text}\n"
RECOGNISED = COLUMNS.replace(BESIDE, BESIDE + "      beside: {type: text, nullable: true}\n")
ROWS = ["INSERT INTO notes (id, first, last) VALUES (1, 'a', 'b')", "INSERT INTO words (id, body) VALUES (1, 'w')"]


def built(folder: Path, old: str, new: str) -> Pair:
    options = Options(folder / "specs", folder / "output")
    options.specs.mkdir()
    spec = options.specs / "case.yaml"
    spec.write_text(old, encoding="utf-8")
    before = pipeline.load(options).schema
    pipeline.build(options)
    spec.write_text(new, encoding="utf-8")
    steps = pipeline.build(options).steps
    after = pipeline.load(options).schema
    evolution = evolve(before, after, renames_of(before, after))
    return Pair(before, after, evolution, evolve(after, before, evolution.renames.reversed()), steps, {})


@pytest.mark.parametrize(("new", "names"), [(COLUMNS, ["`first`, `last`"]), (TABLES, ["`lines`, `words`"] * 2)])
def test_a_swap_that_could_not_be_told_from_its_second_run_is_refused(
    new: str, names: list[str], tmp_path: Path
) -> None:
    with pytest.raises(SchemagenError) as caught:
        built(tmp_path, OLD, new)
    assert [found.code for found in caught.value.diagnostics] == ["SG415"] * len(names)
    assert all(name in found.message for name, found in zip(names, caught.value.diagnostics, strict=True))


@pytest.mark.parametrize("engine_name", ["sqlite", "postgres"])
def test_a_second_run_stops_before_it_changes_anything(
    engine_name: str, tmp_path: Path, connection: psycopg.Connection[Any]
) -> None:
    pair = built(tmp_path, OLD, RECOGNISED)
    engine = Sqlite() if engine_name == "sqlite" else Postgres(connection)
    for step in first_build(pair.old):
        engine.run(step.for_dialect(engine.dialect).statements)
    engine.run(map(Statement, ROWS))
    before = rows_of(engine, pair.old)
    (step,) = pair.steps
    migration = step.for_dialect(engine.dialect)
    assert engine.migrate(migration, migration.statements) == ""
    after = rows_of(engine, pair.new)
    assert after != before
    assert engine.migrate(migration, migration.statements)
    assert rows_of(engine, pair.new) == after
    assert engine.migrate(migration, migration.rollback) == ""
    assert rows_of(engine, pair.old) == before
    assert engine.migrate(migration, migration.rollback)
    assert rows_of(engine, pair.old) == before


@pytest.mark.parametrize("engine_name", ["sqlite", "postgres"])
def test_tables_are_renamed_in_a_chain(engine_name: str, tmp_path: Path, connection: psycopg.Connection[Any]) -> None:
    new = OLD.replace("  words:\n", "  old_words:\n    renamed_from: words\n")
    new = new.replace("  lines:\n", "  words:\n    renamed_from: lines\n")
    pair = built(tmp_path, OLD, new)
    (step,) = pair.steps
    engine = Sqlite() if engine_name == "sqlite" else Postgres(connection)
    for first in first_build(pair.old):
        engine.run(first.for_dialect(engine.dialect).statements)
    migration = step.for_dialect(engine.dialect)
    assert engine.migrate(migration, migration.statements) == ""
    assert engine.migrate(migration, migration.rollback) == ""


def test_names_in_cycles() -> None:
    assert in_cycles({"b": "a", "c": "b"}) == frozenset()
    assert in_cycles({"a": "b", "b": "a", "x": "y"}) == {"a", "b"}
    assert in_cycles({"a": "b", "b": "c", "c": "a", "d": "e"}) == {"a", "b", "c"}
