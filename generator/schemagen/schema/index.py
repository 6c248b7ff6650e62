"""Indexes: what they hold, in which order, and which rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from .dialect import DialectName, Sql  # noqa: TC001  (the codec reads the hints)
from .full_text import METHOD as FULL_TEXT

if TYPE_CHECKING:
    from schemagen.base.diagnostics import Origin


class Nulls(StrEnum):
    """Where an index keeps NULLs."""

    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class IndexElement:
    """One element of an index: a column, or an expression (exactly one of the two is set)."""

    column: str | None = None
    sql: Sql | None = None
    descending: bool = False
    nulls: Nulls | None = None
    opclass: str | None = None
    collation: str | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """An index; ``only`` names the one engine that has it, ``reason`` keeps one that no query needs.

    Unless ``nulls_distinct``, NULL is a value like others to a unique one; one that ``completes`` is SQLite's half of
    such a rule.
    """

    name: str
    elements: tuple[IndexElement, ...]
    unique: bool = False
    where: Sql | None = None
    method: str = "btree"
    include: tuple[str, ...] = ()
    only: DialectName | None = None
    description: str = ""
    reason: str = ""
    origin: Origin | None = field(default=None, compare=False, repr=False)
    nulls_distinct: bool = True
    completes: bool = False
    postgres: str = ""
    """What PostgreSQL calls it, where another schema has an index of that name, and SQLite takes it once."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The plain columns among the elements, in order."""
        return tuple(element.column for element in self.elements if element.column is not None)

    @property
    def is_full_text(self) -> bool:
        """Whether it holds the words of texts."""
        return self.method == FULL_TEXT

    @property
    def is_whole(self) -> bool:
        """Whether it holds every row on both engines, and nothing but plain columns."""
        is_plain = not self.is_full_text and len(self.columns) == len(self.elements)
        return is_plain and self.where is None and self.only is None
