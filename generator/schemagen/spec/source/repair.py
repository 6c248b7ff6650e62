"""Reads a file with typos as its author meant it, and reports each typo with its repair."""

from __future__ import annotations

from typing import Final

from schemagen.base.diagnostics import Diagnostic, Edit, Fix

from . import yaml_pages as pages
from .flow import Typo, TypoKind
from .nodes import Positions, replaced
from .tree import Tree, read_tree
from .typos import find_typos

_LONGEST_SHOWN: Final = 60
_TOO_BIG: Final = {pages.TOO_DEEP, pages.TOO_MANY_VALUES}
_UNKNOWN_TYPE: Final = "SG109"
"""What the language says of ``type: enum(a, b)`` where YAML can read it."""


def read_as_meant(tree: Tree, positions: Positions) -> Tree:
    """The tree of a text with its typos repaired, together with their diagnostics.

    Only what YAML confirms counts: typos after the place where the repaired text can't be read are left out, and if
    none is left, the tree stays as it was.
    """
    if any(found.code in _TOO_BIG for found in tree.diagnostics):
        return tree
    text = positions.original
    typos = find_typos(text)
    if not typos:
        return tree
    repairs = [typo.repair for typo in typos]
    repaired = Positions(positions.file, text, repairs)
    repaired_text = replaced(text, repairs)
    meant = read_tree(repaired_text, repaired)
    if meant.failed_at is not None:
        failed_at = repaired.in_original(meant.failed_at)
        typos = tuple(typo for typo in typos if typo.end <= failed_at)
        if tree.failed_at is None or not typos:
            return tree
    doubtful = _lines_in_doubt(repaired_text, repaired)
    meant.diagnostics[:0] = [_diagnostic(typo, positions, doubtful) for typo in typos]
    return meant


def _lines_in_doubt(repaired_text: str, positions: Positions) -> set[int]:
    """Lines that still seem to hold a slip after the repair: what was meant there is only a guess."""
    spans = [positions.span(typo.start, typo.end) for typo in find_typos(repaired_text)]
    return {line for span in spans for line in range(span.line, span.end_line + 1)}


def _diagnostic(typo: Typo, positions: Positions, doubtful: set[int]) -> Diagnostic:
    words = positions.original[typo.start : typo.end]
    fits = len(words) <= _LONGEST_SHOWN and words.isprintable()
    shown = words if fits else f"{words[:_LONGEST_SHOWN]}…"
    match typo.kind:
        case TypoKind.QUOTES:
            code, message = pages.QUOTE_THIS, "quote this text: YAML reads marks in it as its own"
            hint = f"write {typo.repair.text}" if fits else "put quotes around the whole text"
            repair = "quote the text"
        case TypoKind.COMMA:
            code, message = pages.MISSING_COMMA, f"a comma is missing before `{shown}`"
            hint, repair = "commas separate the entries of a `{…}`", "insert the comma"
        case TypoKind.ENUM:
            code, message = _UNKNOWN_TYPE, f"unknown type {shown!r}"
            hint = repair = f"write `{typo.repair.text}`"
        case TypoKind.BRACKETS:
            code, message = pages.QUOTE_THIS, "a list needs its brackets: YAML ends the value at the first comma"
            hint = repair = f"write `{typo.repair.text}`"
        case TypoKind.FLAG_VALUE:
            code, message = pages.KEY_WITHOUT_VALUE, f"`{shown}` has no value"
            hint, repair = f"write `{shown}: true`", "set it to true"
    edit = Edit(positions.span(typo.repair.start, typo.repair.end), typo.repair.text)
    span = positions.span(typo.start, typo.end)
    safe = typo.safe and doubtful.isdisjoint(range(span.line, span.end_line + 1))
    return Diagnostic(code, message, span, hint=hint, fix=Fix(repair, (edit,)) if safe else None)
