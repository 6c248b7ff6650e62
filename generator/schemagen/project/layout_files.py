"""The migrations in the form of other runners, kept in the output by each build: what is written never changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic, SchemagenError
from schemagen.base.layout import read_generated
from schemagen.base.tree import located
from schemagen.migrations.lock import content_hash

from .export import layout_files, layout_of
from .place_conflicts import CONFLICT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schemagen.base.layout import Output
    from schemagen.changes.migration import Step
    from schemagen.migrations.lock import Lock

    Layouts = Sequence[tuple[str, str]]

EDITED = "SG404"
MISSING = "SG405"


@dataclass(frozen=True, slots=True)
class LayoutFiles:
    """What a build adds for other runners, every such file with its hash, and what belongs to none any more."""

    new: Mapping[str, str] = field(default_factory=dict)
    known: tuple[tuple[str, str], ...] = ()
    gone: tuple[str, ...] = ()


def layout_plan(
    layouts: Layouts, output: Output, base: Lock | None, steps: Sequence[Step], *, looks: bool = True
) -> LayoutFiles:
    """The files of all layouts after a build.

    Args:
        layouts: runner and folder below the output, as the settings have them.
        output: the output folder.
        base: the lock that the build continues.
        steps: what the build adds.
        looks: whether the files that are there have to be as they were written.

    Raises:
        SchemagenError: SG442 for an unknown layout, SG444 for a statement that its runner would misread, SG404 and
            SG405 for files that are not as they were written, SG439 for one of somebody else where one is to stand.
    """
    before = dict(base.layouts) if base else {}
    found: dict[str, str] = {}
    kept: dict[str, str] = {}
    for name, folder in layouts:
        own = {path: digest for path, digest in before.items() if path.startswith(f"{folder}/")}
        layout = layout_of(name)
        earlier = _earlier(output, base, whole=not own)
        files = layout_files(layout, (*earlier, *steps), Path(folder))
        found |= {f"{folder}/{path}": text for path, text in files.items() if f"{folder}/{path}" not in own}
        kept |= own
    if looks:
        _refuse_changed(output, kept)
        _refuse_others(output, found)
    known = {**kept, **{path: content_hash(text.encode()) for path, text in found.items()}}
    return LayoutFiles(found, tuple(sorted(known.items())), tuple(sorted(before.keys() - known.keys())))


def _earlier(output: Output, base: Lock | None, *, whole: bool) -> tuple[Step, ...]:
    """The migrations of earlier builds; their rollbacks are read only where files of theirs are to be written."""
    from schemagen.migrations.written import written_steps

    if base is None:
        return ()
    return written_steps(output, base) if whole else tuple(each.step() for each in base.migrations)


def _refuse_others(output: Output, found: Mapping[str, str]) -> None:
    """Stop before a migration of somebody else that has the name of a new one; the same text is the same migration."""
    wrong: list[Diagnostic] = []
    for path, text in found.items():
        place = located(output, path)
        try:
            content = read_generated(place).decode(errors="replace")
        except OSError:
            continue
        if content and content != text:
            hint = "move it away, or name another folder in the settings"
            wrong.append(Diagnostic(CONFLICT, f"{place} is there, and no build has written it", hint=hint))
    if wrong:
        raise SchemagenError(wrong)


def _refuse_changed(output: Output, kept: Mapping[str, str]) -> None:
    wrong: list[Diagnostic] = []
    for path, digest in kept.items():
        place = located(output, path)
        try:
            same = content_hash(read_generated(place)) == digest
        except OSError:
            wrong.append(Diagnostic(MISSING, f"migration file {place} is missing", hint=_RESTORE))
            continue
        if not same:
            message = f"migration file {place} was modified after it was generated (hash mismatch)"
            wrong.append(Diagnostic(EDITED, message, hint=_RESTORE))
    if wrong:
        raise SchemagenError(wrong)


_RESTORE = "restore it from version control"
