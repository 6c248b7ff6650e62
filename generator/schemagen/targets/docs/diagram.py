"""Entity-relationship diagrams in Mermaid, split so that each can be read at the width of a page."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from enum import Enum as Enumeration
from itertools import islice
from typing import TYPE_CHECKING

from schemagen.base.escape import mermaid
from schemagen.schema.types import Array, Double, Enum, Native, Numeric

from .diagram_size import box, fits, line
from .words import is_optional

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from schemagen.schema.model import ForeignKey, Schema, Table
    from schemagen.schema.types import Type

MAX_TABLES = 15
"""Tables that one diagram shows at most, with their neighbours."""

MAX_COLUMNS = 400
"""Columns that one diagram shows: Mermaid refuses a text over 50,000 characters (``maxTextSize``)."""

_KEY_WORDS = frozenset({"pk", "fk", "uk"})
_NOT_IN_TYPE = re.compile(r"[^A-Za-z0-9_()\[\]-]+")


class _Shown(Enumeration):
    """Which columns of a table a diagram shows."""

    ALL = "all"
    KEYS = "primary and foreign keys"
    PRIMARY = "primary key"


@dataclass(frozen=True, slots=True)
class Diagram:
    """One diagram: the tables that it is about, its Mermaid text, and the neighbours there was no room for."""

    tables: tuple[str, ...]
    text: str
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sketch:
    """Tables of a diagram before they are text: its own and its neighbours, each with the columns it shows."""

    schema: Schema
    shown: dict[str, _Shown]

    def keys(self) -> dict[tuple[str, str], list[ForeignKey]]:
        """The keys that are drawn, by child and parent; neighbours refer to tables of the diagram alone."""
        found: dict[tuple[str, str], list[ForeignKey]] = {}
        for name in self.shown:
            for key in self.schema.table(name).foreign_keys:
                both = {name, key.parent}
                if both <= self.shown.keys() and any(self.shown[each] is not _Shown.PRIMARY for each in both):
                    found.setdefault((name, key.parent), []).append(key)
        return found

    def is_readable(self) -> bool:
        if len(self.shown) > MAX_TABLES:
            return False
        boxes = {name: box(name, _cells(self.schema.table(name), shown)) for name, shown in self.shown.items()}
        lines = [
            line(parent, child, _labels(self.schema.table(child), keys))
            for (child, parent), keys in self.keys().items()
        ]
        return sum(len(self.schema.table(name).columns) for name in self.shown) <= MAX_COLUMNS and fits(boxes, lines)

    def with_(self, name: str, shown: _Shown) -> _Sketch:
        return _Sketch(self.schema, {**self.shown, name: shown})


def er_diagram(tables: Sequence[Table], schema: Schema) -> list[Diagram]:
    """The diagrams of some tables with their neighbours, each of them readable at the width of a page.

    One with all columns where that can be read; else several with the keys alone, by group, in which each table has
    its parents. Tables without a relationship are in none of several.
    """
    whole = _Sketch(schema, {table.name: _Shown.ALL for table in tables})
    if len(tables) == 1 or (tables and whole.is_readable()):
        return [_with_neighbours(whole, _parents(tables) + _children(tables, schema))]
    named: dict[str, list[Table]] = {}
    for table in tables:
        if not is_alone(table, schema):
            named.setdefault(table.group, []).append(table)
    return [diagram for part in named.values() for diagram in _split(part, schema)]


def is_alone(table: Table, schema: Schema) -> bool:
    """Whether a table refers to no table, and none to it."""
    return not table.foreign_keys and not schema.children(table.name)


def _split(tables: Sequence[Table], schema: Schema) -> Iterator[Diagram]:
    """Diagrams of tables that are near one another, each from its first table outwards as far as it can be read."""
    left = {table.name: table for table in tables}
    children: dict[str, dict[str, None]] = {}
    for table in tables:
        for parent in _parents([table]):
            children.setdefault(parent, {})[table.name] = None
    while left:
        sketch, queue = _Sketch(schema, {}), deque([next(iter(left))])
        seen, tries = set(queue), MAX_TABLES
        while queue and tries:
            table, tries = left[queue.popleft()], tries - 1
            wider = _grown(sketch, table)
            if sketch.shown and not wider.is_readable():
                continue
            sketch = wider
            around = [name for name in _near(table, children) if name in left and name not in seen]
            queue.extend(around)
            seen.update(around)
        own = [left.pop(name) for name, shown in sketch.shown.items() if shown is _Shown.KEYS]
        for table in own:
            for parent in _parents([table]):
                children[parent].pop(table.name, None)
        yield _with_neighbours(_Sketch(schema, {table.name: _Shown.KEYS for table in own}), _parents(own))


def _near(table: Table, children: Mapping[str, Mapping[str, None]]) -> dict[str, None]:
    """The parents of a table, and the next children of itself and of its parents."""
    parents = dict.fromkeys(_parents([table]))
    families = [islice(children.get(name, ()), MAX_TABLES) for name in (table.name, *parents)]
    return parents | dict.fromkeys(name for family in families for name in family)


def _grown(sketch: _Sketch, table: Table) -> _Sketch:
    """A diagram with one more table of its own, and with the parents of that."""
    wider = sketch.with_(table.name, _Shown.KEYS)
    for parent in _parents([table]):
        wider = wider if parent in wider.shown else wider.with_(parent, _Shown.PRIMARY)
    return wider


def _with_neighbours(sketch: _Sketch, around: Sequence[str]) -> Diagram:
    """A diagram with as many neighbours as can be read."""
    own = tuple(sketch.shown)
    around = [name for name in dict.fromkeys(around) if name not in own]
    for name in around:
        wider = sketch.with_(name, _Shown.PRIMARY)
        sketch = wider if wider.is_readable() else sketch
    return Diagram(own, _text(sketch), tuple(name for name in around if name not in sketch.shown))


def _parents(tables: Sequence[Table]) -> list[str]:
    return [key.parent for table in tables for key in table.foreign_keys]


def _children(tables: Sequence[Table], schema: Schema) -> list[str]:
    return [child.name for table in tables for child, _ in schema.children(table.name)]


def _text(sketch: _Sketch) -> str:
    lines = ["erDiagram"]
    for name, shown in sketch.shown.items():
        lines += _entity(sketch.schema.table(name), shown)
    for (child, parent), keys in sketch.keys().items():
        lines.append(_edge(sketch.schema.table(child), keys, sketch.schema.table(parent)))
    return "\n".join(lines)


def _entity(table: Table, shown: _Shown) -> list[str]:
    lines = [f"        {' '.join(word for word in cells if word)}" for cells in _cells(table, shown)]
    return [f'    "{table.key}" {{', *lines, "    }"] if lines else [f'    "{table.key}"']


def _cells(table: Table, shown: _Shown) -> list[tuple[str, str, str, str]]:
    """What a box says of each column: type, name, keys, and its name in the database if that is another."""
    primary = set(table.primary_key.columns) if table.primary_key else set()
    foreign = {name for key in table.foreign_keys for name in key.columns}
    single = {unique.columns[0] for unique in table.uniques if len(unique.columns) == 1}
    names = {
        _Shown.ALL: {column.name for column in table.columns},
        _Shown.KEYS: primary | foreign,
        _Shown.PRIMARY: primary,
    }
    return [
        (
            type_word(column.type),
            attribute_name(column.key),
            ", ".join(
                mark for mark, those in (("PK", primary), ("FK", foreign), ("UK", single)) if column.name in those
            ),
            f'"{mermaid(column.name)}"' if column.spec_key else "",
        )
        for column in table.columns
        if column.name in names[shown]
    ]


def _edge(child: Table, keys: Sequence[ForeignKey], parent: Table) -> str:
    """The line between two tables: one for all keys, since Mermaid lays the labels of several over each other."""
    parent_end = "|o" if all(is_optional(child, key) for key in keys) else "||"
    child_end = "o|" if all(child.is_unique(key.columns) for key in keys) else "o{"
    drawn = "--" if any(key.enforced for key in keys) else ".."
    label = "<br/>".join(_labels(child, keys))
    return f'    "{parent.key}" {parent_end}{drawn}{child_end} "{child.key}" : "{label}"'


def _labels(child: Table, keys: Sequence[ForeignKey]) -> list[str]:
    """What the line says of each key; of several, also which may be empty while another may not."""
    optional = [is_optional(child, key) for key in keys]
    return [
        mermaid(
            f"{', '.join(key.columns)}: {key.deletion if key.enforced else 'not enforced'}"
            f"{' (optional)' if empty and not all(optional) else ''}"
        )
        for key, empty in zip(keys, optional, strict=True)
    ]


def attribute_name(name: str) -> str:
    """A column's name as Mermaid takes it: PK, FK and UK are words of its own there."""
    return f"{name}_" if name.lower() in _KEY_WORDS else name


def type_word(type_: Type) -> str:
    """A type as one word of Mermaid's grammar (letters, digits, ``_ - ( ) [ ]``, first a letter)."""
    match type_:
        case Enum() | Numeric():
            return type_.keyword
        case Double():
            return "double"
        case Array(element=element):
            return f"{type_word(element)}[]"
        case Native(postgres=text):
            word = _NOT_IN_TYPE.sub("_", text).strip("_-()[]")
            return word if word[:1].isalpha() else "native"
    return str(type_)
