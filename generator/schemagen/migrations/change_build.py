"""The migrations of a changed schema with the author's own steps among them: what adds, the steps, what drops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic, SchemagenError
from schemagen.changes import changes as c
from schemagen.changes.halves import Gate, first_half, second_half, taken_names
from schemagen.changes.renames import mentions
from schemagen.changes.safety import RULES, losses

from .next_build import next_steps
from .own_steps import StepRecord, StepResolver, gates, refuse_wrong

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schemagen.changes.diff import Evolution
    from schemagen.changes.migration import Step
    from schemagen.changes.safety import Loss
    from schemagen.schema.own_steps import OwnStep
    from schemagen.spec.source import Sources

EDITED = "SG447"
NAME_IN_USE = "SG448"


@dataclass(frozen=True, slots=True)
class Changed:
    """The migrations of a build, and what the lock keeps of the steps among them.

    ``described`` is the place of the first migration that changes the schema: the one in which descriptions ride.
    """

    steps: tuple[Step, ...]
    records: tuple[StepRecord, ...] = ()
    described: int = 0


def new_steps(steps: Iterable[OwnStep], known: Iterable[StepRecord], sources: Sources) -> tuple[OwnStep, ...]:
    """The steps that no build has numbered.

    Raises:
        SchemagenError: SG447 for each that was edited after it had been.
    """
    records = {record.name: record for record in known}
    found, wrong = [], []
    for own in steps:
        record = records.get(own.name)
        if record is None:
            found.append(own)
        elif record.number is not None and record.sha256 != own.sha256:
            wrong.append(_edited(own, record, sources))
    if wrong:
        raise SchemagenError(wrong, sources)
    return tuple(found)


def _edited(own: OwnStep, record: StepRecord, sources: Sources) -> Diagnostic:
    message = f"step `{own.name}` was modified after it became migration {record.number:03d}_{own.name}"
    hint = "restore its text, or delete it from the spec; what is left to do is another step, under another name"
    span, path = (sources.span(own.origin, key=True), own.origin.dotted()) if own.origin else (None, "")
    return Diagnostic(EDITED, message, span, path=path, hint=hint)


def skipped(steps: Iterable[OwnStep]) -> tuple[StepRecord, ...]:
    """What the lock keeps of steps that are there when a history begins."""
    return tuple(StepRecord(own.name, own.sha256) for own in steps)


def change_steps(
    evolution: Evolution,
    number: int,
    allowed: Sequence[Loss],
    own: Sequence[OwnStep],
    earlier: Sequence[OwnStep],
    sources: Sources,
    name: str | None = None,
) -> Changed:
    """The migrations of a change.

    Args:
        evolution: what changes.
        number: of the first migration.
        allowed: the losses that were allowed, for the headers.
        own: the steps that are new.
        earlier: those that have a number already, and may have come into their last wave.
        sources: of the specs.
        name: what the first migration of the change is called; None derives it.

    Raises:
        SchemagenError: for every mistake in the new steps, SG448 where they would find two things of one name.
    """
    if not own:
        return Changed(next_steps(evolution, number, allowed, name, _needed(earlier, evolution, sources)))
    if taken := taken_names(evolution):
        message = f"a step can't find both what `{taken[0]}` was and what takes its name"
        hint = "choose another name for the new one, or drop the old one in a build of its own"
        raise SchemagenError([Diagnostic(NAME_IN_USE, message, hint=hint)], sources)
    adding, dropping = first_half(evolution), second_half(evolution)
    added = next_steps(adding, number, _of_half(adding, allowed), name)
    number += len(added)
    resolver = StepResolver(dropping.old, sources)
    made = [resolver.migration(each, number + place) for place, each in enumerate(own)]
    refuse_wrong(resolver)
    number += len(made)
    found = (
        *(Gate(record.name, record.rest) for _, record in made if record.rest),
        *_needed(earlier, dropping, sources),
    )
    dropped = next_steps(dropping, number, _of_half(dropping, allowed), None if added else name, found)
    steps = (*added, *(step for step, _ in made), *dropped)
    return Changed(steps, tuple(record for _, record in made), 0 if added else len(made))


def _of_half(half: Evolution, allowed: Sequence[Loss]) -> tuple[Loss, ...]:
    return (*losses(half), *(loss for loss in allowed if loss.allow.startswith(RULES)))


def _needed(earlier: Sequence[OwnStep], evolution: Evolution, sources: Sources) -> tuple[Gate, ...]:
    """The gates of steps that read something that is dropped now."""
    names = [table.name for table in evolution.dropped]
    for change in evolution.altered:
        names += (part.column.name for part in change.parts if isinstance(part, c.DropColumn))
    if not names:
        return ()
    return tuple(gate for gate in gates(earlier, evolution.old, sources) if mentions(gate.rest.postgres or "", names))
