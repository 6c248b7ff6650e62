"""Enum types of the database, which several columns share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .places import HERE, Place

if TYPE_CHECKING:
    from schemagen.base.diagnostics import Origin


@dataclass(frozen=True, slots=True)
class EnumType:
    """An enum type of the database: its labels in their order, and what some of them were called before (new, old)."""

    name: str
    labels: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...] = ()
    description: str = ""
    document: str = ""
    origin: Origin | None = field(default=None, compare=False, repr=False)
    postgres: Place = HERE
    """Where it is, if not in the schema of the connection under its name."""
