"""How far a rule is kept on PostgreSQL ("ALTER TABLE", NOT VALID; "CREATE TABLE", NOT ENFORCED)."""

from __future__ import annotations

from enum import StrEnum


class RuleState(StrEnum):
    """Which rows a check or a foreign key is kept for: all, those that are written from now on, or none."""

    VALID = "valid"
    NOT_VALID = "not valid"
    NOT_ENFORCED = "not enforced"

    @property
    def suffix(self) -> str:
        """What stands behind its definition."""
        return "" if self is RuleState.VALID else f" {self.upper()}"
