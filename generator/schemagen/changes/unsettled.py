"""What reads that which the same build changes or drops: which value it would find, nothing decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.sql.other_rows import reads_other_rows, tables_read

from .conversions import fill_of_nulls, stored_type
from .renames import mentions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.model import Column

    from .changes import AlterTable
    from .diff import Evolution


def unsettled_reads(evolution: Evolution) -> Iterator[tuple[Column, str]]:
    """The columns whose backfill reads, in another row, what changes in the same build; each with that table."""
    changing = {change.new.name: set(_changing(change)) for change in evolution.altered}
    for change in evolution.altered:
        continued = dict(change.columns)
        for column in change.new.columns:
            is_new = column.name not in continued
            fill = column.backfill if is_new else fill_of_nulls(change.moved.column(column.name), column)
            text = (fill.postgres if fill else None) or ""
            if reads_other_rows(text):
                read = (name for name in tables_read(text, "postgres") if mentions(text, changing.get(name, ())))
                yield from ((column, name) for name in read)


def torn_computations(evolution: Evolution) -> Iterator[Column]:
    """The columns that are to keep what was computed when it was read, from columns that the same build drops."""
    for change in evolution.altered:
        dropped = [column.name for column in change.dropped_columns]
        for old, new in change.pairs:
            text = (old.generated.postgres if old.generated else None) or ""
            if old.virtual and new.generated is None and mentions(text, dropped):
                yield new


def _changing(change: AlterTable) -> Iterator[str]:
    """The columns, under their names from before, that go, get another name, or get other values."""
    after = {old: new for new, old in change.columns}
    for old in change.old.by_name:
        new = after.get(old)
        if new != old:
            yield old
            continue
        before, column = change.moved.column(new), change.new.column(new)
        filled = fill_of_nulls(before, column)
        if stored_type(before.type) != stored_type(column.type) or filled:
            yield old
