"""What a build did, in a few lines for people."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from schemagen.base.counting import counted
from schemagen.base.layout import LOCK_FILE, up_to_date

from .superseded import FOLDER

if TYPE_CHECKING:
    from schemagen.project.pipeline import BuildResult, Options


def lines(result: BuildResult, options: Options, *, dry_run: bool) -> list[str]:
    """What was written, or would be."""
    files, steps = result.files, result.steps
    if not files.written and not files.removed:
        return [up_to_date(str(options.output))]
    counts = Counter(path.split("/")[0] for path in files.written)
    places = {kind: f" in {place}" for kind, place in options.tree.places.items()}
    parts = ", ".join(
        f"{kind} {number}{places.get(kind, '')}" for kind, number in sorted(counts.items()) if kind != LOCK_FILE
    )
    found = [
        f"{'Would write' if dry_run else 'Wrote'} {counted(len(files.written), 'file')} to {options.output}: {parts}."
    ]
    if steps and dry_run:
        found += [f"  {step.identifier}: {'; '.join(change.text for change in step.changes)}" for step in steps]
    elif steps:
        last = f" to {steps[-1].identifier}" if len(steps) > 1 else ""
        found.append(f"New migrations, for SQLite and PostgreSQL: {steps[0].identifier}{last}.")
    if files.removed:
        found.append(f"{'Would remove' if dry_run else 'Removed'} {', '.join(files.removed)}.")
    if files.unchanged:
        found.append(f"Unchanged: {counted(len(files.unchanged), 'file')}.")
    return found


def recreated(result: BuildResult) -> list[str]:
    """What a database that has run the migrations of this branch needs, now that they are gone."""
    gone = sorted({Path(path).stem for path in result.files.removed if "/rollback/" in path})
    if not gone:
        return []
    way = f"`schemagen apply --down`, or the rollbacks in {FOLDER}/; delete that folder when no database needs it"
    return [f"A database that has run {' or '.join(gone)} goes back by {way}."]
