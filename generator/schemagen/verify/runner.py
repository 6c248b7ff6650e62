"""All proofs of one output folder, engine after engine."""

from __future__ import annotations

import re
import tempfile
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from schemagen.databases.prerequisites import PREREQUISITES_FILE
from schemagen.databases.refusals import StatementError
from schemagen.databases.roles import refuse_bound
from schemagen.databases.scratch import Database, PostgresEngine, SqliteEngine
from schemagen.datagen.test_rows import SampleRows
from schemagen.engines.attached import roles_of
from schemagen.schema.dialect import DIALECTS

from .codes import Code
from .context import ProofContext
from .models.process import Models, ModelsError
from .proofs.agreement import compare_engines
from .proofs.cascades import prove_cascades
from .proofs.classes import prove_classes, prove_signatures
from .proofs.constraints import prove_constraints, prove_verdicts
from .proofs.documents import Rendered, prove_documents, prove_generated
from .proofs.equivalence import migrate, migration_scripts, prove_equivalence, prove_rollbacks
from .proofs.examples import prove_examples
from .proofs.file_integrity import prove_file_integrity
from .proofs.key_changes import prove_key_changes
from .proofs.latency import measure
from .proofs.model_defaults import prove_defaults
from .proofs.model_updates import prove_refreshed
from .proofs.model_values import prove_refused_values
from .proofs.nearest import prove_nearest
from .proofs.numbering import prove_numbering
from .proofs.own_steps import prove_steps
from .proofs.owners import prove_owners
from .proofs.query_plans import prove_queries
from .proofs.relations import prove_relationships
from .proofs.rows_kept import prove_rows_kept
from .proofs.searches import prove_searches
from .proofs.triggers import prove_row_rules
from .proofs.views import compare_views, view_rows
from .report import BOTH, Claim, Ledger, TooManyFailures, collected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from schemagen.base.diagnostics import Origin, Span
    from schemagen.base.layout import Output
    from schemagen.databases.memory import Row
    from schemagen.databases.scratch import Engine
    from schemagen.databases.servers import Server
    from schemagen.schema.model import Schema

    from .focus import Focus
    from .proofs.views import ViewRows
    from .report import Latency, Report


_FORCES = re.compile(r"(?<!\bNO )\bFORCE\s+ROW\s+LEVEL\s+SECURITY\b", re.IGNORECASE)
_NO_TYPE = "42704"  # PostgreSQL, "Appendix A. PostgreSQL Error Codes"


@dataclass(frozen=True, slots=True)
class Scope:
    """What is proved: on which server (None: on SQLite alone), and whether times are measured, at which scale.

    ``before`` is a file of SQL that makes what PostgreSQL's migrations take for granted, such as types.
    ``focus`` leaves out what has not changed since another state; None proves all.
    ``scale`` is a part of each table's volume; None takes what gives the largest table 100,000 rows. ``file_integrity``
    is whether files are compared with the lock and with what a build writes, beside what they do. ``suppressed`` are
    the queries of ``suppressions``, ``place`` says where in the specs a part of the schema was written.
    """

    server: Server | None
    latency: bool = False
    scale: float | None = None
    seed: int = 0
    stop_at_failure: bool = False
    before: Path | None = None
    file_integrity: bool = True
    suppressed: frozenset[str] = frozenset()
    place: Callable[[Origin], Span | None] = lambda _: None
    focus: Focus | None = None


def prove(
    schema: Schema,
    output: Output,
    scope: Scope,
    progress: Callable[[str], None] = lambda _: None,
    models: Models | None = None,
    sample_rows: SampleRows | None = None,
) -> Report:
    """Prove everything that a schema claims of the files in an output folder.

    Args:
        schema: what is claimed.
        output: the files as they stand.
        scope: engines and measurements.
        progress: is told what is being proved.
        models: a process to use again; None starts one for this run.
        sample_rows: rows of an earlier run of the same schema; None recreates them.

    Raises:
        SchemagenError: when a server cannot be used.
    """
    if scope.server is not None and _forces_policies(output):
        refuse_bound(scope.server)
    started = time.perf_counter()
    ledger = Ledger(progress, scope.stop_at_failure, scope.place)
    latencies: list[Latency] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="schemagen-")))
        process = models or stack.enter_context(Models())
        rows = sample_rows or stack.enter_context(
            closing(SampleRows(schema, scope.seed, only=scope.focus.tables if scope.focus else None))
        )
        engines: list[Engine] = [SqliteEngine(folder)]
        if scope.server is not None:
            scope.server.add_roles(roles_of(schema.attached))
            has_vectors = "vector" in schema.extensions
            engines.append(PostgresEngine(scope.server, scope.before, has_vectors=has_vectors))
        subjects = [
            ProofContext(schema, output, engine, process, rows, ledger, scope.suppressed, scope.focus)
            for engine in engines
        ]
        with suppress(TooManyFailures):
            _prove_files(schema, output, scope, ledger)
            if _models_load(subjects[0]) and not (scope.focus and scope.focus.is_empty):
                _prove_engines(subjects)
                if scope.latency:
                    latencies += [latency for context in subjects for latency in measure(context, scope.scale)]
    names = tuple(engine.server for engine in engines)
    return collected(ledger, names, time.perf_counter() - started, tuple(latencies))


def _forces_policies(output: Output) -> bool:
    """Whether a migration makes policies bind the owner of a table, even where a later one takes that away."""
    scripts = migration_scripts(output, "postgres")
    return any(_FORCES.search(script.read_text(encoding="utf-8", errors="replace")) for script in scripts)


def _prove_files(schema: Schema, output: Output, scope: Scope, ledger: Ledger) -> None:
    """What can be reported of the files without a database."""
    rendered = Rendered(schema, output)
    prove_documents(ledger, rendered)
    if scope.file_integrity:
        prove_file_integrity(ledger, output)
        prove_generated(ledger, rendered)
    if scope.focus:
        with ledger.section(Claim.FILES, BOTH) as section:
            section.remark(scope.focus.describe())


def _models_load(context: ProofContext) -> bool:
    """Import the models, which are the same for every engine."""
    with context.ledger.section(Claim.MODELS, BOTH) as section:
        try:
            reported = context.models.load(context.output, context.schema)
        except ModelsError as error:
            section.fails("the models", "they can be imported", str(error), "import models")
            return False
        prove_classes(section, context.schema, reported, context.output)
        prove_signatures(section, context.schema, reported)
        prove_relationships(section, context.schema, reported)
    return True


def _prove_engines(subjects: list[ProofContext]) -> None:
    """What is made first, then how it behaves, then how it performs; each on every engine that migrated."""
    with ExitStack() as stack:
        databases = [(context, stack.enter_context(context.engine.database())) for context in subjects]
        migrated = [pair for pair in databases if _migrated(*pair)]
        subjects[0].ledger.steps = len(migrated) * (len(_PROOFS) + len(_LAST))
        for claim, proof in _PROOFS:
            for context, database in migrated:
                with _reported(context, claim):
                    proof(context, database)
        kept: list[dict[str, list[Row]]] = []
        viewed: list[ViewRows] = []
        for context, database in migrated:
            with _reported(context, Claim.AGREEMENT):
                kept.append(prove_verdicts(context, database))
                viewed.append(view_rows(context, database))
        if len(kept) == len(viewed) == len(DIALECTS):
            compare_engines(subjects[0].ledger, subjects[0].schema, *kept)
            compare_views(subjects[0].ledger, *viewed)
    for context, _ in migrated:
        with _reported(context, Claim.QUERIES):
            prove_queries(context)


_PROOFS: tuple[tuple[Claim, Callable[[ProofContext, Database], None]], ...] = (
    (Claim.CATALOG, prove_equivalence),
    (Claim.ROLLBACKS, prove_rollbacks),
    (Claim.ROWS, prove_rows_kept),
    (Claim.STEPS, prove_steps),
    (Claim.CONSTRAINTS, prove_numbering),
    (Claim.CONSTRAINTS, prove_constraints),
    (Claim.ROW_RULES, prove_row_rules),
    (Claim.ROW_RULES, prove_searches),
    (Claim.ROW_RULES, prove_nearest),
    (Claim.ROW_RULES, prove_owners),
    (Claim.CASCADES, prove_cascades),
    (Claim.CASCADES, prove_key_changes),
    (Claim.EXAMPLES, prove_examples),
    (Claim.MODELS, prove_defaults),
    (Claim.MODELS, prove_refreshed),
    (Claim.MODELS, prove_refused_values),
)
"""The proofs that want a migrated database and leave it empty; from `prove_numbering` on rows bring their numbers."""

_LAST = (Claim.AGREEMENT, Claim.QUERIES)
"""The proofs that come after them on each engine."""


@contextmanager
def _reported(context: ProofContext, claim: Claim) -> Iterator[None]:
    """One proof: a statement or a model that fails where it counts on it is a failure of the claim, and ends it."""
    context.ledger.step += 1
    try:
        yield
    except StatementError as error:
        with context.section(claim) as section:
            message, code = error.refusal.message, Code.OTHER_BEHAVIOUR
            section.fails("a statement of the proof", "it runs", message, error.statement, code=code)
    except ModelsError as error:
        with context.section(claim) as section:
            section.fails("the models", "they run", str(error), code=Code.OTHER_FILES)


def _migrated(context: ProofContext, database: Database) -> bool:
    with context.section(Claim.CATALOG) as section:
        try:
            migrate(database, context.output)
        except StatementError as error:
            section.fails(
                error.file, "the migration runs", error.reported, error.statement, code=Code.MIGRATION_REFUSED
            )
            if error.refusal.message.startswith(_NO_TYPE):
                section.remark(f"SQL that makes types and extensions goes beside the specs, in {PREREQUISITES_FILE}")
            return False
    return True
