"""The two engines, and SQL as each of them runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DialectName = Literal["sqlite", "postgres"]
DIALECTS: tuple[DialectName, ...] = ("sqlite", "postgres")


@dataclass(frozen=True, slots=True)
class Sql:
    """One expression or statement as each engine runs it; None where it is left out of that engine."""

    postgres: str | None
    sqlite: str | None

    def for_dialect(self, dialect: DialectName) -> str | None:
        """The text of one engine."""
        return self.postgres if dialect == "postgres" else self.sqlite
