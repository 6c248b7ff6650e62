"""All proofs of one output folder, engine after engine."""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .cascades import prove_cascades
from .databases import PostgresEngine, SqliteEngine, StatementError
from .examples import prove_examples
from .latency import measure
from .material import Material
from .models import Models, ModelsError
from .negative import prove_constraints, prove_verdicts
from .plans import prove_queries
from .relations import prove_relationships
from .report import Claim, Ledger, TooManyFailures, collected
from .roads import migrate, prove_roads, prove_rollbacks
from .row_rules import prove_row_rules
from .subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from schemagen.model import Schema

    from .databases import Database, Engine
    from .fill import Row
    from .report import Latency, Report
    from .servers import Server


@dataclass(frozen=True, slots=True)
class Scope:
    """What is proved: on which server (None: on SQLite alone), and whether times are measured, at which scale.

    ``scale`` is a part of each table's volume; None takes what gives the largest table 100,000 rows.
    """

    server: Server | None
    latency: bool = False
    scale: float | None = None
    seed: int = 0
    stop_at_failure: bool = False


def prove(
    schema: Schema,
    output: Path,
    scope: Scope,
    progress: Callable[[str], None] = lambda _: None,
    models: Models | None = None,
) -> Report:
    """Prove everything that a schema claims of the files in an output folder.

    Args:
        schema: what is claimed.
        output: the files as they stand.
        scope: engines and measurements.
        progress: is told what is being proved.
        models: a process to use again; None starts one for this run.

    Raises:
        SchemagenError: when a server cannot be used.
    """
    started = time.perf_counter()
    ledger = Ledger(progress, scope.stop_at_failure)
    material = Material(schema, scope.seed)
    latencies: list[Latency] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="schemagen-")))
        process = models or stack.enter_context(Models())
        engines: list[Engine] = [SqliteEngine(folder)]
        if scope.server is not None:
            engines.append(PostgresEngine(scope.server))
        subjects = [Subject(schema, output, engine, process, material, ledger) for engine in engines]
        try:
            kept = [_prove_engine(subject) for subject in subjects if _models_load(subject)]
            if len(kept) == len(subjects) > 1:
                _compare_engines(ledger, schema, *kept)
            if scope.latency:
                for subject in subjects:
                    latencies += measure(subject, scope.scale)
        except TooManyFailures:
            pass
    names = tuple(engine.server for engine in engines)
    return collected(ledger, names, time.perf_counter() - started, tuple(latencies))


def _models_load(subject: Subject) -> bool:
    with subject.section(Claim.MODELS) as section:
        try:
            told = subject.models.load(subject.output, subject.schema)
        except ModelsError as error:
            section.fails("the models", "they can be imported", str(error), "import models")
            return False
        prove_relationships(section, subject.schema, told)
    return True


def _prove_engine(subject: Subject) -> dict[str, list[Row]]:
    """All proofs on one engine: the rows that it accepted where the spec was in doubt."""
    with subject.engine.database() as database:
        if not _migrated(subject, database):
            return {}
        prove_roads(subject, database)
        prove_rollbacks(subject)
        prove_constraints(subject, database)
        prove_row_rules(subject, database)
        prove_cascades(subject, database)
        prove_examples(subject, database)
        kept = prove_verdicts(subject, database)
    prove_queries(subject)
    return kept


def _migrated(subject: Subject, database: Database) -> bool:
    with subject.section(Claim.CATALOGUE) as section:
        try:
            migrate(database, subject.output)
        except StatementError as error:
            section.fails(error.statement, "the migration runs", error.refusal.message, error.statement)
            return False
    return True


def _compare_engines(
    ledger: Ledger, schema: Schema, sqlite: dict[str, list[Row]], postgres: dict[str, list[Row]]
) -> None:
    """The same rows, read back, are the same on both engines, generated columns among them."""
    with ledger.section(Claim.AGREEMENT, "both") as section:
        for name in sqlite.keys() & postgres.keys():
            for one, other in _unequal(schema, name, sqlite[name], postgres[name]):
                section.fails(f"a row of {name}", f"{one} (SQLite)", f"{other} (PostgreSQL)")
            section.holds(len(sqlite[name]))


def _unequal(schema: Schema, name: str, left: list[Row], right: list[Row]) -> Iterator[tuple[Row, Row]]:
    ours = {column.name for column in schema.table(name).columns if column.on_row_update}
    ours |= {key.touch for _, key in schema.children(name) if key.touch}
    for one, other in zip(left, right, strict=False):
        if any(one[column] != other[column] for column in one.keys() - ours):
            yield one, other
