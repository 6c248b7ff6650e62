"""Which migrations a build writes: those of a first build, or those that lead on from the lock, with the new steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic, SchemagenError, Severity

from .left_out import of_rebuilt, still_left_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemagen.changes.migration import Step
    from schemagen.migrations.lock import Lock
    from schemagen.migrations.own_steps import StepRecord
    from schemagen.resolve.loaded import Loaded
    from schemagen.schema.model import Column, Schema
    from schemagen.spec.source import Sources

SKIPPED = "SG449"


@dataclass(frozen=True, slots=True)
class Planned:
    """The migrations of a build, every step that the lock is to know, and what is worth telling.

    ``left_out`` are the rules of imported tables that no spec says and that these migrations leave.
    """

    steps: tuple[Step, ...]
    records: tuple[StepRecord, ...] = ()
    remarks: tuple[Diagnostic, ...] = ()
    left_out: tuple[tuple[str, tuple[str, ...]], ...] = ()


def planned_first(loaded: Loaded, steps: tuple[Step, ...]) -> Planned:
    """The migrations that begin a history: there are no rows that a step of the specs could change."""
    from schemagen.migrations.change_build import skipped

    remarks = []
    for own in loaded.steps:
        message = f"step `{own.name}` is skipped: the history begins here, and there is no row that it could change"
        hint = "take it out of the spec; a database that has such rows has a history of its own"
        span, path = (loaded.sources.span(own.origin, key=True), own.origin.dotted()) if own.origin else (None, "")
        remarks.append(Diagnostic(SKIPPED, message, span, path, hint, Severity.WARNING))
    return Planned(steps, skipped(loaded.steps), tuple(remarks))


def baseline(schema: Schema) -> tuple[Step, ...]:
    """The one migration of a database that is there already."""
    from schemagen.migrations.first_build import baseline as whole

    return whole(schema)


def plan_steps(
    loaded: Loaded,
    base: Lock | None,
    allow: Sequence[str] = (),
    *,
    comments: bool = False,
    name: str | None = None,
) -> Planned:
    """The migrations that lead from what has been migrated to the schema; with ``comments``, for descriptions alone.

    Raises:
        SchemagenError: SG410 for every change that can lose data or lock a table and is not allowed, SG411 for words
            that allow nothing, SG427 for a conversion that an engine could not tell from a second one, SG301 for a
            backfill that reads what changes in the same build, SG447 for a step that was edited, and every mistake in
            one that is new.
    """
    from schemagen.changes.diff import evolve
    from schemagen.changes.renames import renames_of
    from schemagen.changes.safety import refuse
    from schemagen.changes.unsettled import torn_computations, unsettled_reads
    from schemagen.engines.verdicts import untraceable
    from schemagen.migrations.change_build import change_steps, new_steps
    from schemagen.migrations.descriptions import due, with_descriptions
    from schemagen.migrations.first_build import first_build
    from schemagen.migrations.next_build import chosen_name

    chosen = chosen_name(name) if name is not None else None
    if base is None:
        if chosen:
            hint = "leave `--name` out: a first build has a migration for each table"
            raise SchemagenError([Diagnostic("SG445", "there is no change that `--name` could name", hint=hint)])
        return planned_first(loaded, first_build(loaded.schema))
    evolution = evolve(base.schema, loaded.schema, renames_of(base.schema, loaded.schema))
    own = new_steps(loaded.steps, base.steps, loaded.sources)
    losses = refuse(evolution, allow, loaded.sources, of_rebuilt(base, evolution), loaded.steps)
    wrong = [_untraceable(column, engine, loaded.sources) for column, engine in untraceable(evolution)]
    wrong += [_unsettled(column, table, loaded.sources) for column, table in unsettled_reads(evolution)]
    wrong += [_torn(column, loaded.sources) for column in torn_computations(evolution)]
    if wrong:
        raise SchemagenError(wrong, loaded.sources)
    number = len(base.migrations) + 1
    earlier = tuple(each for each in loaded.steps if each not in own)
    found = change_steps(evolution, number, losses, own, earlier, loaded.sources, chosen)
    steps, place = found.steps, found.described
    if steps[place:] or comments:
        described = with_descriptions(steps[place:], due(evolution, base.migrations), number + place)
        steps = (*steps[:place], *described)
    return Planned(steps, found.records, left_out=still_left_out(base, evolution))


def _untraceable(column: Column, engine: str, sources: Sources) -> Diagnostic:
    message = f"{engine} keeps no trace of the conversion of `{column.name}`: a second run would convert it again"
    hint = "add a column of another name with this `backfill`, and drop this one in a later build"
    return _about_backfill("SG427", message, column, sources, hint)


def _unsettled(column: Column, table: str, sources: Sources) -> Diagnostic:
    message = f"the backfill of `{column.name}` reads columns of `{table}` that change in the same build"
    hint = "change them in another build, or write a step: `schemagen new NAME`"
    return _about_backfill("SG301", message, column, sources, hint)


def _torn(column: Column, sources: Sources) -> Diagnostic:
    message = f"`{column.name}` is to keep what it computes from columns that the same build drops"
    span, path = (sources.span(column.origin), column.origin.dotted()) if column.origin else (None, "")
    return Diagnostic("SG301", message, span, path=path, hint="drop them in a later build")


def _about_backfill(code: str, message: str, column: Column, sources: Sources, hint: str) -> Diagnostic:
    origin = column.origin.child("backfill") if column.origin else None
    span, path = (sources.span(origin), origin.dotted()) if origin else (None, "")
    return Diagnostic(code, message, span, path=path, hint=hint)
