"""Which rules stop a migration, in words; that the queries find just those rows is a law of `evolve_laws`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from programs.evolve_engines import Postgres, Sqlite
from programs.evolve_laws import offenders, pair_of
from schemagen.changes.migration import Statement
from schemagen.engines.offenders import stops_of
from schemagen.migrations.first_build import first_build
from support.engines import open_postgres

if TYPE_CHECKING:
    from pathlib import Path

OLD = """
schemagen: 1
tables:
  users:
    columns: {id: {type: integer, primary_key: true}, code: {type: text, nullable: true}}
  notes:
    columns:
      id: {type: integer, primary_key: true}
      owner: {type: integer, nullable: true}
      body: {type: text}
      size: {type: integer, nullable: true}
"""
ROWS = (
    "INSERT INTO users (id, code) VALUES (1, 'a'), (2, 'a'), (3, NULL), (4, NULL)",
    "INSERT INTO notes (id, owner, body, size) VALUES (1, 1, 'Long', 7), (2, 9, '', NULL), (3, NULL, 'long', 40000)",
)
BODIES = [(1, "Long"), (3, "long")]
SMALL = {"type": "smallint", "nullable": True}
CASES = [
    ({"users": {"unique": [{"columns": ["code"]}]}}, "two rows of users have the same code", [("a", 2)]),
    (
        {"notes": {"indexes": [{"columns": [{"sql": "lower(body)"}], "unique": True, "name": "u", "where": "id > 0"}]}},
        "two rows of notes have the same `lower(body)` where `id > 0`",
        [("long", 2)],
    ),
    ({"notes": {"checks": {"some": {"sql": "body <> ''"}}}}, "a row of notes breaks `body <> ''`", [(2, "")]),
    (
        {"notes.owner": {"type": "integer", "nullable": True, "references": "users.id", "on_delete": "cascade"}},
        "a row of notes refers to no row of users (owner)",
        [(2, 9)],
    ),
    ({"notes.size": {"type": "integer"}}, "notes.size is NULL in a row", [(2, None)]),
    (
        {"notes.stars": {"type": "integer", "nullable": True, "check": "stars > 0"}},
        "a row of notes breaks `stars > 0`",
        [],
    ),
    (
        {"notes.size": {"type": "integer", "backfill": {"sql": "owner"}, "renamed_from": "size"}},
        "the backfill of notes.size gives NULL",
        [],
    ),
    (
        {"notes.body": {"type": "varchar(3)"}},
        "a value of notes.body does not fit varchar(3)",
        [(1, "Long"), (3, "long")],
    ),
    (
        {"notes.size": {"type": "smallint", "nullable": True}},
        "a value of notes.size does not fit smallint",
        [(3, 40000)],
    ),
    ({"users.name": {"type": "text"}}, "users has a row, as name can't be NULL", [(1,), (2,), (3,), (4,)]),
    (
        {"users.name": {"type": "text", "backfill": {"sql": "code"}}},
        "the backfill of users.name gives NULL",
        [(3, None), (4, None)],
    ),
    (
        {"users.name": {"type": "varchar(2)", "nullable": True, "backfill": {"sql": "code || code || code"}}},
        "what the backfill of users.name gives does not fit varchar(2)",
        [(1, "aaa"), (2, "aaa")],
    ),
]


def edited(edit: dict[str, dict[str, Any]]) -> dict[str, Any]:
    spec: dict[str, Any] = yaml.safe_load(OLD)
    for place, values in edit.items():
        table, _, column = place.partition(".")
        part = spec["tables"][table]
        if column:
            part["columns"][column] = values
        else:
            part.update(values)
    return spec


@pytest.mark.parametrize(("edit", "reason", "rows"), CASES, ids=[case[1] for case in CASES])
def test_the_rows_are_found_on_both_engines(
    edit: dict[str, dict[str, Any]], reason: str, rows: list[tuple[Any, ...]], tmp_path: Path, any_pg_database: str
) -> None:
    pair = pair_of(yaml.safe_load(OLD), edited(edit), tmp_path, 0)
    assert pair is not None
    assert reason in [stop.reason for _, stop in stops_of(pair.evolution)]
    with open_postgres(any_pg_database) as connection:
        for engine in (Sqlite(), Postgres(connection)):
            for step in first_build(pair.old):
                engine.run(step.for_dialect(engine.dialect).statements)
            engine.run(map(Statement, ROWS))
            found = offenders(engine, pair.evolution).get(reason, [])
            assert sorted(map(repr, found)) == sorted(map(repr, rows)), engine.dialect


def test_what_holds_already_stops_nothing(tmp_path: Path) -> None:
    held = edited({"users.id": {"type": "integer", "primary_key": True}})
    more = edited({"users": {"unique": [{"columns": ["id", "code"]}]}})
    pair = pair_of(held, more, tmp_path, 0)
    assert pair is not None
    assert stops_of(pair.evolution) == ()


def test_a_table_that_becomes_strict_asks_sqlite_alone(tmp_path: Path) -> None:
    lax = edited({"notes": {"sqlite": {"strict": False, "parity": False}}})
    pair = pair_of(lax, yaml.safe_load(OLD), tmp_path, 0)
    assert pair is not None
    engine = Sqlite()
    for step in first_build(pair.old):
        engine.run(step.sqlite.statements)
    engine.run([Statement("INSERT INTO notes (id, body, size) VALUES (1, 'a', 'many')")])
    assert offenders(engine, pair.evolution) == {"a value of notes.size does not fit integer": [(1, "many")]}
    assert {stop.postgres for _, stop in stops_of(pair.evolution)} == {None}
