"""Reads a file with slips as its author meant it, and says each slip with its repair."""

from __future__ import annotations

from typing import Final

from schemagen.base.diagnostics import Diagnostic, Edit, Fix

from . import yaml_pages as pages
from .flow import Slip, SlipKind
from .nodes import Positions, replaced
from .slips import find_slips
from .tree import Tree, read_tree

_LONGEST_SHOWN: Final = 60
_TOO_BIG: Final = {pages.TOO_DEEP, pages.TOO_MANY_VALUES}
_UNKNOWN_TYPE: Final = "SG109"
"""What the language says of ``type: enum(a, b)`` where YAML can read it."""


def read_as_meant(tree: Tree, positions: Positions) -> Tree:
    """The tree of a text with its slips repaired, together with their diagnostics.

    Only what YAML confirms counts: slips after the place where the repaired text can't be read are left out, and if
    none is left, the tree stays as it was.
    """
    if any(found.code in _TOO_BIG for found in tree.diagnostics):
        return tree
    text = positions.original
    slips = find_slips(text)
    if not slips:
        return tree
    repairs = [slip.repair for slip in slips]
    repaired = Positions(positions.file, text, repairs)
    repaired_text = replaced(text, repairs)
    meant = read_tree(repaired_text, repaired)
    if meant.failed_at is not None:
        failed_at = repaired.in_original(meant.failed_at)
        slips = tuple(slip for slip in slips if slip.end <= failed_at)
        if tree.failed_at is None or not slips:
            return tree
    doubtful = _lines_in_doubt(repaired_text, repaired)
    meant.diagnostics[:0] = [_diagnostic(slip, positions, doubtful) for slip in slips]
    return meant


def _lines_in_doubt(repaired_text: str, positions: Positions) -> set[int]:
    """Lines that still seem to hold a slip after the repair: what was meant there is only a guess."""
    spans = [positions.span(slip.start, slip.end) for slip in find_slips(repaired_text)]
    return {line for span in spans for line in range(span.line, span.end_line + 1)}


def _diagnostic(slip: Slip, positions: Positions, doubtful: set[int]) -> Diagnostic:
    words = positions.original[slip.start : slip.end]
    fits = len(words) <= _LONGEST_SHOWN and words.isprintable()
    shown = words if fits else f"{words[:_LONGEST_SHOWN]}…"
    match slip.kind:
        case SlipKind.QUOTES:
            code, message = pages.QUOTE_THIS, "quote this text: YAML reads marks in it as its own"
            hint = f"write {slip.repair.text}" if fits else "put quotes around the whole text"
            repair = "quote the text"
        case SlipKind.COMMA:
            code, message = pages.MISSING_COMMA, f"a comma is missing before `{shown}`"
            hint, repair = "commas separate the entries of a `{…}`", "insert the comma"
        case SlipKind.ENUM:
            code, message = _UNKNOWN_TYPE, f"unknown type {shown!r}"
            hint = repair = f"write `{slip.repair.text}`"
        case SlipKind.BRACKETS:
            code, message = pages.QUOTE_THIS, "a list needs its brackets: YAML ends the value at the first comma"
            hint = repair = f"write `{slip.repair.text}`"
        case SlipKind.FLAG_VALUE:
            code, message = pages.KEY_WITHOUT_VALUE, f"`{shown}` has no value"
            hint, repair = f"write `{shown}: true`", "set it to true"
    edit = Edit(positions.span(slip.repair.start, slip.repair.end), slip.repair.text)
    span = positions.span(slip.start, slip.end)
    safe = slip.safe and doubtful.isdisjoint(range(span.line, span.end_line + 1))
    return Diagnostic(code, message, span, hint=hint, fix=Fix(repair, (edit,)) if safe else None)
