"""What a rollback drops of what has come since, and the rows before which it stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.schema.model import ForeignKey

from . import changes as c
from .conversions import conversion_of
from .safety import UNIQUE, losses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .diff import Evolution


def rollback_losses(evolution: Evolution) -> tuple[str, ...]:
    """What the header of a rollback lists after "This loses:".

    Args:
        evolution: what the rollback undoes.
    """
    back = evolution.back
    lost = [loss.lost for loss in losses(back) if loss.lost and not loss.allow.startswith(UNIQUE)]
    return tuple(dict.fromkeys((*lost, *_unconverted(evolution))))


def rollback_stops(evolution: Evolution) -> tuple[str, ...]:
    """Of which rows a rollback stops before it changes anything: what its header lists after "if".

    Args:
        evolution: what the rollback undoes.
    """
    back = evolution.back
    unfit = (loss.stops for loss in losses(back) if loss.stops)
    orphans = (_orphans(change.new.name, key) for change, key in orphaning_keys(back))
    return tuple(dict.fromkeys((*unfit, *orphans)))


def _unconverted(evolution: Evolution) -> Iterator[str]:
    for change in evolution.altered:
        for part in change.parts:
            if isinstance(part, c.AlterColumn) and conversion_of(part.old, part.new):
                where = f"{change.new.name}.{part.new.name}"
                yield f"the values of {where} from before: what its backfill made of them stays"


def _orphans(table: str, key: ForeignKey) -> str:
    return f"a row of {table} refers to {key.parent} ({', '.join(key.columns)}), which comes back without rows"


def orphaning_keys(back: Evolution) -> Iterator[tuple[c.AlterTable, ForeignKey]]:
    """The foreign keys that come back to a parent that comes back empty, of columns that have kept their values."""
    empty = {table.name for table in back.created}
    for change in back.altered:
        kept = {name for name, _ in change.columns}
        for part in change.parts:
            if isinstance(part, c.AddConstraint) and isinstance(part.constraint, ForeignKey):
                key = part.constraint
                if key.enforced and key.parent in empty and kept.issuperset(key.columns):
                    yield change, key
