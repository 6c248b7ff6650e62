"""Row sizes and growth of tables, from the types of their columns and the volume that the spec states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .markdown import table as markdown_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemagen.engines.base import Dialect, RowSize
    from schemagen.schema.model import Table

MONTHS = 12
MILLION = 1_000_000
_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
_STEP = 1000
_SHORT = 100


def human_bytes(count: int) -> str:
    """Bytes in decimal units with two or three digits: ``850 B``, ``1.2 MB``, ``480 GB``."""
    size = float(count)
    unit = 0
    while size >= _STEP - 0.5 and unit < len(_UNITS) - 1:
        size /= _STEP
        unit += 1
    return f"{size:.1f} {_UNITS[unit]}" if unit and size < _SHORT - 0.05 else f"{size:.0f} {_UNITS[unit]}"


@dataclass(frozen=True, slots=True)
class Sizes:
    """What is known of one table's size on each engine."""

    table: Table
    postgres: RowSize
    sqlite: RowSize

    def total(self, size: RowSize, rows: int) -> str:
        """The room that so many rows take with their indexes."""
        return human_bytes(rows * (size.row + size.indexes))

    @property
    def rows_after_a_year(self) -> int:
        """The rows expected after twelve months; 0 without a volume."""
        volume = self.table.volume
        return volume.rows + MONTHS * volume.growth_per_month if volume else 0


def sizes_of(tables: Sequence[Table], postgres: Dialect, sqlite: Dialect) -> tuple[Sizes, ...]:
    """The sizes of some tables."""
    return tuple(Sizes(table, postgres.row_size(table), sqlite.row_size(table)) for table in tables)


def row_table(sizes: Sequence[Sizes]) -> str:
    """A row's bytes, its share of the indexes, and what a million rows take, on both engines."""
    header = ("Table", "PostgreSQL row", "its indexes", "1 million rows", "SQLite row", "its indexes", "1 million rows")
    rows = []
    for size in sizes:
        cells = [f"`{size.table.name}`"]
        for engine in (size.postgres, size.sqlite):
            cells += [f"{engine.row:,} B", f"{engine.indexes:,} B", size.total(engine, MILLION)]
        rows.append(cells)
    return markdown_table(header, rows)


def growth_table(sizes: Sequence[Sizes]) -> str:
    """Rows and room now and after a year for the tables with a stated volume; empty when there is none."""
    header = (
        "Table",
        "Rows",
        "New rows a month",
        "Rows after a year",
        "PostgreSQL now",
        "after a year",
        "SQLite now",
        "after a year",
    )
    rows = []
    for size in sizes:
        if not (volume := size.table.volume):
            continue
        cells = [
            f"`{size.table.name}`",
            f"{volume.rows:,}",
            f"{volume.growth_per_month:,}",
            f"{size.rows_after_a_year:,}",
        ]
        for engine in (size.postgres, size.sqlite):
            cells += [size.total(engine, volume.rows), size.total(engine, size.rows_after_a_year)]
        rows.append(cells)
    return markdown_table(header, rows) if rows else ""


def largest_sentence(sizes: Sequence[Sizes]) -> str:
    """Which table will be the largest after a year, and how large; empty without a volume."""
    stated = [size for size in sizes if size.table.volume]
    if not stated:
        return ""
    largest = max(stated, key=lambda size: size.rows_after_a_year * (size.postgres.row + size.postgres.indexes))
    rows = largest.rows_after_a_year
    return (
        f"The largest table after a year is `{largest.table.name}` with {rows:,} rows: "
        f"{largest.total(largest.postgres, rows)} on PostgreSQL and {largest.total(largest.sqlite, rows)} on SQLite, "
        "indexes included."
    )
