"""What YAML text becomes: three kinds of node, each of which knows where it stands in its file."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from schemagen.base.diagnostics import Span

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence as Ordered

MAX_DEPTH: Final = 100
"""Levels of nesting; the language itself needs about ten, JSON values have the rest."""

_LINE_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True, order=True)
class Replacement:
    """Put other text in the place of ``text[start:end]``."""

    start: int
    end: int
    text: str


def replaced(text: str, replacements: Iterable[Replacement]) -> str:
    """A text with some of its pieces replaced; the replacements are in order and do not overlap."""
    parts: list[str] = []
    at = 0
    for replacement in replacements:
        parts += (text[at : replacement.start], replacement.text)
        at = replacement.end
    return "".join((*parts, text[at:]))


def line_starts(text: str) -> list[int]:
    r"""Offset of the first character of every line; ``\n``, ``\r\n`` and ``\r`` end a line, nothing else does."""
    return [0, *(match.end() for match in _LINE_BREAK.finditer(text))]


class Positions:
    """Turns offsets in a text into lines and columns of its file.

    The text may be a repaired copy of the file's: then ``repairs`` are the replacements that made it, in order, and
    an offset in the copy is traced back to the file.
    """

    def __init__(self, file: str, original: str, repairs: Ordered[Replacement] = ()) -> None:
        self.file = file
        self.original = original
        self._repairs = repairs

    @cached_property
    def _starts(self) -> list[int]:
        return line_starts(self.original)

    @cached_property
    def _repaired_starts(self) -> list[int]:
        starts, shift = [], 0
        for repair in self._repairs:
            starts.append(repair.start + shift)
            shift += len(repair.text) - (repair.end - repair.start)
        return starts

    def in_original(self, offset: int) -> int:
        """The offset in the file of an offset in the (perhaps repaired) text."""
        index = bisect_right(self._repaired_starts, offset) - 1
        if index < 0:
            return offset
        repair, start = self._repairs[index], self._repaired_starts[index]
        inside = offset - start
        if inside < len(repair.text):
            return min(repair.start + inside, repair.end)
        return repair.end + inside - len(repair.text)

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets of the text, the end exclusive."""
        if self._repairs:
            start, end = self.in_original(start), self.in_original(end)
        return self.span_in_original(start, end)

    def span_in_original(self, start: int, end: int) -> Span:
        """The span between two offsets of the file itself."""
        first = bisect_right(self._starts, start)
        last = bisect_right(self._starts, end)
        return Span(self.file, first, start - self._starts[first - 1] + 1, last, end - self._starts[last - 1] + 1)

    def line(self, number: int) -> str:
        """A line of the file without its line break; empty if there is no such line."""
        if not 1 <= number <= len(self._starts):
            return ""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.original)
        return self.original[start:end].rstrip("\r\n")


# The nodes are for reading only. They are not frozen, because a frozen dataclass takes three times as long to make
# and a large spec has a million of them; for the same reason lines and columns are computed when they are asked for.


@dataclass(slots=True)
class Scalar:
    """A text as it stands in the file; ``plain`` if it is unquoted (block scalars are not plain)."""

    text: str
    plain: bool
    start: int = field(repr=False, compare=False)
    end: int = field(repr=False, compare=False)
    positions: Positions = field(repr=False, compare=False)

    @property
    def span(self) -> Span:
        """Where it stands, its quotes included."""
        return self.positions.span(self.start, self.end)


@dataclass(slots=True)
class Mapping:
    """Keys and values in the order of the file; every key is there once."""

    entries: dict[str, tuple[Scalar, Node]]
    start: int = field(repr=False, compare=False)
    end: int = field(repr=False, compare=False)
    positions: Positions = field(repr=False, compare=False)

    @property
    def items(self) -> tuple[tuple[Scalar, Node], ...]:
        """Every key with its value, in the order of the file."""
        return tuple(self.entries.values())

    def get(self, key: str) -> Node | None:
        """The value of a key, or None."""
        entry = self.entries.get(key)
        return entry[1] if entry else None

    @property
    def span(self) -> Span:
        """From its first key (or its opening brace) to the end of its last value."""
        return self.positions.span(self.start, self.end)


@dataclass(slots=True)
class Sequence:
    """A list of nodes."""

    items: tuple[Node, ...]
    start: int = field(repr=False, compare=False)
    end: int = field(repr=False, compare=False)
    positions: Positions = field(repr=False, compare=False)

    @property
    def span(self) -> Span:
        """From its first dash (or its opening bracket) to the end of its last item."""
        return self.positions.span(self.start, self.end)


Node = Scalar | Mapping | Sequence
