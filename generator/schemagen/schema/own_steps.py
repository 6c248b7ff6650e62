"""Steps that an author writes between two changes of the schema, as they are written: not resolved against tables."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schemagen.base.diagnostics import Origin

Rows = tuple[tuple[str, tuple["Mapping[str, Any]", ...]], ...]
"""Rows by table, their values as they stand in the YAML."""


@dataclass(frozen=True, slots=True)
class WrittenSql:
    """Statements in PostgreSQL's SQL, and SQLite's own; None where those are to be translated."""

    postgres: tuple[str, ...] = ()
    sqlite: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """A table of a step, what the step calls it, and how many rows of it one transaction covers."""

    table: str
    alias: str
    rows: int


@dataclass(frozen=True, slots=True)
class OwnStep:
    """One step. ``down`` without statements says that it can't be taken back."""

    name: str
    up: WrittenSql
    down: WrittenSql
    done: WrittenSql | None = None
    batch: Batch | None = None
    given: Rows = ()
    then: Rows = ()
    description: str = ""
    origin: Origin | None = field(default=None, compare=False, repr=False)

    @property
    def sha256(self) -> str:
        """The hash of what it does and of its proof; its description is no part of it."""
        parts = [_statements(each) for each in (self.up, self.down, self.done)]
        batch = [self.batch.table, self.batch.alias, self.batch.rows] if self.batch else None
        rows = [[[table, list(map(dict, listed))] for table, listed in each] for each in (self.given, self.then)]
        return hashlib.sha256(json.dumps([parts, batch, rows], ensure_ascii=False).encode()).hexdigest()


def _statements(sql: WrittenSql | None) -> Sequence[Sequence[str] | None] | None:
    return [sql.postgres, sql.sqlite] if sql else None
