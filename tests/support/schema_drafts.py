"""What a random spec is made from: tables under way, and what chance decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from schemagen.engines.dialects import POSTGRES
from support.schema_values import ODD_TEXTS, Data

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from random import Random

    from support.schema_kinds import Kind

NOTE_KEYS = (
    "security",
    "performance",
    "ordering",
    "design_decisions",
    "phase",
    "concurrency",
    "evolution",
    "anything_else",
)


def quoted(name: str) -> str:
    """A name as it stands in SQL."""
    return POSTGRES.quote(name)


@dataclass
class Draft:
    """A table under way: its spec, the kinds of its columns, and what may refer to it."""

    name: str
    spec: Data
    kinds: dict[str, Kind] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    targets: list[tuple[str, ...]] = field(default_factory=list)
    generated: set[str] = field(default_factory=set)
    referring: set[str] = field(default_factory=set)

    @property
    def columns(self) -> dict[str, Data]:
        """The columns as they are written."""
        columns: dict[str, Data] = self.spec["columns"]
        return columns

    def references(self) -> Iterable[tuple[list[str], str, list[str], Data]]:
        """Every foreign key: its columns, the parent, the parent's columns, and where it is written."""
        for name, column in self.columns.items():
            if "references" in column:
                parent, _, parent_column = column["references"].partition(".")
                yield [name], parent, [parent_column], column
        for key in self.spec.get("foreign_keys", []):
            yield key["columns"], key["references"]["table"], key["references"]["columns"], key

    def uniques(self) -> Iterable[tuple[str, ...]]:
        """Columns that no two rows may share: the primary key, unique constraints, and unique indexes."""
        if self.key:
            yield self.key
        yield from ((name,) for name, column in self.columns.items() if column.get("unique"))
        yield from (tuple(unique["columns"]) for unique in self.spec.get("unique", []))
        for index in self.spec.get("indexes", []):
            if index.get("unique"):
                yield tuple(e.split()[0] if isinstance(e, str) else e["column"] for e in index["columns"])


class Chance:
    """What a source of random numbers decides about a spec; the same source decides the same."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.drafts: list[Draft] = []
        self.relations: set[str] = set()
        self.serial = 0

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def text(self) -> str:
        return self.random.choice(ODD_TEXTS)

    def some(self, listed: Sequence[Any], most: int) -> list[Any]:
        return self.random.sample(listed, min(len(listed), self.random.randint(1, most)))

    def notes(self) -> Data:
        return {key: self.text() if self.chance(0.7) else [self.text(), "more"] for key in self.some(NOTE_KEYS, 3)}

    def number(self) -> int:
        self.serial += 1
        return self.serial

    def relation_name(self, stem: str) -> str:
        """A new name for an index or a key, now and then in mixed case."""
        name = f"{stem}_{self.number()}"
        return name.title() if self.chance(0.2) else name
