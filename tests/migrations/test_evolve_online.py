"""Keys and indexes that become other ones of the same name: on PostgreSQL the old one stands until the new is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from programs.evolve_engines import Postgres
from programs.evolve_laws import fresh
from schemagen.changes.migration import Statement
from schemagen.migrations.first_build import first_build
from schemagen.project import pipeline
from schemagen.project.pipeline import Options

if TYPE_CHECKING:
    from schemagen.changes.migration import Migration
    from schemagen.schema.model import Schema

CASE = Path(__file__).parents[1] / "cases/evolve/indexes_and_keys_of_the_same_name"
NAMES = ("pk_rooms", "uq_rooms_known_as", "idx_rooms_search", "idx_rooms_once")
BREAKS_BOTH = "INSERT INTO rooms (house, number, label, floor) VALUES (2, 1, 'cellar', 3)"


def build_both(folder: Path, *texts: str) -> tuple[Schema, Schema, Migration, Migration]:
    """The schema before and after, and both migrations for PostgreSQL."""
    options = Options(folder / "specs", folder / "output")
    options.specs.mkdir()
    schemas = []
    for text in texts:
        (options.specs / "case.yaml").write_text(text, encoding="utf-8")
        schemas.append(pipeline.load(options).schema)
        steps = pipeline.build(options).steps
    first, second = (step.for_dialect("postgres") for step in steps)
    return schemas[0], schemas[1], first, second


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Schema, Schema, Migration, Migration]:
    """Those of the case."""
    texts = ((CASE / f"{name}.yaml").read_text(encoding="utf-8") for name in ("old", "new"))
    return build_both(tmp_path_factory.mktemp("same_name"), *texts)


def begun(connection: psycopg.Connection[Any], old: Schema, first: Migration) -> Postgres:
    """The old catalog with its rows, and the first migration done."""
    engine = Postgres(connection)
    for step in first_build(old):
        engine.run(step.for_dialect("postgres").statements)
    engine.run(map(Statement, (CASE / "rows.sql").read_text(encoding="utf-8").splitlines()))
    assert engine.migrate(first, first.statements) == ""
    return engine


def definitions(engine: Postgres) -> dict[str, str]:
    found = engine.ask("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'law' ORDER BY indexname")
    return {name: definition for name, definition in found if name in NAMES}


def test_the_old_ones_stand_until_the_new_ones_are_there(
    connection: psycopg.Connection[Any], built: tuple[Schema, Schema, Migration, Migration]
) -> None:
    old, _, first, second = built
    engine = begun(connection, old, first)
    before = definitions(engine)
    assert before.keys() == set(NAMES)
    for statement in second.statements:
        engine.run([statement])
        assert definitions(engine).keys() == set(NAMES)
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(BREAKS_BOTH)
    assert all(definitions(engine)[name] != before[name] for name in NAMES)


def test_wherever_it_is_interrupted_it_can_be_run_again(
    connection: psycopg.Connection[Any], built: tuple[Schema, Schema, Migration, Migration]
) -> None:
    old, new, first, second = built
    wanted = fresh(Postgres(connection), new)
    for done in range(len(second.statements) + 1):
        engine = begun(connection, old, first)
        engine.run(second.statements[:done])
        assert engine.migrate(second, second.statements) == ""
        assert engine.catalog() == wanted, done


def test_wherever_it_is_interrupted_the_rollback_leads_back(
    connection: psycopg.Connection[Any], built: tuple[Schema, Schema, Migration, Migration]
) -> None:
    old, _, first, second = built
    wanted = fresh(Postgres(connection), old)
    for done in range(len(second.statements) + 1):
        engine = begun(connection, old, first)
        engine.run(second.statements[:done])
        assert engine.migrate(first, first.rollback) == ""
        assert engine.catalog() == wanted, done


def test_an_index_that_was_not_completed_takes_no_place(
    connection: psycopg.Connection[Any], built: tuple[Schema, Schema, Migration, Migration]
) -> None:
    """Rows that the new key refuses: also a runner that goes on after the error leaves the old one where it is."""
    old, new, first, second = built
    swapped = NAMES[1]
    engine = begun(connection, old, first)
    own = [statement for statement in second.statements if swapped in statement.sql]
    drop, create, place = own
    connection.execute("ALTER TABLE rooms DROP CONSTRAINT uq_rooms_known_as")
    connection.execute("ALTER TABLE rooms ADD CONSTRAINT uq_rooms_known_as UNIQUE (label, floor)")
    before = definitions(engine)[swapped]
    connection.execute("INSERT INTO rooms (house, number, label, floor) VALUES (1, 9, 'attic', 4)")
    engine.run([drop])
    with pytest.raises(psycopg.errors.UniqueViolation):
        engine.run([create])
    engine.run([place])
    assert definitions(engine)[swapped] == before
    with pytest.raises(psycopg.errors.UniqueViolation):
        engine.run(second.statements)
    connection.execute("DELETE FROM rooms WHERE number = 9")
    engine.run(second.statements)
    assert engine.catalog() == fresh(Postgres(connection), new)


def test_a_reference_waits_for_the_unique_index_that_it_needs(
    connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    text = "schemagen: 1\ntables:\n  people:\n    columns:\n      id: {type: integer, primary_key: true}\n"
    text += "      badge: {type: integer}\n%s  doors:\n    columns:\n      id: {type: integer, primary_key: true}\n"
    text += "      badge: {type: integer, nullable: true%s}\n"
    index = "    indexes:\n      - {columns: [badge], unique: true}\n"
    key = ", references: people.badge, on_delete: set null"
    old, new, first, second = build_both(tmp_path, text % ("", ""), text % (index, key))
    wanted = fresh(Postgres(connection), new)
    engine = Postgres(connection)
    for step in first_build(old):
        engine.run(step.for_dialect("postgres").statements)
    assert [engine.migrate(each, each.statements) for each in (first, second)] == ["", ""]
    assert engine.catalog() == wanted


READINGS = """schemagen: 1
tables:
  readings:
    columns:
      id: {type: integer, primary_key: true}
      label: {type: varchar(50), check: length(label) > 0}
      kind: {type: varchar(20), default: a}
      note: {type: varchar(30), nullable: true}
    indexes:
      - {columns: [label], where: "kind <> 'b'"}
      - columns: [{sql: lower(note)}]
"""


@pytest.mark.parametrize(
    ("before", "after", "allow"),
    [
        ("varchar(50)", "varchar(80)", []),
        ("varchar(50)", "text", []),
        ("type: varchar(50)", "type: text, max_length: 1000", []),
        ("type: varchar(20)", "enum: [a, b]", ["enum:readings.kind"]),
        ("note: {type: varchar(30), nullable: true", "note: {type: text, backfill: {sql: kind}", []),
    ],
)
def test_no_row_is_read_while_nobody_else_may_read(
    connection: psycopg.Connection[Any], tmp_path: Path, before: str, after: str, allow: list[str]
) -> None:
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    (options.specs / "case.yaml").write_text(READINGS, encoding="utf-8")
    old = pipeline.load(options).schema
    pipeline.build(options)
    (options.specs / "case.yaml").write_text(READINGS.replace(before, after), encoding="utf-8")
    (first, *_) = pipeline.build(options, allow=allow).steps
    engine = Postgres(connection)
    for step in first_build(old):
        engine.run(step.for_dialect("postgres").statements)
    connection.execute("INSERT INTO readings (id, label) SELECT n, 'x' FROM generate_series(1, 100) AS n")
    files = "SELECT relname, pg_relation_filenode(oid) FROM pg_class WHERE relname ~ 'readings' ORDER BY 1"
    read = "SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relid = 'readings'::regclass"
    locked = "SELECT count(*) FROM pg_locks WHERE relation = 'readings'::regclass AND mode = 'AccessExclusiveLock'"
    with connection.transaction():
        stood = dict(engine.ask(files))
        for statement in first.for_dialect("postgres").statements:
            rows = engine.ask(read)
            engine.run([statement])
            if engine.ask(locked) != [(0,)]:
                assert engine.ask(read) == rows, statement.sql
        assert all(stood[name] == file for name, file in engine.ask(files) if name in stood)


def test_a_backfill_that_is_run_again_leaves_what_has_become_null(
    connection: psycopg.Connection[Any], tmp_path: Path
) -> None:
    text = "schemagen: 1\ntables:\n  notes:\n    columns:\n      id: {type: integer, primary_key: true}\n"
    added = "      size: {type: integer, nullable: true, backfill: {sql: id * 10}}\n"
    old, new, first, second = build_both(tmp_path, text, text + added)
    wanted = fresh(Postgres(connection), new)
    engine = Postgres(connection)
    for step in first_build(old):
        engine.run(step.for_dialect("postgres").statements)
    connection.execute("INSERT INTO notes (id) VALUES (1), (2)")
    assert engine.migrate(first, first.statements) == ""
    assert engine.migrate(first, first.statements) == ""
    engine.run(second.statements)
    connection.execute("UPDATE notes SET size = NULL WHERE id = 1")
    for migration in (first, second):
        assert engine.migrate(migration, migration.statements) == ""
    assert engine.ask("SELECT id, size FROM notes ORDER BY id") == [(1, None), (2, 20)]
    assert engine.catalog() == wanted
    assert engine.migrate(first, first.rollback) == ""
    assert engine.catalog() == fresh(Postgres(connection), old)
