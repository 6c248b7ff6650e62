"""Diagnostics in as few lines as they need: one each, or one a rule."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from schemagen.base import escape
from schemagen.schema.coverage import coverage

from .diagnostics import in_order, place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemagen.base.diagnostics import Diagnostic
    from schemagen.schema.model import Table


def as_concise(diagnostics: Iterable[Diagnostic]) -> str:
    """A line for each diagnostic: its place, severity, code and message."""
    places = ((f"{place(found.span)}: " if found.span else "", found) for found in in_order(diagnostics))
    return "".join(f"{where}{_title(found)}\n" for where, found in places)


def as_statistics(diagnostics: Iterable[Diagnostic], tables: Iterable[Table] = ()) -> str:
    """A line for each code, the most frequent first: how often, how many of them `--fix` repairs, and what it is.

    With tables a last line says how much of them is described.
    """
    ordered = in_order(diagnostics)
    counts, fixable = Counter(found.code for found in ordered), Counter(found.code for found in ordered if found.fix)
    first = {found.code: found for found in reversed(ordered)}
    lines = []
    for code, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        fixes = f"{fixable[code]} fixable" if fixable[code] else ""
        lines.append(f"{count:>6}  {code}  {fixes:<12}  such as: {escape.one_line(first[code].message)}".rstrip())
    known = tuple(tables)
    return "".join(
        f"{escape.terminal(line)}\n" for line in [*lines, *([f"        {coverage(known)}"] if known else [])]
    )


def _title(found: Diagnostic) -> str:
    return escape.terminal(escape.one_line(f"{found.severity} {found.code} {found.message}"))
