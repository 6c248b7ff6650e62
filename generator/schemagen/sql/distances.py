"""``a <=> b``, ``a <-> b`` and ``a <+> b`` of vectors: pgvector's operators, and sqlite-vec's functions on SQLite.

Source: pgvector 0.8, "Querying"; sqlite-vec 0.1, "API Reference", Distance functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from schemagen.schema import types as t

from .errors import SqlError, untranslatable
from .nodes import offset_of
from .operands import adapt
from .parse import SOURCE
from .value import Value, call, nullable

if TYPE_CHECKING:
    from .translating import Translating

FUNCTIONS = {"<=>": "vec_distance_cosine", "<->": "vec_distance_L2", "<+>": "vec_distance_L1"}
"""What SQLite calls for each operator."""

_OPERATORS: dict[type[exp.Expression], str] = {exp.Distance: "<->", exp.DistanceNd: "<=>", exp.IntDiv: "<+>"}
_OPERANDS = (exp.Column, exp.Placeholder, exp.Literal, exp.Cast, exp.Paren)
_PLACES = (exp.Paren, exp.Alias, exp.Ordered, exp.Select, exp.Anonymous)
"""Where nothing beside a distance can be taken for a part of it: sqlglot binds these operators otherwise."""


def operator_of(node: exp.Expression) -> str:
    """The operator of a distance as the author wrote it.

    Raises:
        SqlError: for a call of ``div()``, which sqlglot reads as the same.
    """
    if isinstance(node, exp.IntDiv) and "<+>" not in node.root().meta.get(SOURCE, "<+>"):
        raise untranslatable("div()", instead="write a / b", offset=offset_of(node))
    return _OPERATORS[type(node)]


def distance(translator: Translating, node: exp.Expression) -> Value:
    """How far two vectors are apart, as SQLite calculates it.

    Raises:
        SqlError: for anything but two vectors of the same dimensions, and without parentheses.
    """
    operator = operator_of(node)
    if not isinstance(node.this, _OPERANDS) or not isinstance(node.expression, _OPERANDS):
        raise SqlError(
            f"{operator} stands between two vectors", f"write `(column {operator} :vector)`", offset_of(node)
        )
    if not isinstance(node.parent, _PLACES):
        hint = f"write `(a {operator} b)` with its own parentheses"
        raise SqlError(f"{operator} without parentheses may bind otherwise", hint, offset_of(node))
    left, right = translator.value(node.this), translator.value(node.expression)
    left, right = adapt(left, right.type or t.Vector()), adapt(right, left.type or t.Vector())
    for slot in (one.slot for one in (left, right) if one.slot):
        if slot.type != left.type:
            message = f":{slot.name} is used as {slot.type} and as {left.type}"
            raise SqlError(message, "give the two uses two names", offset_of(node))
    if not isinstance(left.type, t.Vector) or left.type != right.type:
        hint = "both sides are vectors of the same dimensions"
        raise SqlError(f"PostgreSQL has no {left.type} {operator} {right.type}", hint, offset_of(node))
    known = " AND ".join(f"{one.sql} IS NOT NULL" for one in (left, right) if one.nullable and not one.slot)
    made = call(FUNCTIONS[operator], left.sql, right.sql)
    return Value(f"CASE WHEN {known} THEN {made} END" if known else made, t.Double(), nullable=nullable(left, right))
