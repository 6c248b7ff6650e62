"""Descriptions on PostgreSQL: changed ones reach the database, with the next migration or with one of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from programs.evolve_engines import Postgres
from schemagen.project import pipeline
from schemagen.project.pipeline import Options
from support.engines import open_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from schemagen.changes.migration import Step

OLD = """schemagen: 1
tables:
  prices:
    description: What it costs
    columns:
      id: {type: integer, primary_key: true, description: "The 'number' IS it"}
      amount: {type: integer, description: In euros}
      note: {type: text, nullable: true, description: Anything}
"""
WORDS = (
    OLD.replace("What it costs", "What it is worth")
    .replace("In euros", "In cents")
    .replace(", description: Anything", "")
)
MOVED = WORDS.replace("  prices:", "  fees:\n    renamed_from: prices").replace("In cents", "In pence")


@pytest.fixture
def engine(pg_database: str) -> Iterator[Postgres]:
    with open_postgres(pg_database) as connection:
        yield Postgres(connection)


@pytest.fixture
def options(tmp_path: Path) -> Options:
    (tmp_path / "specs").mkdir()
    return Options(tmp_path / "specs", tmp_path / "output")


def built(options: Options, text: str, *, comments: bool = False) -> tuple[Step, ...]:
    (options.specs / "prices.yaml").write_text(text, encoding="utf-8")
    return pipeline.build(options, comments=comments).steps


def run(engine: Postgres, steps: tuple[Step, ...]) -> None:
    for step in steps:
        migration = step.for_dialect("postgres")
        assert engine.migrate(migration, migration.statements) == ""


def words(engine: Postgres) -> dict[str, str]:
    (table,) = engine.catalog().tables
    return {table.name: table.comment} | {column.name: column.comment for column in table.columns}


FIRST = {"prices": "What it costs", "id": "The 'number' IS it", "amount": "In euros", "note": "Anything"}
SECOND = {"prices": "What it is worth", "id": "The 'number' IS it", "amount": "In cents", "note": ""}


def test_descriptions_alone_make_a_migration_when_asked(options: Options, engine: Postgres) -> None:
    run(engine, built(options, OLD))
    assert words(engine) == FIRST
    assert built(options, WORDS) == ()
    (step,) = built(options, WORDS, comments=True)
    assert step.name == "describe_prices"
    assert step.sqlite.statements == ()
    assert built(options, WORDS, comments=True) == ()
    run(engine, (step,))
    assert words(engine) == SECOND
    assert engine.migrate(step.postgres, step.postgres.rollback) == ""
    assert words(engine) == FIRST


def test_descriptions_ride_in_the_next_migration(options: Options, engine: Postgres) -> None:
    run(engine, built(options, OLD))
    assert built(options, WORDS) == ()
    (step,) = built(options, MOVED)
    assert step.changes[-1].text == "describe fees, fees.amount, fees.note"
    run(engine, (step,))
    assert words(engine) == {
        "fees": "What it is worth",
        "id": "The 'number' IS it",
        "amount": "In pence",
        "note": "",
    }
    assert built(options, MOVED, comments=True) == ()
    assert engine.migrate(step.postgres, step.postgres.rollback) == ""
    assert words(engine) == FIRST
