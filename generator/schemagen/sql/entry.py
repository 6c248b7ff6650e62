"""The entries of the published list: what is translated, into what, and what to know about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .value import Value

ANY_NUMBER = 99
"""No limit on the arguments (SQLite takes at most 100 in a call)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the published list."""

    name: str
    postgres: str
    sqlite: str
    note: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """A function that is translated: its published forms, how many arguments it takes and how a call is built."""

    name: str
    postgres: str
    sqlite: str
    build: Callable[[Sequence[Value]], Value] = field(compare=False, repr=False)
    low: int = 1
    high: int = 1
    note: str = ""

    def entry(self, group: str) -> Entry:
        """Its line in the published list."""
        return Entry(self.name, self.postgres, self.sqlite, self.note, group)
