"""How much of a schema is described."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .model import Table


def described(tables: Iterable[Table]) -> tuple[int, int]:
    """How many of the tables and of their columns have a description, and how many there are."""
    texts = [text for table in tables for text in (table.description, *(one.description for one in table.columns))]
    return sum(map(bool, texts)), len(texts)


def coverage(tables: Iterable[Table]) -> str:
    """The same in words: ``descriptions 82 % (9 of 11 tables and columns)``; whole percents, rounded down."""
    written, all_ = described(tables)
    return f"descriptions {written * 100 // all_ if all_ else 100} % ({written} of {all_} tables and columns)"
