"""What SQLite does with a row that breaks a rule, unless it refuses it (SQLite, "The ON CONFLICT Clause")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ConflictAction = Literal["replace", "ignore", "fail", "rollback"]
"""All but ABORT, which is what SQLite does anyhow."""
ConflictedRule = Literal["not null", "unique", "primary key"]

REFUSING: frozenset[str] = frozenset({"fail"})
"""Actions that refuse the row, and leave the transaction as it is."""


@dataclass(frozen=True, slots=True, order=True)
class ConflictRule:
    """A rule of a table, by its kind and columns, and what SQLite does where a row breaks it."""

    kind: ConflictedRule
    columns: tuple[str, ...]
    action: ConflictAction

    def __str__(self) -> str:
        """As the text of a table says it."""
        return f"{self.kind} ({', '.join(self.columns)}) on conflict {self.action}"


def conflict_action(rules: tuple[ConflictRule, ...], kind: ConflictedRule, columns: tuple[str, ...]) -> str:
    """The word behind ON CONFLICT of a rule; nothing where a row that breaks it is refused, as usual."""
    return next((rule.action.upper() for rule in rules if (rule.kind, rule.columns) == (kind, columns)), "")
