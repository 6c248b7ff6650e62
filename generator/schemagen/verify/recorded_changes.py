"""What the lock's words of a migration say of tables and columns: made, dropped, renamed, or of another type."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schemagen.migrations.own_steps import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TABLE = re.compile(r"(create|drop|rename|alter) table (\w+)(?: to (\w+))?(?:: (.*))?", re.DOTALL)
_COLUMN = re.compile(r"(add|drop|rename|alter) column (\w+)(?: to (\w+))?(?: \(.*\)|: (.*))?", re.DOTALL)
_VALUES = re.compile(r"rename values of column (\w+)")
_TYPES = re.compile(r"type (\w+).*? → (\w+)", re.DOTALL)
_ALIKE = ({"text", "varchar", "enum"}, {"smallint", "integer", "bigint"})
"""Types whose values stay as they are when a column takes another one of the same group."""

_CONSTRAINING = tuple(
    f"{verb} {what}"
    for verb in ("add", "drop")
    for what in ("constraint", "unique constraint", "check", "foreign key", "column")
)
_WRITTEN = re.compile(r"`[^`]*`")
"""What an author wrote, as ``changes.wording`` sets it off."""


@dataclass(slots=True)
class Moves:
    """Names that are made, dropped, and renamed from old to new."""

    made: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)
    renamed: dict[str, str] = field(default_factory=dict)

    def pairs(self, old: Iterable[str], new: Iterable[str]) -> Iterator[tuple[str, str]]:
        """The old and the new name of everything that is there before and after."""
        after = set(new)
        taken = self.made | set(self.renamed.values())
        for name in old:
            if name in self.renamed:
                if self.renamed[name] in after:
                    yield name, self.renamed[name]
            elif name in after and name not in self.dropped and name not in taken:
                yield name, name

    def note(self, verb: str, name: str, to: str | None) -> None:
        """Take down one change of the verbs ``create``, ``add``, ``drop`` and ``rename``."""
        if verb in {"create", "add"}:
            self.made.add(name)
        elif verb == "drop":
            self.dropped.add(name)
        elif verb == "rename" and to:
            self.renamed[name] = to


@dataclass(slots=True)
class Told:
    """One migration. ``columns`` has every table that is altered, by its new name.

    ``changed`` are the columns whose values may become others, ``retyped`` those that take another type and keep them,
    ``touched`` the names of all columns that are spoken of, ``constrained`` the tables that other rows may now fit.
    """

    tables: Moves = field(default_factory=Moves)
    columns: defaultdict[str, Moves] = field(default_factory=lambda: defaultdict(Moves))
    changed: set[tuple[str, str]] = field(default_factory=set)
    retyped: set[tuple[str, str]] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    constrained: set[str] = field(default_factory=set)
    is_step: bool = False
    """Whether it is a step of the author's own, which changes rows."""

    @property
    def makes_tables_alone(self) -> bool:
        """Whether it is one of those that a first build is made of."""
        return not (self.tables.dropped or self.tables.renamed or self.columns or self.is_step)


def told_by(changes: Iterable[str]) -> Told:
    """What the changes of a record in the lock say (``changes.Change.describe``)."""
    told = Told()
    for words in changes:
        told.is_step |= words.startswith(PREFIX)
        if found := _TABLE.match(_WRITTEN.sub("``", words)):
            verb, name, to, parts = found.groups()
            told.tables.note(verb, name, to)
            for part in (parts or "").split("; "):
                _note_part(told, name, part)
    return told


def _note_part(told: Told, table: str, words: str) -> None:
    if not words:
        return
    columns = told.columns[table]
    if found := _VALUES.match(words):
        told.changed.add((table, found[1]))
        told.touched.add(found[1])
        return
    if words.startswith(_CONSTRAINING):
        told.constrained.add(table)
    if found := _COLUMN.match(words):
        verb, name, to, how = found.groups()
        columns.note(verb, name, to)
        told.touched |= {name, to or name}
        types = _TYPES.search(how or "")
        if types and "values by the backfill" in (how or ""):
            told.changed.add((table, name))
        elif types and (types[1] == types[2] or any({types[1], types[2]} <= group for group in _ALIKE)):
            told.retyped.add((table, name))
        elif types or "generated" in (how or "") or "expression" in (how or ""):
            told.changed.add((table, name))
