"""Applies the fixes of diagnostics to a text: every character elsewhere stays, line breaks included."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING

from schemagen.spec.source.nodes import Replacement, line_starts, replaced

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemagen.base.diagnostics import Edit, Fix

_BYTE_ORDER_MARK = "\ufeff"


def apply_fixes(text: str, fixes: Iterable[Fix]) -> str:
    """The text of one file with the fixes made; all edits of a fix are made, or none.

    ``fixes`` hold edits of this file alone, in lines and columns of the text as it is given. Of two fixes that touch
    the same characters the one that begins first is made; the other one is left for another run, as is a fix that
    lies outside of the text.
    """
    mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
    text = text.removeprefix(mark)
    starts = line_starts(text)
    located = (_locate(fix, starts, len(text)) for fix in dict.fromkeys(fixes))
    made: list[Replacement] = []
    for changes in sorted(filter(None, located)):
        _add_all(made, changes)
    return mark + replaced(text, made)


def _locate(fix: Fix, starts: list[int], length: int) -> tuple[Replacement, ...]:
    """The changes of a fix as offsets, in order; none if one of them lies outside of the text."""
    changes = []
    for edit in fix.edits:
        change = _change(edit, starts, length)
        if change is None:
            return ()
        changes.append(change)
    return tuple(sorted(changes))


def _change(edit: Edit, starts: list[int], length: int) -> Replacement | None:
    span = edit.span
    if not 1 <= span.line <= span.end_line <= len(starts):
        return None
    start = starts[span.line - 1] + span.column - 1
    end = starts[span.end_line - 1] + span.end_column - 1
    return Replacement(start, end, edit.replacement) if start <= end <= length else None


def _add_all(made: list[Replacement], changes: tuple[Replacement, ...]) -> None:
    """Add the changes of a fix to those made already, in order; none of them if one touches what another one does."""
    added: list[Replacement] = []
    for change in changes:
        if not _fits(made, change):
            for undone in added:
                made.remove(undone)
            return
        insort(made, change)
        added.append(change)


def _fits(made: list[Replacement], change: Replacement) -> bool:
    """Whether a change touches no other; it may begin where another one ends, but no two begin at one place."""
    index = bisect_left(made, change)
    before, after = made[max(index - 1, 0) : index], made[index : index + 1]
    return all(other.end <= change.start and other.start < change.start for other in before) and all(
        change.end <= other.start and change.start < other.start for other in after
    )
