"""Steps of the author's own: on the rows of their proof, run twice, and taken back, in a database of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.databases.refusals import StatementError
from schemagen.migrations.history import lock_content
from schemagen.migrations.lock import loads
from schemagen.verify.report import Claim
from schemagen.verify.snapshots import snapshot

from .equivalence import migration_scripts, rollback_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from schemagen.databases.scratch import Database
    from schemagen.migrations.own_steps import StepRecord
    from schemagen.schema.dialect import Sql
    from schemagen.verify.context import ProofContext
    from schemagen.verify.report import Section


def prove_steps(context: ProofContext, _: Database) -> None:
    """Each numbered step of the lock that has rows of a proof does what they say."""
    content = lock_content(context.output)
    for record in loads(content).steps if content else ():
        if record.number is None:
            continue
        with context.section(Claim.STEPS) as section:
            if record.given:
                _prove(context, section, record)
            else:
                section.untried(f"step {record.name} has no `proof`, so nothing says what it does")


def _prove(context: ProofContext, section: Section, record: StepRecord) -> None:
    scripts = migration_scripts(context.output, context.dialect.name)
    step = scripts[(record.number or 0) - 1]
    with context.engine.database() as database:
        try:
            for script in scripts[: (record.number or 0) - 1]:
                database.run_script(script)
            for sql in record.given:
                database.run(sql.for_dialect(context.dialect.name) or "")
            _holds(section, database, record.before, f"the rows before step {record.name}")
            database.run_script(step)
            _prove_done(section, database, record, step)
            database.run_script(rollback_of(step))
            _holds(section, database, record.before, f"the rows after the rollback of step {record.name}")
        except StatementError as error:
            section.fails(f"step {record.name}", "it runs on the rows of its proof", error.reported, error.statement)


def _prove_done(section: Section, database: Database, record: StepRecord, step: Path) -> None:
    before = snapshot(database)
    database.run_script(step)
    changed = "; ".join(before.changes(snapshot(database)))
    section.equal(f"step {record.name} run again", "nothing has changed", changed or "nothing has changed", step.name)
    _holds(section, database, record.after, f"the rows after step {record.name}")
    rest = record.rest.for_dialect(database.dialect.name) if record.rest else None
    if rest:
        left = len(database.run(rest))
        section.equal(
            f"`done` of step {record.name}", "it finds no row", f"it finds {left}" if left else "it finds no row", rest
        )


def _holds(section: Section, database: Database, queries: Iterable[Sql], what: str) -> None:
    for sql in queries:
        text = sql.for_dialect(database.dialect.name) or ""
        ((found,),) = database.run(text)
        section.equal(what, "this is true", "this is true" if found else "it is not", text)
