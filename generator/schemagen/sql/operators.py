"""Operators: arithmetic, comparison, logic, concatenation and JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.base.spelling import nearest
from schemagen.schema import types as t

from .errors import SqlError, untranslatable
from .functions import divisor, remainder
from .operands import adapt, as_numeric, plain, ranked, unify, widest, without_padding
from .times import add_days, counted, difference, shift, span_microseconds
from .value import Precedence, Value, nullable

if TYPE_CHECKING:
    from collections.abc import Sequence

_ORDERED = frozenset({"<", "<=", ">", ">="})
ADDITIVE = {"+": Precedence.SUM, "-": Precedence.SUM, "*": Precedence.PRODUCT}


def arithmetic(left: Value, operator: str, right: Value) -> Value:
    """``left + right`` and its like, for numbers, dates, timestamps and intervals."""
    days = t.DayType
    if isinstance(left.type, days) or isinstance(right.type, days):
        return _with_time(left, operator, right)
    if isinstance(left.type, t.Interval) or isinstance(right.type, t.Interval):
        return _with_interval(left, operator, right)
    if operator == "%":
        return remainder([adapt(left, t.Integer()), adapt(right, t.Integer())])
    return _numbers(left, operator, right)


def _with_time(left: Value, operator: str, right: Value) -> Value:
    if operator == "+" and isinstance(right.type, t.DayType):
        left, right = right, left
    if isinstance(right.type, t.Interval) and operator in "+-":
        return shift(left, _signed(right, operator))
    if isinstance(left.type, t.Date) and isinstance(right.type, t.IntegerType) and operator in "+-":
        return add_days(left, right, operator)
    if operator == "-":
        right = adapt(right, left.type or t.Timestamp())
        left = adapt(left, right.type or t.Timestamp())
        if isinstance(left.type, t.DayType) and isinstance(right.type, t.DayType):
            return difference(left, right)
    raise SqlError(
        f"PostgreSQL has no {left.type} {operator} {right.type}", "add an interval, or a number of days to a date"
    )


def _signed(span: Value, operator: str) -> Value:
    if operator == "+":
        return span
    if span.span is not None:
        return replace(span, span=-span.span)
    if span.counted is not None:
        count, unit, size = span.counted
        return replace(span, counted=(f"(-{count})", unit, size))
    raise untranslatable("subtracting this interval")


def _with_interval(left: Value, operator: str, right: Value) -> Value:
    if operator == "*":
        return counted(left, right) if isinstance(left.type, t.Interval) else counted(right, left)
    if left.type is None or right.type is None:
        hint = "say what it is, as in `:since::timestamptz`"
        raise SqlError(f"PostgreSQL takes what stands beside {operator} of an interval for an interval", hint)
    raise untranslatable(f"{left.type} {operator} {right.type}", instead="write the interval as one literal")


def _numbers(left: Value, operator: str, right: Value) -> Value:
    if left.type is None and right.type is None:
        left = adapt(left, t.Integer())
    left, right = adapt(left, right.type or t.Integer()), adapt(right, left.type or t.Integer())
    if not (isinstance(left.type, t.NumberType) and isinstance(right.type, t.NumberType)):
        raise SqlError(f"PostgreSQL has no {left.type} {operator} {right.type}", "cast both sides to numbers")
    type_ = widest(left.type, right.type)
    if operator == "/":
        return _quotient(left, right, type_)
    if isinstance(type_, t.FloatType):
        left, right = left.rounded(), right.rounded()
    precedence = ADDITIVE[operator]
    closer = Precedence(precedence + 1) if operator == "-" else precedence
    text = f"{left.within(precedence)} {operator} {right.within(closer)}"
    made = Value(text, type_, precedence, nullable(left, right), minimum=_minimum(left, operator, right))
    return _with_digits(made, left.type, operator, right.type) if isinstance(type_, t.Numeric) else made


def _quotient(left: Value, right: Value, type_: t.Type) -> Value:
    """``left / right``; a numeric quotient has no fixed scale."""
    divisor(right, "a division by a number")
    left, right = left.rounded(), right.rounded()
    below = right.within(Precedence.CONCAT) if isinstance(type_, t.IntegerType) else _as_real(left, right)
    made = t.Numeric() if isinstance(type_, t.Numeric) else type_
    return Value(f"{left.within(Precedence.PRODUCT)} / {below}", made, Precedence.PRODUCT, nullable(left, right))


def _as_real(left: Value, right: Value) -> str:
    """A divisor that makes the division one of REAL, whatever SQLite holds at run time."""
    if right.number is not None:
        return f"{right.number}.0"
    if any(value.stored and not isinstance(value.type, t.IntegerType) for value in (left, right)):
        return right.within(Precedence.CONCAT)
    return f"CAST({right.sql} AS REAL)"


def _with_digits(made: Value, a: t.Type | None, operator: str, b: t.Type | None) -> Value:
    """The digits of a numeric sum or product, all of which PostgreSQL keeps."""
    left, right = as_numeric(a), as_numeric(b)
    if left.precision is None or right.precision is None:
        return made.as_type(t.Numeric())
    if operator == "*":
        return replace(made, type=t.Numeric(left.precision + right.precision, left.scale + right.scale), unrounded=True)
    scale = max(left.scale, right.scale)
    digits = max(left.precision - left.scale, right.precision - right.scale) + scale + 1
    return replace(made, type=t.Numeric(digits, scale), unrounded=True)


def _minimum(left: Value, operator: str, right: Value) -> int | None:
    if left.minimum is None:
        return None
    if operator == "+" and right.minimum is not None:
        return left.minimum + right.minimum
    if operator == "-" and right.number is not None:
        return left.minimum - right.number
    if operator == "*" and right.minimum is not None and min(left.minimum, right.minimum) >= 0:
        return left.minimum * right.minimum
    return None


def negate(value: Value) -> Value:
    """``-x``."""
    if value.span is not None:
        return replace(value, span=-value.span)
    value = adapt(value, t.Integer())
    if not isinstance(value.type, t.NumberType):
        raise SqlError(f"PostgreSQL has no - {value.type}", "cast it to a number")
    number = -value.number if value.number is not None else None
    return Value(
        f"-{value.within(Precedence.ATOM)}",
        value.type,
        Precedence.UNARY,
        value.nullable,
        number=number,
        minimum=number,
        nonzero=value.nonzero,
        unrounded=value.unrounded,
    )


def bits(left: Value, operator: str, right: Value) -> Value:
    """``&`` and ``|`` of integers."""
    (left, right), type_ = unify([left, right], operator)
    if not isinstance(type_, t.IntegerType):
        raise untranslatable(f"{operator} of {type_}")
    text = f"{left.within(Precedence.SUM)} {operator} {right.within(Precedence.SUM)}"
    return Value(text, type_, Precedence.BITS, nullable(left, right))


def concatenate(left: Value, right: Value) -> Value:
    """``left || right``: text with text, an integer or a uuid."""
    if not any(v.type is None or isinstance(v.type, t.TextType) for v in (left, right)):
        raise untranslatable(f"{left.type} || {right.type}", instead="cast to text, as in `x::text || y::text`")
    parts = [v if isinstance(v.type, (t.IntegerType, t.Uuid)) else plain(v) for v in (left, right)]
    text = " || ".join(part.within(Precedence.CONCAT) for part in parts)
    return Value(text, t.Text(), Precedence.CONCAT, nullable(left, right))


def compare(left: Value, operator: str, right: Value) -> Value:
    """``=``, ``<>``, ``<``, ``<=``, ``>``, ``>=``, ``IS`` and ``IS NOT``."""
    left, right = comparable(left, right, operator)
    if operator in _ORDERED:
        left, right = ranked(left), ranked(right)
    text = f"{left.within(Precedence.BITS)} {operator} {right.within(Precedence.BITS)}"
    may_be_null = nullable(left, right) and not operator.startswith("IS")
    return Value(text, t.Boolean(), Precedence.COMPARISON, may_be_null)


def comparable(left: Value, right: Value, operator: str) -> tuple[Value, Value]:
    """The two sides of a comparison, brought to one type.

    Raises:
        SqlError: when PostgreSQL has no such comparison, or SQLite would compare otherwise.
    """
    _check_enum(left, right)
    _check_enum(right, left)
    left, right = _compared([left, right], operator)
    return left, right


def _compared(values: Sequence[Value], operator: str) -> tuple[Value, ...]:
    united, type_ = unify(values, operator)
    if isinstance(type_, t.JsonType):
        raise untranslatable(f"{operator} of {type_}", instead="compare one value of it, as in `x ->> 'key' = 'value'`")
    if isinstance(type_, t.Vector):
        raise untranslatable(f"{operator} of {type_}", instead="compare a distance, as in `(x <-> y) < 0.5`")
    if isinstance(type_, (t.Array, t.Native)):
        raise untranslatable(f"{operator} of {type_}")
    if isinstance(type_, t.Char):
        return without_padding(united)
    return tuple(span_microseconds(value) for value in united) if isinstance(type_, t.Interval) else united


def _check_enum(value: Value, other: Value) -> None:
    if isinstance(value.type, t.Enum) and other.text is not None and other.text not in value.type.values:
        near = nearest(other.text, value.type.values)
        hint = f"did you mean '{near}'?" if near else f"its values are {', '.join(value.type.values)}"
        raise SqlError(f"{other.text!r} is not a value of this enum, so the comparison is always the same", hint)


def between(value: Value, low: Value, high: Value, *, negated: bool) -> Value:
    """``x [NOT] BETWEEN low AND high``."""
    for bound in (low, high):
        _check_enum(value, bound)
    values = tuple(map(ranked, _compared([value, low, high], "BETWEEN")))
    first, second, third = (v.within(Precedence.BITS) for v in values)
    text = f"{first} {'NOT ' if negated else ''}BETWEEN {second} AND {third}"
    return Value(text, t.Boolean(), Precedence.COMPARISON, nullable(*values))


def one_of(value: Value, choices: Sequence[Value], *, negated: bool) -> Value:
    """``x [NOT] IN (a, b)``."""
    for choice in choices:
        _check_enum(value, choice)
    values = _compared([value, *choices], "IN")
    listed = ", ".join(v.sql for v in values[1:])
    text = f"{values[0].within(Precedence.BITS)} {'NOT ' if negated else ''}IN ({listed})"
    return Value(text, t.Boolean(), Precedence.COMPARISON, nullable(*values))


def truth(value: Value, what: str) -> Value:
    """A boolean operand.

    Raises:
        SqlError: for another type, which PostgreSQL refuses too.
    """
    value = adapt(value, t.Boolean())
    if not isinstance(value.type, t.Boolean):
        raise SqlError(f"{what} wants a condition, this is {value.type}", "compare it with something, as in `x <> 0`")
    return value


def logic(left: Value, operator: str, right: Value) -> Value:
    """``AND`` and ``OR``."""
    precedence = Precedence[operator]
    parts = [truth(v, operator).within(precedence) for v in (left, right)]
    return Value(f" {operator} ".join(parts), t.Boolean(), precedence, nullable(left, right))


def negation(value: Value) -> Value:
    """``NOT x``."""
    value = truth(value, "NOT")
    return Value(f"NOT {value.within(Precedence.NOT)}", t.Boolean(), Precedence.NOT, value.nullable)


def is_null(value: Value, *, negated: bool) -> Value:
    """``x IS [NOT] NULL``."""
    if value.slot is not None:
        value.slot.takes_null = True
    text = f"{value.within(Precedence.BITS)} IS {'NOT ' if negated else ''}NULL"
    return Value(text, t.Boolean(), Precedence.COMPARISON, nullable=False)


def is_truth(value: Value, word: str, *, negated: bool) -> Value:
    """``x IS [NOT] TRUE`` and ``FALSE``."""
    value = truth(value, "IS")
    text = f"{value.within(Precedence.BITS)} IS {'NOT ' if negated else ''}{word}"
    return Value(text, t.Boolean(), Precedence.COMPARISON, nullable=False)


def json_path(keys: Sequence[str | int]) -> str:
    """A JSON path of SQLite as a literal: ``'$."a"[0]'``.

    Raises:
        SqlError: for a key that no path of SQLite can hold.
    """
    text = "$"
    for key in keys:
        if isinstance(key, int):
            text += f"[{key}]" if key >= 0 else f"[#{key}]"
        elif '"' in key or "\\" in key:
            raise untranslatable(f"the JSON key {key!r}")
        else:
            text += f".{key}" if key.isascii() and key.isidentifier() else f'."{key}"'
    return sql_string(text)


def json_get(value: Value, keys: Sequence[str | int]) -> Value:
    """``x -> 'key'``: JSON inside JSON, of the same type."""
    type_ = t.Json() if isinstance(value.type, t.Json) else t.Jsonb()
    return Value(f"{value.within(Precedence.CONCAT)} -> {json_path(keys)}", type_, Precedence.CONCAT)


def json_get_text(value: Value, keys: Sequence[str | int]) -> Value:
    """``x ->> 'key'``: the text of a value inside JSON; SQLite's own ``->>`` gives numbers, and 1 for true."""
    path, json = json_path(keys), value.within(Precedence.CONCAT)
    kind = f"json_type({value.sql}, {path})"
    text = f"CASE {kind} WHEN 'text' THEN {json} ->> {path} WHEN 'null' THEN NULL ELSE {json} -> {path} END"
    return Value(text, t.Text())


def case(branches: Sequence[tuple[str, Value]], default: Value | None, subject: str = "") -> Value:
    """``CASE`` from conditions that are finished texts and results that are not."""
    outcomes = [value for _, value in branches] + ([default] if default is not None else [])
    values, type_ = unify(outcomes, "CASE")
    parts = [f"WHEN {condition} THEN {value.sql}" for (condition, _), value in zip(branches, values, strict=False)]
    if default is not None:
        parts.append(f"ELSE {values[-1].sql}")
    head = f"CASE {subject} " if subject else "CASE "
    may_be_null = default is None or nullable(*values)
    return Value(f"{head}{' '.join(parts)} END", type_, nullable=may_be_null)
