"""What a spec says of a column or a table that no database keeps."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Api:
    """Whether a column is in what is answered, and in what requests bring (None: where nothing else fills it)."""

    read: bool = True
    write: bool | None = None


@dataclass(frozen=True, slots=True)
class Volume:
    """How many rows a table is expected to hold, and how many more each month."""

    rows: int
    growth_per_month: int = 0
