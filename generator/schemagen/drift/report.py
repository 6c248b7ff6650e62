"""The report of `verify --database`: each difference with the SQL that repairs it, and all of it as one script."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from glob import escape
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Change, Diagnostic, SchemagenError, Severity
from schemagen.base.escape import markdown, markdown_code
from schemagen.databases.prerequisites import prerequisites_beside
from schemagen.databases.servers import external_server
from schemagen.importer.importing import import_catalog
from schemagen.importer.proof import schema_of
from schemagen.project.pipeline import load
from schemagen.schema.model import Schema
from schemagen.targets.docs.markdown import blocks, fence

from .drift import drift, steps_of_specs, steps_until
from .repair import DifferenceFix, repair

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schemagen.changes.migration import Step
    from schemagen.databases.servers import Server
    from schemagen.engines.catalog import Catalog
    from schemagen.engines.catalog_differences import CatalogDifference
    from schemagen.importer.sources import Request
    from schemagen.project.pipeline import Options

    from .drift import Drift
    from .repair import Repair

DRIFT = "SG480"
OTHER_VERSION = "SG482"
NOT_PLANNED = "SG483"
NOT_COMPARED = "SG484"
OTHER_WORDS = "SG428"


@dataclass(frozen=True, slots=True)
class Compared:
    """What a live database is compared with, and what may be lost on the way there.

    ``at`` is a migration of the lock; None stands for the specs. ``ignore`` are patterns of tables. ``postgres`` is the
    URL of a server on which PostgreSQL's side is made; None is the embedded one.
    """

    at: int | None = None
    ignore: Sequence[str] = ()
    allow: Sequence[str] = ()
    postgres: str | None = None


@dataclass(frozen=True, slots=True)
class DriftReport:
    """How a database differs from the ``goal``, which is named in words, and the script that leads there.

    ``missing`` are the words that would allow what is missing in the script; ``accepted`` counts differences that are
    ignored.
    """

    goal: str
    diagnostics: tuple[Diagnostic, ...]
    sql: str = ""
    missing: tuple[str, ...] = ()
    accepted: int = 0

    @property
    def heading(self) -> str:
        """What is said above the script."""
        if not self.missing:
            return f"This would bring the database to {self.goal}; nothing was run:"
        words = ", ".join(f"--allow {word}" for word in self.missing)
        return f"This would bring the database nearer to {self.goal}, without what needs {words}; nothing was run:"


def drift_report(options: Options, database: Request, compared: Compared) -> DriftReport:
    """Compare a live database, which is only read, with the specs or with a migration of the lock.

    Raises:
        SchemagenError: for mistakes in the specs, a migration that is not there (SG481), and a database that cannot be
            read (SG47x).
    """
    goal = "the specs" if compared.at is None else f"migration {compared.at}"
    schema, steps = _goal(options, compared.at)
    server = external_server(compared.postgres) if compared.postgres else None
    found = drift(database, steps, compared.ignore, server, prerequisites_beside(options.specs))
    beside = (*_not_compared(found), *_other_words(found))
    if not found.differences:
        return DriftReport(goal, beside, accepted=found.accepted)
    wanted = _imported(found.wanted, server) if schema is None else schema
    planned = repair(found.live, wanted, found.differences, compared.allow, server)
    return DriftReport(goal, (*_diagnostics(goal, found, planned), *beside), planned.sql, _words(planned))


def _words(planned: Repair) -> tuple[str, ...]:
    return tuple(dict.fromkeys(loss.allow for loss in planned.refused))


def _goal(options: Options, at: int | None) -> tuple[Schema | None, tuple[Step, ...]]:
    """The schema to come to, and the migrations that make it; of a migration, the lock keeps no schema."""
    if at is not None:
        return None, steps_until(options.tree, at)
    loaded = load(options)
    if loaded.failed:
        raise SchemagenError(loaded.diagnostics, loaded.sources)
    return loaded.schema, steps_of_specs(loaded.schema)


def _imported(catalog: Catalog, server: Server | None) -> Schema:
    """The schema of a catalog that our migrations have made: importing it gives them again."""
    return schema_of(import_catalog(catalog, server).files) if catalog.tables else Schema()


def _diagnostics(goal: str, found: Drift, planned: Repair) -> Iterator[Diagnostic]:
    """Each difference as an error; as warnings, other versions, and what keeps the way back from being planned."""
    for one in found.differences:
        fix = planned.fixes.get(one, DifferenceFix())
        change = Change(one.table or "", one.what, one.left, one.right, fix.statements, fix.fixed_with)
        path = f"tables.{one.table}" if one.table else ""
        hint = f"or accept it: {_ignoring(one)}" if one in planned.by_hand else None
        yield Diagnostic(DRIFT, one.sentence("the database", goal), path=path, hint=hint, change=change)
    live, wanted = found.live.version, found.wanted.version
    if live.partition(".")[0] != wanted.partition(".")[0]:
        message = f"the database is version {live}, the specs were printed by version {wanted}"
        hint = "versions print some expressions otherwise: a difference in nothing but writing may come from this"
        yield Diagnostic(OTHER_VERSION, message, hint=hint, severity=Severity.WARNING)
    for loss in planned.refused:
        message = f"to bring the database to {goal}: {loss.reason}"
        hint = f"to see the SQL all the same: --allow {loss.allow}"
        yield Diagnostic(NOT_PLANNED, message, hint=hint, severity=Severity.WARNING)
    for one in planned.unplanned:
        why = "the spec language has no word for it: change it by hand"
        if one.table is None:
            why = "the whole script makes views and objects again"
        hint = f"{why}, or accept it: {_ignoring(one)}"
        yield Diagnostic(
            NOT_PLANNED,
            f"no SQL for {one.subject}{' alone' if one.table is None else ''}",
            hint=hint,
            severity=Severity.WARNING,
        )


def _ignoring(one: CatalogDifference) -> str:
    """The flag that accepts a difference, as a shell takes it; the settings have a list for the same words."""
    return f"--ignore {shlex.quote(escape(one.subject))}"


def _not_compared(found: Drift) -> Iterator[Diagnostic]:
    """As warnings, what our server lacks, and the tables that were left out for that."""
    for sql, words in found.missing.items():
        hint = "give a server that has it with --postgres URL: a part of the database could not be compared"
        yield Diagnostic(NOT_COMPARED, f"`{sql}` is refused: {words}", hint=hint, severity=Severity.WARNING)
    for name, words in found.left_out.items():
        message = f"table {name} was not compared: its migration is refused: {words}"
        hint = "what it needs and no migration makes has to be there: give a server that has it with --postgres URL"
        yield Diagnostic(NOT_COMPARED, message, path=f"tables.{name}", hint=hint, severity=Severity.WARNING)


def _other_words(found: Drift) -> Iterator[Diagnostic]:
    """As warnings, the tables that PostgreSQL describes otherwise: comments are no part of equality."""
    for live in found.live.tables if found.live.dialect == "postgres" else ():
        wanted = found.wanted.by_name.get(live.name)
        if wanted is None:
            continue
        columns = {column.name: column.comment for column in wanted.columns}
        names = ["the table"] if live.comment != wanted.comment else []
        names += [f"`{one.name}`" for one in live.columns if columns.get(one.name, one.comment) != one.comment]
        if names:
            message = f"{live.name} is described in other words in the database: {', '.join(names)}"
            hint = "run the migrations; `schemagen build --comments` makes one of descriptions alone"
            yield Diagnostic(OTHER_WORDS, message, path=f"tables.{live.name}", hint=hint, severity=Severity.WARNING)


def as_markdown(reported: DriftReport) -> str:
    """The report as a page, for the comment of a pull request or the summary of a job."""
    changes = [found.change for found in reported.diagnostics if found.change]
    others = (found for found in reported.diagnostics if not found.change)
    notes = "\n".join(f"- {markdown(found.message)}: {markdown(found.hint or '')}" for found in others)
    if not changes:
        none = f"The database is {_as_it_should_be(reported)}{', as far as it was compared' * bool(notes)}."
        return blocks("# No drift", none, notes) + "\n"
    script = blocks("## All of it", markdown(reported.heading), fence("sql", reported.sql))
    parts = (*(_change(change, reported.goal) for change in changes), notes, script if reported.sql else "")
    return blocks("# Drift", *parts) + "\n"


def _change(change: Change, goal: str) -> str:
    title = f"{change.table}, {change.what}" if change.table else change.what
    sides = (
        f"| the database | {goal} |",
        "| --- | --- |",
        f"| {markdown_code(change.found)} | {markdown_code(change.wanted)} |",
    )
    sql = change.fix_sql()
    return blocks(f"## {markdown(title)}", "\n".join(sides), fence("sql", "\n".join(sql)) if sql else "")


def no_drift(reported: DriftReport) -> str:
    """What is said of a database that is as it should be."""
    return f"No drift: the database is {_as_it_should_be(reported)}."


def _as_it_should_be(reported: DriftReport) -> str:
    but = (
        f", but for {reported.accepted} accepted difference{'s' * (reported.accepted > 1)}" if reported.accepted else ""
    )
    return f"what {reported.goal} {'say' if reported.goal == 'the specs' else 'made'}{but}"
