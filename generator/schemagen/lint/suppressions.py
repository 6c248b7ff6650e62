"""Comments of a spec that switch a lint rule off at one place: ``# schemagen: ignore SG507 the reason``."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Edit, Fix, Span
from schemagen.spec.source import Mapping, Scalar
from schemagen.spec.source.nodes import line_starts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.spec.source import Node, Source

_COMMENT = re.compile(r"(?:^|(?<=\s))#[ \t]*schemagen:[ \t]*ignore\b[ \t]*(?P<rest>[^\r\n]*)", re.MULTILINE)
_CODES = re.compile(r"(?P<codes>SG\d{3}(?:[ \t]*,[ \t]*SG\d{3})*)\b[ \t:,]*(?P<reason>.*)")


@dataclass(slots=True)
class Ignore:
    """One comment; ``line`` is the line that it speaks of: its own, or the next one where it stands alone."""

    span: Span
    line: int
    codes: tuple[str, ...]
    reason: str
    removal: Fix
    used: set[str] = field(default_factory=set)


PROVED_TOO = "SG517"
"""The rule for a query without an index: `verify` looks at it with rows."""


def find_ignores(source: Source) -> tuple[Ignore, ...]:
    """Every such comment of a file; text in quotes and block scalars is not a comment."""
    text = source.text
    if "schemagen:" not in text:
        return ()
    starts = line_starts(text)
    scalars = sorted((node.start, node.end) for node in _scalars(source.root))
    found = []
    for match in _COMMENT.finditer(text):
        before = bisect_right(scalars, (match.start(), len(text))) - 1
        if before < 0 or match.start() >= scalars[before][1]:
            found.append(_ignore(source.file, text, starts, match))
    return tuple(found)


def _ignore(file: str, text: str, starts: list[int], match: re.Match[str]) -> Ignore:
    number = bisect_right(starts, match.start())
    column = match.start() - starts[number - 1] + 1
    end = match.start() + len(match[0].rstrip())
    span = Span(file, number, column, number, end - starts[number - 1] + 1)
    indent = text[starts[number - 1] : match.start()]
    stands_alone = not indent.strip()
    line = _next_content(text, starts, number) if stands_alone else number
    if stands_alone and number < len(starts):
        removed = Span(file, number, 1, number + 1, 1)
    else:
        removed = Span(file, number, len(indent.rstrip()) + 1, number, span.end_column)
    read = _CODES.match(match["rest"])
    codes = tuple(re.findall(r"SG\d{3}", read["codes"])) if read else ()
    reason = read["reason"].strip() if read else ""
    return Ignore(span, line, codes, reason, Fix("remove the comment", (Edit(removed, ""),)))


def _next_content(text: str, starts: list[int], number: int) -> int:
    """The next line that is neither blank nor a comment."""
    for line in range(number + 1, len(starts) + 1):
        end = starts[line] if line < len(starts) else len(text)
        content = text[starts[line - 1] : end].strip()
        if content and not content.startswith("#"):
            return line
    return number


def _scalars(root: Node) -> Iterator[Scalar]:
    waiting: list[Node] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar):
            yield node
        elif isinstance(node, Mapping):
            for key, value in node.items:
                waiting += (key, value)
        else:
            waiting += node.items
