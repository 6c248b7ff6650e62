"""Checks, defaults, generated columns and index expressions: PostgreSQL in, both engines out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.schema import types as t
from schemagen.schema.dialect import Sql

from .expression import Expression

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemagen.schema.types import Type


_CLOCKS = frozenset(
    {"now()", "current_timestamp", "clock_timestamp()", "statement_timestamp()", "transaction_timestamp()"}
)
_DAYS = frozenset({"current_date"})
_UUIDS = frozenset({"gen_random_uuid()"})


def expression(
    text: str,
    columns: Mapping[str, Type],
    *,
    result: Type | None = None,
    is_condition: bool = False,
    is_immutable: bool = False,
) -> Expression:
    """Check an expression of a spec and translate it.

    Args:
        text: PostgreSQL's SQL.
        columns: the columns that it may read, with their types.
        result: the type of the column that it fills (default, generated, on_row_update, backfill); None for checks,
            predicates and index expressions.
        is_condition: whether it has to be true or false, as checks and predicates are.
        is_immutable: whether nothing but its row may decide it, as of generated columns and indexes.

    Returns:
        The stripped text for PostgreSQL and its translation for SQLite. Neither has outer parentheses of ours.

    Raises:
        SqlError: when it is not a single expression, names an unknown column, mixes types, or has no equal on SQLite.
    """
    stripped = text.strip()
    common = None if is_immutable else _common(stripped, result)
    if common is not None:
        return Expression(Sql(stripped, common))
    from .translate_expression import translated  # sqlglot: nothing needs it until here

    return translated(stripped, columns, result, is_condition=is_condition, is_immutable=is_immutable)


def _common(text: str, result: Type | None) -> str | None:
    """The SQLite text of the commonest defaults, found without a parser."""
    from .clock import CLOCK, clock_text
    from .functions import random_uuid

    folded = text.lower()
    if result is not None and (folded in _CLOCKS or (folded in _DAYS and isinstance(result, t.Date))):
        return clock_text(result) if type(result) in CLOCK else None
    if folded in _UUIDS and isinstance(result, t.Uuid):
        return random_uuid().sql
    return None
