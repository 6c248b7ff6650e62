"""How large Mermaid draws an entity-relationship diagram, well enough to tell whether a page shows it readably.

Mermaid lays tables out in rows, parents above children, and scales what is wider than the page down to it. The lengths
are those of Mermaid 11 (``er`` in its configuration), in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_WIDTH = 1000
"""A page of GitHub has about 830: letters of 16 pixels become 12."""

MAX_HEIGHT = 1500
"""Two screens."""

_LETTER = 8.6
_CELL = 25
_LINE = 43
_BETWEEN_BOXES = 140
_BETWEEN_ROWS = 200
"""With a label."""
_PASSING = 60
"""What a line takes in each row that it passes, measured."""
_RING = 90
"""What a line takes that joins tables which are joined already, measured."""
_LETTER_OF_LABEL = 7.5
_MAX_LABEL = 200
"""Where Mermaid wraps a label."""
_BETWEEN_LABELS = 40


@dataclass(frozen=True, slots=True)
class Box:
    """A table as it is drawn."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Line:
    """The relationship of two tables, with the width of its label."""

    parent: str
    child: str
    width: float


def box(name: str, cells: Sequence[Sequence[str]]) -> Box:
    """The box of a table with its lines of cells: type, name, keys."""
    columns = [max(map(len, column)) for column in zip(*cells, strict=True)]
    inside = sum(letters * _LETTER + _CELL for letters in columns if letters)
    return Box(max(inside, len(name) * _LETTER + 2 * _CELL, 100), (len(cells) + 1) * _LINE)


def line(parent: str, child: str, labels: Sequence[str]) -> Line:
    """The line between two tables, with a label below the other."""
    return Line(parent, child, min(_MAX_LABEL, max(map(len, labels)) * _LETTER_OF_LABEL))


def fits(boxes: Mapping[str, Box], lines: Sequence[Line]) -> bool:
    """Whether a diagram can be read at the width of a page."""
    rows = _rows(list(boxes), lines)
    return _width(boxes, lines, rows) <= MAX_WIDTH and _height(boxes, rows) <= MAX_HEIGHT


def _width(boxes: Mapping[str, Box], lines: Sequence[Line], rows: Mapping[str, int]) -> float:
    """The widest row. What ends a branch stands beside all other ends, and so does what begins one."""
    between = [line for line in lines if line.parent != line.child]
    parents, children = {line.parent for line in between}, {line.child for line in between}
    loops = {line.parent: line.width + _BETWEEN_LABELS for line in lines if line.parent == line.child}
    beside = [[name for name in boxes if rows[name] == row] for row in {*rows.values()}]
    beside += [[name for name in boxes if name not in inner] for inner in (parents, children)]
    widths = [sum(boxes[name].width + loops.get(name, 0) + _BETWEEN_BOXES for name in row) for row in beside]
    for row in {*rows.values()}:
        crossing = [line.width for line in between if rows[line.parent] <= row < rows[line.child]]
        widths.append(sum(crossing) + _BETWEEN_LABELS * len(crossing) + _BETWEEN_BOXES)
    passed = sum(rows[line.child] - rows[line.parent] - 1 for line in between)
    cycles = max(0, len(between) - len(boxes) + 1)
    return max(widths) - _BETWEEN_BOXES + _PASSING * passed + _RING * cycles


def _height(boxes: Mapping[str, Box], rows: Mapping[str, int]) -> float:
    highest = [max(boxes[name].height for name in boxes if rows[name] == row) for row in {*rows.values()}]
    return sum(highest) + _BETWEEN_ROWS * (len(highest) - 1)


def _rows(names: Sequence[str], lines: Sequence[Line]) -> dict[str, int]:
    """The row of each table: below its parents; cycles are cut where they close."""
    parents: dict[str, list[str]] = {name: [] for name in names}
    for line in lines:
        parents[line.child].append(line.parent)
    rows: dict[str, int] = {}
    open_: set[str] = set()

    def row(name: str) -> int:
        if name not in rows:
            open_.add(name)
            rows[name] = max((row(parent) + 1 for parent in parents[name] if parent not in open_), default=0)
            open_.discard(name)
        return rows[name]

    for name in names:
        row(name)
    return rows
