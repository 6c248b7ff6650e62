"""What `status` and `apply` print, for people and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from schemagen.base.counting import counted
from schemagen.base.diagnostics import JSON_VERSION
from schemagen.deploy.apply import rollback_losses
from schemagen.deploy.position import Known
from schemagen.deploy.status import pending

from .diagnostics import as_data

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schemagen.base.diagnostics import Diagnostic
    from schemagen.deploy.apply import Course, Ran
    from schemagen.deploy.chain import Chain
    from schemagen.deploy.rows import RowProblem
    from schemagen.deploy.status import Pending, Status
    from schemagen.deploy.target import Target

WAITING = "Waiting: another `schemagen apply` runs on this database."


def as_json(data: dict[str, Any]) -> str:
    """A report as a document, pure ASCII."""
    return json.dumps({"version": JSON_VERSION, **data}, indent=2) + "\n"


def status_data(found: Status) -> dict[str, Any]:
    """A status as data; ``at`` is null for an empty database."""
    return {
        "engine": found.engine,
        "database": found.shown,
        "at": found.at or None,
        "known": str(found.position.known),
        "runner": found.position.runner[1] if found.position.runner else None,
        "total": found.total,
        "pending": [_pending_data(one) for one in found.pending],
        "rows": [asdict(one) for one in found.problems],
    }


def _pending_data(one: Pending) -> dict[str, Any]:
    return {"number": one.number, "name": one.name, "waits": one.waits, "loses": list(one.losses)}


def as_text(found: Status) -> str:
    """A status for people: where the database is, and a line a pending migration."""
    where = {
        Known.RECORDED: f"at {found.at} (recorded in alembic_version)",
        Known.FOUND: f"no version table; its catalog is that of {found.at} (found, not recorded)",
        Known.EMPTY: "empty" if found.total else "empty, and there are no migrations",
    }
    at_base = found.position.known is Known.RECORDED and not found.at
    lines = [f"{found.engine}, {found.shown}: {'at the beginning' if at_base else where[found.position.known]}"]
    lines += _listed(found)
    if found.position.runner:
        table, runner = found.position.runner
        lines.append(f"The table {table} is there: {runner} keeps a history of its own.")
    if not found.pending:
        lines.append("Nothing is pending.")
    else:
        adopting = f" --adopt {found.position.number}" if found.position.known is Known.FOUND else ""
        verb = "is" if len(found.pending) == 1 else "are"
        lines.append(f"{len(found.pending)} of {found.total} {verb} pending: `schemagen apply{adopting}` runs them.")
    return "\n".join(lines) + "\n"


def _listed(found: Status) -> list[str]:
    """Each pending migration, and below it what it loses and the rows that would stop it."""
    width = max((len(one.name) for one in found.pending), default=0)
    lines = []
    for one in found.pending:
        below = [f"loses {loss}" for loss in one.losses]
        below += [_problem(each) for each in found.problems if each.migration == one.name]
        lines.append(f"  {one.name:<{width}}  {one.waits}")
        lines += [f"  {'':<{width}}  {text}" for text in below]
    return lines


def _problem(found: RowProblem) -> str:
    if found.count is None:
        return f"{found.table}: not checked yet: {found.broken}"
    return f"would be stopped: {found.table} has {found.broken} ({found.count:,} times)"


def planned(target: Target, chain: Chain, course: Course) -> dict[str, Any]:
    """What `apply --dry-run` found, as data."""
    if course.down:
        steps = [
            {"number": n, "name": chain.title(n), "loses": rollback_losses(chain, [n], target.dialect)}
            for n in course.numbers
        ]
    else:
        at = course.numbers[0] - 1 if course.numbers else chain.head
        steps = [_pending_data(one) for one in pending(target, chain, at, at + len(course.numbers))]
    return {"down": course.down, "adopt": course.adopted, "steps": steps}


def planned_text(data: dict[str, Any]) -> str:
    """The same for people."""
    lines = [f"Would record {data['adopt']:03d}."] if data["adopt"] else []
    lines += ["Would take back:" if data["down"] else "Would run:"] if data["steps"] else []
    for one in data["steps"]:
        words = [one["waits"]] if "waits" in one else []
        words += [f"loses {loss}" for loss in one["loses"]]
        lines.append(f"  {one['name']}  {'; '.join(words)}".rstrip())
    return "\n".join(lines or ["Nothing to do."]) + "\n"


def line(one: Ran) -> str:
    """A migration that was run."""
    return f"{one.name}  {one.seconds:.1f} s"


def ending(done: Sequence[Ran], course: Course) -> str:
    """The last line."""
    recorded = f"Recorded {course.adopted:03d}. " if course.adopted else ""
    if not done:
        return recorded.rstrip() or "Nothing to do."
    return f"{recorded}{counted(len(done), 'migration')} {'taken back' if course.down else 'applied'}."


def applied_data(done: Iterable[Ran], diagnostics: Iterable[Diagnostic]) -> dict[str, Any]:
    """What was run, and what stopped it."""
    return {
        "ran": [{"number": one.number, "name": one.name, "seconds": round(one.seconds, 3)} for one in done],
        "diagnostics": [as_data(found) for found in diagnostics],
    }
