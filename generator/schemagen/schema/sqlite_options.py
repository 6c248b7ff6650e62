"""How a table is made on SQLite."""

from __future__ import annotations

from dataclasses import dataclass

from .conflicts import ConflictRule  # noqa: TC001  (the codec reads the hints)


@dataclass(frozen=True, slots=True)
class SqliteOptions:
    """How a table is made on SQLite.

    ``strict`` false uses the classical declared types; ``parity`` false leaves out the checks that make both engines
    accept the same values (for tables that were imported as they are).
    """

    strict: bool = True
    without_rowid: bool = False
    parity: bool = True
    on_conflict: tuple[ConflictRule, ...] = ()


USUAL = SqliteOptions()
"""Those of a table whose spec says nothing of it."""
