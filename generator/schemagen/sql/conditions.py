"""Nodes that are operators: logic, arithmetic, comparison, patterns and CASE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from schemagen.schema import types as t

from . import operators as op
from .errors import SqlError, untranslatable
from .nodes import described, only
from .operands import UTC_HINT
from .patterns import ilike, like
from .value import Precedence, Value, nullable

if TYPE_CHECKING:
    from collections.abc import Callable

    from .translating import Translating

Handler = tuple["Callable[[Translating, Any], Value]", tuple[str, ...]]
"""How a node is translated, and the arguments of it that the translation reads."""


def _not(translator: Translating, node: exp.Not) -> Value:
    inner = node.this
    if isinstance(inner, exp.In):
        only(inner, "this", "expressions", "query")
        return _in(translator, inner, negated=True)
    if isinstance(inner, exp.Between):
        only(inner, "this", "low", "high")
        return _between(translator, inner, negated=True)
    if isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Boolean):
        only(inner, "this", "expression")
        return _is(translator, inner, negated=True)
    return op.negation(translator.value(inner))


_UNCHAINED = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
"""Comparisons have no order among themselves (PostgreSQL, "4.1.6. Operator Precedence")."""

_LOGIC: dict[type[Any], str] = {exp.And: "AND", exp.Or: "OR"}
_ARITHMETIC: dict[type[Any], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%"}
_BITS: dict[type[Any], str] = {exp.BitwiseAnd: "&", exp.BitwiseOr: "|"}
_COMPARISONS: dict[type[Any], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.NullSafeEQ: "IS",
    exp.NullSafeNEQ: "IS NOT",
}


def _logic(translator: Translating, node: exp.Connector) -> Value:
    return op.logic(translator.value(node.this), _LOGIC[type(node)], translator.value(node.expression))


def _arithmetic(translator: Translating, node: exp.Binary) -> Value:
    left, right = translator.value(node.this), translator.value(node.expression)
    if {type(left.type), type(right.type)} == {t.TimestampTz, t.Interval}:
        translator.depend("timestamptz with an interval", UTC_HINT)
    return op.arithmetic(left, _ARITHMETIC[type(node)], right)


def _bits(translator: Translating, node: exp.Binary) -> Value:
    return op.bits(translator.value(node.this), _BITS[type(node)], translator.value(node.expression))


def _concatenation(translator: Translating, node: exp.DPipe) -> Value:
    return op.concatenate(translator.value(node.this), translator.value(node.expression))


def _comparison(translator: Translating, node: Any) -> Value:
    operator, right = _COMPARISONS[type(node)], node.expression
    if isinstance(node.this, _UNCHAINED) or isinstance(right, _UNCHAINED):
        raise SqlError(f"PostgreSQL compares no comparison: {described(node)}", "put the inner one in parentheses")
    if isinstance(node.this, exp.Tuple) and isinstance(right, exp.Tuple):
        return _row_comparison(translator, node.this, operator, right)
    if isinstance(right, exp.Any) and isinstance(node, exp.EQ):
        return _equals_any(translator, node.this, right)
    return op.compare(translator.value(node.this), operator, translator.value(right))


def _row_comparison(translator: Translating, left: exp.Tuple, operator: str, right: exp.Tuple) -> Value:
    if len(left.expressions) != len(right.expressions):
        raise SqlError("the two rows have different numbers of columns", "compare as many on the right as on the left")
    sides: tuple[list[str], list[str]] = ([], [])
    values: list[Value] = []
    for pair in zip(left.expressions, right.expressions, strict=True):
        both = op.comparable(translator.value(pair[0]), translator.value(pair[1]), operator)
        for side, value in zip(sides, both, strict=True):
            side.append(value.sql)
        values.extend(both)
    first, second = (f"({', '.join(side)})" for side in sides)
    return Value(f"{first} {operator} {second}", t.Boolean(), Precedence.COMPARISON, nullable(*values))


def _equals_any(translator: Translating, left: exp.Expression, right: exp.Any) -> Value:
    inner = right.this.this if isinstance(right.this, exp.Paren) else right.this
    if isinstance(inner, exp.Array) and inner.expressions:
        return op.one_of(translator.value(left), translator.values(inner.expressions), negated=False)
    if isinstance(inner, exp.Cast) and isinstance(inner.this, exp.Array) and inner.this.expressions:
        return op.one_of(translator.value(left), translator.values(inner.this.expressions), negated=False)
    raise untranslatable("= ANY() of anything but ARRAY[…]", instead="write IN (…)")


def _in(translator: Translating, node: exp.In, *, negated: bool = False) -> Value:
    value, query = translator.value(node.this), node.args.get("query")
    if query is not None:
        text, field = translator.scalar(query)
        typed, _ = op.comparable(value, Value("", field.type), "IN")
        word = "NOT IN" if negated else "IN"
        return Value(f"{typed.within(Precedence.BITS)} {word} {text}", t.Boolean(), Precedence.COMPARISON)
    if not node.expressions:
        raise SqlError("IN () is empty", "list at least one value")
    return op.one_of(value, translator.values(node.expressions), negated=negated)


def _between(translator: Translating, node: exp.Between, *, negated: bool = False) -> Value:
    value, low, high = (translator.value(node.args[key]) for key in ("this", "low", "high"))
    return op.between(value, low, high, negated=negated)


def _is(translator: Translating, node: exp.Is, *, negated: bool = False) -> Value:
    negated = negated or bool(node.args.get("negate"))
    value, right = translator.value(node.this), node.expression
    if isinstance(right, exp.Null):
        return op.is_null(value, negated=negated)
    if isinstance(right, exp.Boolean):
        return op.is_truth(value, "TRUE" if right.this else "FALSE", negated=negated)
    raise untranslatable(described(node))


def _pattern(translator: Translating, node: exp.Like | exp.ILike, escape: str = "\\") -> Value:
    match = like if isinstance(node, exp.Like) else ilike
    negated = bool(node.args.get("negate"))
    return match(translator.value(node.this), translator.value(node.expression), escape=escape, negated=negated)


def _escape(translator: Translating, node: exp.Escape) -> Value:
    inner, escape = node.this, node.expression
    if not isinstance(inner, (exp.Like, exp.ILike)) or not escape.is_string or len(escape.this) > 1:
        raise untranslatable(described(node), instead="ESCAPE takes one character, or none")
    only(inner, "this", "expression", "negate")
    return _pattern(translator, inner, str(escape.this))


def _case(translator: Translating, node: exp.Case) -> Value:
    subject = translator.value(node.this) if node.this is not None else None
    branches = []
    head = ""
    for branch in node.args["ifs"]:
        only(branch, "this", "true")
        if subject is None:
            condition = translator.condition(branch.this).sql
        else:
            left, right = op.comparable(subject, translator.value(branch.this), "CASE")
            head, condition = left.sql, right.sql
        branches.append((condition, translator.value(branch.args["true"])))
    default = node.args.get("default")
    return op.case(branches, translator.value(default) if default is not None else None, head)


SIDES = ("this", "expression")

HANDLERS: dict[type[exp.Expression], Handler] = {
    exp.Not: (_not, ("this",)),
    exp.DPipe: (_concatenation, (*SIDES, "safe")),
    exp.In: (_in, ("this", "expressions", "query")),
    exp.Between: (_between, ("this", "low", "high")),
    exp.Is: (_is, (*SIDES, "negate")),
    exp.Like: (_pattern, (*SIDES, "negate")),
    exp.ILike: (_pattern, (*SIDES, "negate")),
    exp.Escape: (_escape, SIDES),
    exp.Case: (_case, ("this", "ifs", "default")),
    **dict.fromkeys(_LOGIC, (_logic, SIDES)),
    **dict.fromkeys(_ARITHMETIC, (_arithmetic, (*SIDES, "typed", "safe"))),
    **dict.fromkeys(_BITS, (_bits, SIDES)),
    **dict.fromkeys(_COMPARISONS, (_comparison, SIDES)),
}
