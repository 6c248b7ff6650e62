"""How much a project asks of its specs."""

from __future__ import annotations

from enum import StrEnum


class Profile(StrEnum):
    """How much a project asks of its specs; each profile has the rules of those before it."""

    SAFETY = "safety"
    DOCUMENTED = "documented"
    STRICT = "strict"

    def includes(self, other: Profile) -> bool:
        """Whether a rule of another profile belongs to this one."""
        order = list(Profile)
        return order.index(other) <= order.index(self)
