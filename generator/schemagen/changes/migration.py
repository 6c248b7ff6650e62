"""A migration as data: statements, the way back, and what its header says. Files and revisions are renderings of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemagen.schema.dialect import DialectName

    from .records import ChangeRecord


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement without its final semicolon; ``heading`` is a comment line above it in files, or empty."""

    sql: str
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of one dialect.

    ``number`` and ``name`` are shared by the dialects: ``001`` and ``create_users``. ``header`` are the lines of prose
    at the top of the file; ``losses`` say what upgrading drops, ``rollback_losses`` what rolling back drops, and
    ``rollback_stops`` of which rows that stops before it changes anything.
    ``altering`` is true for one that changes what is there, and so does nothing twice.
    """

    number: int
    name: str
    dialect: DialectName
    statements: tuple[Statement, ...]
    rollback: tuple[Statement, ...]
    header: tuple[str, ...] = ()
    transactional: bool = True
    losses: tuple[str, ...] = ()
    rollback_losses: tuple[str, ...] = ()
    rollback_stops: tuple[str, ...] = ()
    altering: bool = False

    @property
    def identifier(self) -> str:
        """``001_create_users``: the file's stem and the key in the lock."""
        return f"{self.number:03d}_{self.name}"

    @property
    def sha256(self) -> str:
        """The hash of what the migration does, forth and back; prose in its header is no part of it."""
        content = [self.transactional, [s.sql for s in self.statements], [s.sql for s in self.rollback]]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Step:
    """One number of the history: the same step for each dialect, and the changes that it makes."""

    sqlite: Migration
    postgres: Migration
    changes: tuple[ChangeRecord, ...] = ()

    @property
    def number(self) -> int:
        """Its place in the order, from 1."""
        return self.sqlite.number

    @property
    def name(self) -> str:
        """What it does, in lower_snake_case, without the number."""
        return self.sqlite.name

    @property
    def identifier(self) -> str:
        """``001_create_users``."""
        return self.sqlite.identifier

    def for_dialect(self, dialect: DialectName) -> Migration:
        """The migration of one engine."""
        return self.postgres if dialect == "postgres" else self.sqlite
