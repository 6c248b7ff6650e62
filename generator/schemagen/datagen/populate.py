"""Rows for a whole schema: how many each table gets, and as many as its keys allow."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from .fill import NULLS, Filler

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemagen.schema.model import Schema

TINY = 1_000
"""Up to so many rows a sequential scan is what a planner should take."""

LEAST, USUAL, LARGEST = 1_000, 2_000, 10_000
"""Rows of the smallest table, of one without a volume, and of the largest: fewer, and PostgreSQL scans whatever the
indexes are; more, and proofs take long."""


def sizes(schema: Schema) -> dict[str, int]:
    """How many rows each table gets: the more its ``volume``, the more, in proportions that are flattened."""
    volumes = {table.name: max(TINY, table.volume.rows) for table in schema.tables if table.volume}
    smallest, largest = min(volumes.values(), default=1), max(volumes.values(), default=1)
    flattened = min(1.0, log(LARGEST / LEAST) / log(largest / smallest)) if largest > smallest else 1.0
    return {
        table.name: int(LEAST * (volumes[table.name] / smallest) ** flattened) if table.volume else USUAL
        for table in schema.tables
    }


def filled(schema: Schema, wanted: Mapping[str, int], seed: int, nulls: float = NULLS) -> tuple[Filler, dict[str, str]]:
    """All tables with rows, as far as they can be filled, and why the others cannot.

    A table whose keys allow fewer rows than were wanted has as many as they allow.
    """
    filler = Filler(schema, schema.by_name, seed, nulls)
    return filler, filler.fill_what_can_be(wanted)
