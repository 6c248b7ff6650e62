"""Keys and unique indexes that are made outside the transaction, and how they take the place of old ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.engines import definitions
from schemagen.engines.postgres.dialect import POSTGRES

from .tables import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .tables import TablePlan


def is_made_later(columns: Iterable[str], plan: TablePlan) -> bool:
    """Whether columns of a parent become unique by a second migration alone, so that a foreign key has to wait."""
    wanted = set(columns)
    made = [set(each.columns) for each in plan.added if each.kind in KEYS]
    names = plan.indexes()[2]
    made += [set(index.columns) for index in plan.change.new.indexes if index.unique and index.name in names]
    kept = [
        set(each.columns)
        for each in definitions.constraints(POSTGRES, plan.change.new, plan.change.new)
        if each not in plan.added
    ]
    return wanted in made and wanted not in kept
