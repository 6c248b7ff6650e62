"""The cases of tests/cases/evolve, built as people build them and migrated on both engines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from programs.evolve_engines import Postgres, Sqlite
from programs.evolve_laws import Pair
from schemagen.base.diagnostics import SchemagenError
from schemagen.changes.diff import evolve
from schemagen.changes.migration import Statement
from schemagen.changes.renames import renames_of
from schemagen.migrations.first_build import first_build
from schemagen.migrations.history import lock_content
from schemagen.migrations.lock import loads
from schemagen.project import pipeline
from schemagen.project.pipeline import BuildResult, Options
from schemagen.sql.placed_tables import with_placed_tables
from support.grammar import unread

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from schemagen.schema.model import Schema


CASES = sorted((Path(__file__).parents[1] / "cases/evolve").iterdir())


def words(case: Path) -> list[str]:
    file = case / "allow.txt"
    return file.read_text(encoding="utf-8").split() if file.exists() else []


def built(case: Path, folder: Path) -> Pair:
    """Both builds of a case, as people make them."""
    options = Options(folder / "specs", folder / "output")
    options.specs.mkdir()
    spec = options.specs / "case.yaml"
    spec.write_text((case / "old.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    old = pipeline.load(options).schema
    pipeline.build(options)
    spec.write_text((case / "new.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    if words(case):
        with pytest.raises(SchemagenError) as caught:
            pipeline.build(options)
        asked = {(found.hint or "").rpartition("--allow ")[2] for found in caught.value.diagnostics}
        assert asked == set(words(case))
    steps = pipeline.build(options, allow=words(case)).steps
    assert pipeline.build(options) == BuildResult()
    assert unread(options.output) == []
    lock = loads(lock_content(options.output) or b"")
    assert [record.number for record in lock.migrations] == list(range(1, len(lock.migrations) + 1))
    evolution = evolve(old, lock.schema, renames_of(old, lock.schema))
    return Pair(old, lock.schema, evolution, evolve(lock.schema, old, evolution.renames.reversed()), steps, {})


def rows(case: Path, engine: Sqlite | Postgres, schema: Schema) -> list[Statement]:
    """What inserts a case's rows."""
    lines = (case / "rows.sql").read_text(encoding="utf-8").splitlines()
    tables = schema.by_name if engine.dialect == "postgres" else {}
    return [Statement(with_placed_tables(line, tables)) for line in lines]


def migrated(pair: Pair, case: Path, connection: psycopg.Connection[Any]) -> Iterator[Sqlite | Postgres]:
    """Each engine with a case's rows, once every step has run without a refusal."""
    for engine in (Sqlite(), Postgres(connection)):
        for step in first_build(pair.old):
            engine.run(step.for_dialect(engine.dialect).statements)
        engine.run(rows(case, engine, pair.old))
        for step in pair.steps:
            migration = step.for_dialect(engine.dialect)
            assert engine.migrate(migration, migration.statements) == ""
        yield engine
