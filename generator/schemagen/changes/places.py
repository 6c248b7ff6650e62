"""What changes of where PostgreSQL has a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemagen.schema.places import Place


@dataclass(frozen=True, slots=True)
class ChangePlace:
    """Another schema of PostgreSQL, or another name there."""

    old: Place
    new: Place

    def describe(self) -> str:
        """In words."""
        return f"move {self.old} to {self.new} on PostgreSQL"
