"""A query for the nearest rows, as an index of vectors serves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlglot import exp


@dataclass(frozen=True, slots=True)
class Nearest:
    """Whether there are conditions beside that the vector is there, and how many rows are wanted at most, if known."""

    is_filtered: bool
    limit: int | None


def nearest_of(text: str, columns: Collection[str]) -> Nearest | None:
    """What a statement asks of an index over one of these columns; None for one that is not ordered by a distance."""
    from sqlglot import exp

    from .errors import SqlError
    from .parse import parse_statement

    try:
        select = parse_statement(text)
    except SqlError:
        return None
    order, limit = select.args.get("order"), select.args.get("limit")
    if not isinstance(select, exp.Select) or order is None or limit is None:
        return None
    aliases = {each.alias: each.this for each in select.expressions if isinstance(each, exp.Alias)}
    first = order.expressions[0].this
    term = aliases.get(first.name, first) if isinstance(first, exp.Column) else first
    read = {column.name for column in term.find_all(exp.Column)}
    is_distance = isinstance(term, (exp.Distance, exp.DistanceNd, exp.IntDiv))
    if not is_distance or not read.intersection(columns):
        return None
    count = limit.expression
    known = int(count.name) if isinstance(count, exp.Literal) and count.name.isdigit() else None
    where = select.args.get("where")
    return Nearest(where is not None and not _is_of_vector(where.this, columns), known)


def _is_of_vector(condition: exp.Expression, columns: Collection[str]) -> bool:
    """Whether a condition says no more than that the vector is there."""
    from sqlglot import exp

    is_null = isinstance(condition, exp.Is) and isinstance(condition.expression, exp.Null)
    return is_null and bool(condition.args.get("negate")) and condition.this.name in columns
