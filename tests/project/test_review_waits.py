"""What `diff` says of locks, held against those that a server shows when a migration is about to commit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from programs.evolve_engines import Postgres
from programs.evolve_laws import make_pair, pair_of
from schemagen.engines.verdicts import Verdicts
from schemagen.migrations.first_build import first_build
from schemagen.project.review_waits import waits
from schemagen.schema.places import in_postgres
from support.engines import open_postgres

if TYPE_CHECKING:
    from programs.evolve_laws import Pair

CASES = sorted((Path(__file__).parents[1] / "cases/evolve").iterdir())
HELD = """SELECT concat(nullif(nspname, 'law') || '.', relname), mode FROM pg_locks JOIN pg_class c ON c.oid = relation
JOIN pg_namespace n ON n.oid = relnamespace WHERE locktype = 'relation' AND relkind IN ('r', 'p')
AND pid = pg_backend_pid() AND nspname <> 'pg_catalog'"""
NO_READERS = {"AccessExclusiveLock"}
NO_WRITERS = {"ShareLock", "ShareRowExclusiveLock", "ExclusiveLock"}
SEEDS = range(40)


def pair(case: str, folder: Path) -> Pair | None:
    if case.isdigit():
        return make_pair(int(case), folder)
    files = (CASES[0].parent / case / f"{name}.yaml" for name in ("old", "new"))
    old, new = (yaml.safe_load(file.read_text(encoding="utf-8")) for file in files)
    return pair_of(old, new, folder, 0)


def held(engine: Postgres, made: Pair) -> set[tuple[str, str]]:
    """The locks of the first migration before it commits, by the tables' old names."""
    before = {in_postgres(name): name for name in made.old.by_name}
    before |= {in_postgres(name): made.evolution.renames.old_table(name) for name in made.new.by_name}
    first, *rest = made.steps
    if rest and first.name.endswith("_values"):  # labels that the next one may use, which locks no table
        engine.run(first.postgres.statements)
        first = rest[0]
    with engine.connection.transaction(force_rollback=True):
        engine.run(first.postgres.statements)
        found = engine.ask(HELD)
    return {(before.get(name, name), mode) for name, mode in found}


@pytest.mark.parametrize("case", [*(case.name for case in CASES), *map(str, SEEDS)])
def test_the_locks_are_those_that_the_server_shows(case: str, tmp_path: Path, pg_database: str) -> None:
    made = pair(case, tmp_path)
    if made is None:
        return
    first = next((wait for wait in waits(made.evolution, Verdicts(made.evolution)) if "in one" in wait.runs), None)
    old = set(made.old.by_name)
    with open_postgres(pg_database) as connection:
        connection.execute("SET client_min_messages = error")
        engine = Postgres(connection)
        for step in first_build(made.old):
            engine.run(step.postgres.statements)
        locks = held(engine, made) if made.steps else set[tuple[str, Any]]()
    locked = {name for name, mode in locks if mode in NO_READERS and name in old}
    written = {name for name, mode in locks if mode in NO_WRITERS and name in old} - locked
    if first is None or first.engine != "PostgreSQL":
        assert (locked, written) == (set(), set())
        return
    assert locked <= set(first.locked)
    assert written <= {*first.locked, *first.written}
    gone = {table.name for table in made.evolution.dropped}  # the server shows no name of what is dropped
    assert {*first.locked, *first.written} - gone <= locked | written, "more is said than is locked"
