"""ORDER BY, the keys of GROUP BY, and LIMIT: which rows of a SELECT come, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from schemagen.schema import types as t

from .errors import SqlError, untranslatable
from .nodes import name_of, offset_of, only, quote
from .operands import adapt, ranked
from .value import Value

if TYPE_CHECKING:
    from .select_parts import Columns
    from .translate import Translator


def sort_key(translator: Translator, node: exp.Expression, columns: Columns) -> Value:
    """An element of GROUP BY or ORDER BY: a place in the SELECT list, one of its names, or an expression."""
    if isinstance(node, exp.Literal) and not node.is_string:
        place = int(node.this) if str(node.this).isdigit() else 0
        if not 1 <= place <= len(columns):
            raise SqlError(f"there is no column {node.this} in the SELECT list", f"it has {len(columns)}")
        return Value(str(place), columns[place - 1][1].type, nullable=columns[place - 1][1].nullable)
    if isinstance(node, exp.Column) and node.args.get("table") is None and isinstance(node.this, exp.Identifier):
        name = name_of(node.this)
        known = dict(columns)
        if name in known:
            return Value(quote(name), known[name].type, nullable=known[name].nullable)
    return translator.value(node).rounded()


def ordered(translator: Translator, order: exp.Order, columns: Columns) -> str:
    """ORDER BY; NULLs are placed as PostgreSQL does by itself, in words where SQLite would do otherwise."""
    parts = []
    for item in order.expressions:
        only(item, "this", "desc", "nulls_first")
        value = ranked(_place(translator, item.this, columns))
        parts.append(value.sql + direction(item, may_be_null=value.nullable))
    return ", ".join(parts)


def _place(translator: Translator, node: exp.Expression, columns: Columns) -> Value:
    """What is ordered by; a named enum in the SELECT list by its name, as its place is no part of an expression."""
    value = sort_key(translator, node, columns)
    if not t.is_named(value.type) or not value.sql.isdecimal():
        return value
    name = columns[int(value.sql) - 1][0]
    return Value(quote(name), value.type, nullable=value.nullable)


def direction(item: exp.Expression, *, may_be_null: bool) -> str:
    """What follows an element of ORDER BY: its direction, and where NULLs stand if SQLite would put them elsewhere."""
    descending, first = bool(item.args.get("desc")), bool(item.args.get("nulls_first"))
    words = " DESC" if descending else ""
    if may_be_null and first == descending:
        words += " NULLS FIRST" if first else " NULLS LAST"
    return words


def limits(translator: Translator, node: exp.Expression) -> list[str]:
    """LIMIT and OFFSET, as lines."""
    lines = []
    limit, offset = node.args.get("limit"), node.args.get("offset")
    if limit is not None:
        if not isinstance(limit, exp.Limit):
            raise untranslatable("FETCH FIRST", instead="write LIMIT")
        only(limit, "expression")
        lines.append(f"LIMIT {_count(translator, limit.expression)}")
    if offset is not None:
        only(offset, "expression")
        lines += ([] if limit is not None else ["LIMIT -1"]) + [f"OFFSET {_count(translator, offset.expression)}"]
    return lines


def _count(translator: Translator, node: exp.Expression) -> str:
    value = adapt(translator.value(node), t.BigInt())
    if not isinstance(value.type, t.IntegerType):
        raise SqlError("LIMIT and OFFSET want an integer", "write a number or a parameter", offset_of(node))
    return value.sql
