"""Laws of evolution: for random pairs of specs A → B with rows, on both engines.

The migrated catalog is that of a fresh build of B; every row is there with what it held; the rollback leads to A's
catalog with every row; or the database refuses, and then nothing has changed. For some of them a third spec follows:
A → B → C leads to the catalog of A → C. ``make evolve N=… SEED=…`` runs many.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from programs.evolve_engines import BrokenLawError, Engine, Postgres, Rows, Sqlite, rows_of
from programs.evolve_specs import Spec, make_specs, resolve
from schemagen.changes.diff import Evolution, evolve
from schemagen.changes.migration import Statement
from schemagen.changes.renames import renames_of
from schemagen.changes.safety import losses
from schemagen.databases.embedded import embedded_server
from schemagen.databases.memory import insert
from schemagen.databases.servers import connect
from schemagen.datagen.fill import Filler
from schemagen.datagen.synthetic import Unfillable
from schemagen.engines.catalog_differences import differences
from schemagen.engines.dialects import POSTGRES, SQLITE
from schemagen.engines.offenders import stops_of
from schemagen.migrations.first_build import first_build
from schemagen.migrations.next_build import next_steps
from schemagen.sql.validate import validate_statements

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from schemagen.changes.migration import Migration, Step
    from schemagen.engines.catalog import Catalog
    from schemagen.schema.model import Schema

DETOUR_EVERY = 5
"""Each pair whose seed is a multiple of it is led on to a third schema."""


def kept_rows(before: Rows, after: Rows, evolution: Evolution) -> None:
    """Every row of a table that stays is there, with its values in columns whose type is the same.

    Raises:
        BrokenLawError: when one is not.
    """
    for change in (*evolution.altered, *(evolution.unchanged(n) for n in _unaltered(evolution))):
        old, new = change.old, change.new
        if len(before[old.name]) != len(after[new.name]):
            raise BrokenLawError(f"{len(before[old.name])} rows of {old.name}, {len(after[new.name])} of {new.name}")
        same = [
            (list(old.by_name).index(was), list(new.by_name).index(name))
            for name, was in change.columns
            if old.column(was).type == new.column(name).type
            and new.column(name).generated is None
            and not (old.column(was).nullable and new.column(name).backfill)
        ]
        one = sorted([tuple(row[i] for i, _ in same) for row in before[old.name]], key=repr)
        other = sorted([tuple(row[j] for _, j in same) for row in after[new.name]], key=repr)
        if one != other:
            raise BrokenLawError(f"other values in {new.name}: {one} became {other}")


def _unaltered(evolution: Evolution) -> list[str]:
    altered = {change.new.name for change in evolution.altered}
    created = {table.name for table in evolution.created}
    return [table.name for table in evolution.new.tables if table.name not in altered | created]


def same_catalog(engine: Engine, wanted: Catalog, what: str) -> None:
    found = differences(engine.catalog(), wanted)
    if found:
        raise BrokenLawError(f"{what}: " + "; ".join(each.sentence("the migrated", "the fresh") for each in found))


@dataclass
class Pair:
    """Two schemas, the steps between them, and rows of the first."""

    old: Schema
    new: Schema
    evolution: Evolution
    back: Evolution
    steps: tuple[Step, ...]
    rows: dict[str, list[dict[str, Any]]]


def make_pair(seed: int, folder: Path) -> Pair | None:
    """The pair of a seed; None where it makes no valid one."""
    first, second, _ = make_specs(seed)
    return pair_of(first, second, folder, seed)


def pair_of(first: Spec, second: Spec, folder: Path, seed: int) -> Pair | None:
    old = resolve(first, folder)
    new = resolve(second, folder, old)
    if old is None or new is None:
        return None
    evolution = evolve(old, new, renames_of(old, new))
    steps = next_steps(evolution, len(first_build(old)) + 1, losses(evolution))
    try:
        filler = Filler(old, [table.name for table in old.tables], seed)
        rows = filler.fill({table.name: 4 for table in old.tables})
    except Unfillable:
        rows = {}
    back = evolve(new, old, evolution.renames.reversed())
    return Pair(old, new, evolution, back, steps, rows)


def load_rows(engine: Engine, pair: Pair) -> None:
    dialect = SQLITE if engine.dialect == "sqlite" else POSTGRES
    for table in pair.old.tables:
        for row in pair.rows.get(table.name, []):
            try:
                engine.run([Statement(insert(dialect, table, [row]))])
            except (sqlite3.IntegrityError, psycopg.errors.IntegrityError):
                continue  # a touch has set two parents to one time, in a column that is unique


def law(
    engine: Engine,
    pair: Pair,
    fresh_old: Catalog,
    fresh_new: Catalog,
    *,
    filled: bool,
    load: Callable[[Engine], None] | None = None,
) -> str:
    """Check the laws; what the outcome was. ``load`` puts rows in, else those of the pair."""
    for step in first_build(pair.old):
        engine.run(step.for_dialect(engine.dialect).statements)
    if filled and load:
        load(engine)
    elif filled:
        load_rows(engine, pair)
    found = offenders(engine, pair.evolution)
    outcome = there_and_back(engine, pair, fresh_old, fresh_new, filled=filled)
    if outcome.startswith("refused") != bool(found):
        raise BrokenLawError(f"{outcome}, where the queries for offenders find {found or 'none'}")
    return outcome


def offenders(engine: Engine, evolution: Evolution) -> dict[str, list[tuple[Any, ...]]]:
    """The rows before which a migration is said to stop, by the reason."""
    found = {}
    for _, stop in stops_of(evolution):
        query = stop.sqlite if engine.dialect == "sqlite" else stop.postgres
        if query is not None and (rows := engine.ask(query)):
            found[stop.reason] = rows
    return found


def there_and_back(  # noqa: C901  (one story: forth, back, and every way to be refused)
    engine: Engine, pair: Pair, fresh_old: Catalog, fresh_new: Catalog, *, filled: bool
) -> str:
    """Migrate and roll back, and what became of it."""
    before = rows_of(engine, pair.old)
    for number, step in enumerate(pair.steps):
        migration = step.for_dialect(engine.dialect)
        refused = migrate(engine, migration, migration.statements)
        if refused and not filled:
            raise BrokenLawError(f"refused without rows: {refused}")
        if refused and number == 0:
            same_catalog(engine, fresh_old, f"after a refusal ({refused})")
            if rows_of(engine, pair.old) != before:
                raise BrokenLawError("rows have changed by a refused migration")
            return "refused"
        if refused:
            for done in reversed(pair.steps[:number]):
                taken_back = done.for_dialect(engine.dialect)
                if migrate(engine, taken_back, taken_back.rollback):
                    return "refused online, rollback refused"
            same_catalog(engine, fresh_old, f"rolled back after a refusal ({refused})")
            return "refused online"
    engine.check_clean()
    same_catalog(engine, fresh_new, "migrated")
    after = rows_of(engine, pair.new)
    kept_rows(before, after, pair.evolution)
    for step in reversed(pair.steps):
        migration = step.for_dialect(engine.dialect)
        refused = migrate(engine, migration, migration.rollback)
        if refused and not filled:
            raise BrokenLawError(f"rollback refused without rows: {refused}")
        if refused:
            same_catalog(engine, fresh_new, f"after a refused rollback ({refused})")
            if rows_of(engine, pair.new) != after:
                raise BrokenLawError("rows have changed by a refused rollback")
            return "rollback refused"
    engine.check_clean()
    same_catalog(engine, fresh_old, "rolled back")
    kept_rows(after, rows_of(engine, pair.old), pair.back)
    return "kept"


def migrate(engine: Engine, migration: Migration, statements: Sequence[Statement]) -> str:
    return engine.migrate(migration, statements) if statements else ""


def fresh(engine: Engine, schema: Schema) -> Catalog:
    for step in first_build(schema):
        engine.run(step.for_dialect(engine.dialect).statements)
    return engine.catalog()


def engine_makers(connection: psycopg.Connection[Any] | None) -> list[Callable[[], Engine]]:
    """New, empty databases of SQLite and, with a connection, of PostgreSQL."""
    return [Sqlite] if connection is None else [Sqlite, lambda: Postgres(connection)]


def check_pair(pair: Pair, connection: psycopg.Connection[Any] | None) -> Counter[str]:
    """The laws of one pair on both engines, with rows and without.

    Raises:
        BrokenLawError: when one does not hold.
    """
    outcomes: Counter[str] = Counter()
    for make in engine_makers(connection):
        catalogs = []
        for schema in (pair.old, pair.new):
            engine = make()
            catalogs.append(fresh(engine, schema))
            engine.close()
        outcome = ""
        for filled in (True, False):
            if outcome == "kept":  # without rows it would be the same way again
                break
            engine = make()
            try:
                outcome = law(engine, pair, *catalogs, filled=filled)
            except (sqlite3.Error, psycopg.Error) as error:
                raise BrokenLawError(f"{type(error).__name__}: {error}") from error
            finally:
                engine.close()
            if filled:
                outcomes[f"{engine.dialect}: {outcome}"] += 1
    _is_parsed(pair)
    return outcomes


def _is_parsed(pair: Pair) -> None:
    if pair.old.attached or pair.new.attached:
        return  # an author's own SQL is read by its engine alone
    problems = validate_statements(
        (each.sql, migration.dialect)
        for step in pair.steps
        for migration in (step.sqlite, step.postgres)
        for each in (*migration.statements, *migration.rollback)
    )
    if problems:
        raise BrokenLawError(f"not parsed: {problems[0][1]}")


def check_detour(seed: int, folder: Path, connection: psycopg.Connection[Any] | None) -> str:
    """A → B → C leads to the catalog of A → C on both engines, without rows; what the outcome was.

    Raises:
        BrokenLawError: when it does not.
    """
    first, second, third = (resolve(spec, folder) for spec in make_specs(seed))
    if first is None or second is None or third is None:
        return "invalid"
    for make in engine_makers(connection):
        straight = walked(make(), (first, third))
        found = differences(walked(make(), (first, second, third)), straight)
        if found:
            words = "; ".join(each.sentence("the one by way of B", "the straight one") for each in found)
            raise BrokenLawError(f"detour: {words}")
    return "same"


def walked(engine: Engine, schemas: Sequence[Schema]) -> Catalog:
    """The catalog of the last schema: the first is built, and migrated to each of the others; closes the engine.

    Raises:
        BrokenLawError: when a migration fails, though there are no rows.
    """
    try:
        fresh(engine, schemas[0])
        number = len(first_build(schemas[0]))
        for old, new in pairwise(schemas):
            evolution = evolve(old, new, renames_of(old, new))
            for step in next_steps(evolution, number + 1, losses(evolution)):
                number = step.number
                migration = step.for_dialect(engine.dialect)
                refused = migrate(engine, migration, migration.statements)
                if refused:
                    raise BrokenLawError(f"refused without rows: {refused}")
        return engine.catalog()
    except (sqlite3.Error, psycopg.Error) as error:
        raise BrokenLawError(f"{type(error).__name__}: {error}") from error
    finally:
        engine.close()


def main(count: int, seed: int, *, postgres: bool = True) -> int:
    """Run many pairs; the number of those that break a law."""
    outcomes: Counter[str] = Counter()
    failures = 0
    with (
        tempfile.TemporaryDirectory() as name,
        embedded_server(18).database() as url,
        connect(url, autocommit=True) as connection,
    ):
        connection.execute("SET client_min_messages = error")
        for each in range(seed, seed + count):
            pair = make_pair(each, Path(name))
            if pair is None:
                outcomes["invalid"] += 1
                continue
            try:
                outcomes += check_pair(pair, connection if postgres else None)
                if each % DETOUR_EVERY == 0:
                    outcomes[f"detour: {check_detour(each, Path(name), connection if postgres else None)}"] += 1
            except (BrokenLawError, sqlite3.Error, psycopg.Error) as error:
                failures += 1
                words = [change.describe() for change in pair.evolution.changes]
                print(f"seed {each}: {str(error)[:600]}\n    {words}", flush=True)  # noqa: T201
                connection.execute("ROLLBACK")
    print(f"{count} pairs from seed {seed}: {failures} broken; {dict(sorted(outcomes.items()))}")  # noqa: T201
    return failures


if __name__ == "__main__":
    sys.exit(1 if main(int(sys.argv[1]), int(sys.argv[2]), postgres=sys.argv[3:] != ["sqlite"]) else 0)
