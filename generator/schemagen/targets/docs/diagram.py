"""Entity-relationship diagrams in Mermaid, split into groups that a reader and GitHub's renderer can take in."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.base.escape import mermaid
from schemagen.schema.types import Array, Double, Enum, Native, Numeric

from .words import is_optional

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemagen.schema.model import ForeignKey, Schema, Table
    from schemagen.schema.types import Type

MAX_TABLES = 15
"""Tables of its own that one diagram shows; more are split by group."""

MAX_NEIGHBOURS = 10
"""Tables beyond the group that one diagram shows, by their keys alone."""

MOST_IN_A_ROW = 4
"""Parents, and children, around one table alone: each kind is a row, and more can't be read at a page's width."""

MAX_COLUMNS = 400
"""Columns that one diagram shows: Mermaid refuses a text over 50,000 characters (``maxTextSize``)."""

_KEY_WORDS = frozenset({"pk", "fk", "uk"})
_NOT_IN_TYPE = re.compile(r"[^A-Za-z0-9_()\[\]-]+")


@dataclass(frozen=True, slots=True)
class Diagram:
    """One diagram: the tables that it is about, its Mermaid text, and the neighbours there was no room for."""

    tables: tuple[str, ...]
    text: str
    left_out: tuple[str, ...] = ()


def er_diagram(tables: Sequence[Table], schema: Schema) -> list[Diagram]:
    """The diagrams of some tables with their direct neighbours; one where they fit, else one a connected group."""
    if not tables:
        return []
    if _fits(tables):
        return [_diagram(tables, schema)]
    named: dict[str, list[Table]] = {}
    for table in tables:
        named.setdefault(table.group, []).append(table)
    groups = (group for part in named.values() for group in _connected(part, schema))
    return [_diagram(part, schema) for group in groups for part in _parts(group)]


def _fits(tables: Sequence[Table]) -> bool:
    return len(tables) <= MAX_TABLES and sum(len(table.columns) for table in tables) <= MAX_COLUMNS


def _connected(tables: Sequence[Table], schema: Schema) -> list[list[Table]]:
    """Groups of tables that refer to one another, each from its first table outwards; single tables share groups."""
    own = {table.name: table for table in tables}
    groups: list[list[Table]] = []
    alone: list[Table] = []
    seen: set[str] = set()
    for table in tables:
        if table.name in seen:
            continue
        group = _reachable(table, own, schema, seen)
        if len(group) > 1:
            groups.append(group)
        else:
            alone += group
    return [*groups, alone] if alone else groups


def _reachable(start: Table, own: dict[str, Table], schema: Schema, seen: set[str]) -> list[Table]:
    seen.add(start.name)
    group, queue = [start], deque([start])
    while queue:
        table = queue.popleft()
        around = [key.parent for key in table.foreign_keys] + [child.name for child, _ in schema.children(table.name)]
        for name in around:
            if name in own and name not in seen:
                seen.add(name)
                group.append(own[name])
                queue.append(own[name])
    return group


def _parts(group: list[Table]) -> list[list[Table]]:
    parts: list[list[Table]] = [[]]
    for table in group:
        if parts[-1] and not _fits([*parts[-1], table]):
            parts.append([])
        parts[-1].append(table)
    return parts


def _diagram(tables: Sequence[Table], schema: Schema) -> Diagram:
    own = {table.name for table in tables}
    pairs = _relationships(tables, own, schema)
    around = list(dict.fromkeys(name for child, key in pairs for name in (child.name, key.parent) if name not in own))
    drawn = _in_rows(tables[0], around) if len(tables) == 1 else around[:MAX_NEIGHBOURS]
    shown = {*drawn, *own}
    lines = ["erDiagram"]
    for table in tables:
        lines += _entity(table, full=True)
    for name in drawn:
        lines += _entity(schema.table(name), full=False)
    lines += [
        _edge(child, key, schema.table(key.parent))
        for child, key in pairs
        if child.name in shown and key.parent in shown
    ]
    return Diagram(
        tuple(table.name for table in tables), "\n".join(lines), tuple(name for name in around if name not in shown)
    )


def _in_rows(table: Table, around: Sequence[str]) -> list[str]:
    """The neighbours of one table that are drawn: its first parents, and its first children."""
    above = {key.parent for key in table.foreign_keys}
    parents, children = [n for n in around if n in above], [n for n in around if n not in above]
    return [*parents[:MOST_IN_A_ROW], *children[:MOST_IN_A_ROW]]


def _relationships(tables: Sequence[Table], own: set[str], schema: Schema) -> list[tuple[Table, ForeignKey]]:
    """Every key of these tables, then every key of other tables that points at one of them."""
    outgoing = [(table, key) for table in tables for key in table.foreign_keys]
    incoming = [pair for table in tables for pair in schema.children(table.name) if pair[0].name not in own]
    return outgoing + incoming


def _entity(table: Table, *, full: bool) -> list[str]:
    primary = set(table.primary_key.columns) if table.primary_key else set()
    foreign = {name for key in table.foreign_keys for name in key.columns}
    single = {unique.columns[0] for unique in table.uniques if len(unique.columns) == 1}
    lines = []
    for column in table.columns:
        if not full and column.name not in primary:
            continue
        marks = [mark for mark, names in (("PK", primary), ("FK", foreign), ("UK", single)) if column.name in names]
        keys = f" {', '.join(marks)}" if marks else ""
        called = f' "{mermaid(column.name)}"' if column.spec_key else ""
        lines.append(f"        {type_word(column.type)} {attribute_name(column.key)}{keys}{called}")
    return [f'    "{table.key}" {{', *lines, "    }"] if lines else [f'    "{table.key}"']


def _edge(child: Table, key: ForeignKey, parent: Table) -> str:
    parent_end = "|o" if is_optional(child, key) else "||"
    child_end = "o|" if child.is_unique(key.columns) else "o{"
    line = "--" if key.enforced else ".."
    action = f"on delete {key.deletion}" if key.enforced else "not enforced"
    label = mermaid(f"{', '.join(key.columns)}: {action}")
    return f'    "{parent.key}" {parent_end}{line}{child_end} "{child.key}" : "{label}"'


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
