"""What of a migration goes into which file of a runner that sends a file whole.

PostgreSQL runs CREATE INDEX CONCURRENTLY and blocks that commit only as the one statement of their message, so a
migration outside of a transaction becomes a file a statement. Files are numbered ``number * 1000 + place``, for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemagen.changes.migration import Migration, Statement

PIECES = 1000
"""How many files a migration may have."""

NOTHING = "SELECT 1"
"""Stands where there is nothing to do: some runners refuse an empty query."""

_PATH = "schemagen.path"
"""What a migration outside of a transaction sets for its session, which other files may not share."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One file: a number that orders the files of all migrations, and its statements, both ways."""

    number: int
    name: str
    up: tuple[str, ...]
    down: tuple[str, ...]
    transactional: bool = True


def pieces(migration: Migration) -> tuple[Piece, ...]:
    """The files of a migration; a rollback that undoes all of it stands in the first."""
    up, down = _sql(migration.statements), _sql(migration.rollback)
    base = migration.number * PIECES
    if migration.transactional:
        return (Piece(base, migration.name, up or (NOTHING,), down or (NOTHING,)),)
    parts = [sql for sql in up if _PATH not in sql]
    return tuple(
        Piece(
            base + place,
            f"{migration.name}_{place}",
            (sql,),
            down if place == 1 and down else (NOTHING,),
            transactional=False,
        )
        for place, sql in enumerate(parts, start=1)
    )


def _sql(statements: Iterable[Statement]) -> tuple[str, ...]:
    return tuple(statement.sql for statement in statements)


def sql_text(statements: Iterable[str]) -> str:
    """Statements as a file has them, each with its semicolon."""
    return "\n\n".join(f"{sql};" for sql in statements)
