"""Operands brought to one type: a literal beside a column, two sides, the labels of an enum in their order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.schema import types as t

from .errors import SqlError, untranslatable
from .literals import sqlite_literal
from .value import Precedence, Value, call

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemagen.schema.types import Type

MIDNIGHT = "T00:00:00.000000"
UTC_HINT = "say the zone: `(x AT TIME ZONE 'UTC')`"


def adapt(value: Value, type_: Type) -> Value:
    """Give an untyped value the type of what it meets; a typed one stays as it is."""
    if value.type is not None:
        return value
    if value.text is not None:
        type_ = t.without_precision(type_)  # a comparison does not round; an assignment has looked at the digits
        return replace(value, sql=sqlite_literal(value.text, type_), type=type_, nullable=False)
    if value.slot is not None:
        value.slot.meet(type_)
    return value.as_type(type_)


def plain(value: Value) -> Value:
    """A text operand of a function: ``char(n)`` without its padding, an untyped value as text."""
    if value.type is None:
        return adapt(value, t.Text())
    if isinstance(value.type, t.Char):
        return value.retyped(call("rtrim", value.sql), t.Text())
    if not isinstance(value.type, t.TextType) or t.is_named(value.type):
        raise SqlError(f"a {value.type} stands where PostgreSQL wants text", "cast it, as in `x::text`")
    return value


def refuse_padded(value: Value, what: str) -> None:
    """Refuse what sees the final spaces of ``char(n)``, which SQLite does not keep.

    Raises:
        SqlError: for a value of that type.
    """
    if isinstance(value.type, t.Char):
        raise SqlError(
            f"{what} sees the final spaces of {value.type}, which SQLite does not keep", "cast it: `x::text`"
        )


def padded(value: Value) -> Value:
    """A literal of ``char(n)`` with the spaces that a stored one has."""
    if isinstance(value.type, t.Char) and value.text is not None:
        return replace(value, sql=sql_string(value.text.rstrip(" ").ljust(value.type.length)))
    return value


def without_padding(values: Sequence[Value]) -> tuple[Value, ...]:
    """Sides of a comparison of ``char(n)``, whose final spaces do not count: a column's collation leaves them out."""
    bare = all(value.stored or value.text is not None or value.slot is not None for value in values)
    if bare and any(value.stored for value in values):
        return tuple(padded(value) for value in values)
    return tuple(plain(value) for value in values)


def unify(values: Sequence[Value], what: str) -> tuple[tuple[Value, ...], Type]:
    """Bring operands to one type, as PostgreSQL does for comparisons, CASE, COALESCE and the like.

    Args:
        values: the operands.
        what: what they are operands of, for the message.

    Returns:
        The operands and their common type.

    Raises:
        SqlError: when PostgreSQL has no common type for them.
    """
    types = [value.type for value in values if value.type is not None]
    if not types:
        return tuple(adapt(value, t.Text()) for value in values), t.Text()
    common = types[0]
    for other in types[1:]:
        common = _common(common, other, what)
    if isinstance(common, t.Interval) and any(value.stored for value in values):
        instead = "keep whole seconds in an integer column"
        raise untranslatable(f"{what} of a stored interval, which is ISO 8601 text there,", instead=instead)
    return tuple(_as_common(adapt(value, common), common) for value in values), common


def _common(left: Type, right: Type, what: str) -> Type:
    if left == right:
        return left
    if isinstance(left, t.ClockType) and type(left) is type(right):
        return t.without_precision(left)
    if isinstance(left, t.NumberType) and isinstance(right, t.NumberType):
        return widest(left, right)
    if t.is_named(left) or t.is_named(right):
        raise SqlError(f"PostgreSQL has no {what} of {left} and {right}", "cast the enum to text, as in `x::text`")
    if isinstance(left, t.TextType) and isinstance(right, t.TextType):
        return t.Text()
    if isinstance(left, t.JsonType) and isinstance(right, t.JsonType):
        return t.Jsonb()
    days_and_timestamps = (t.Date, t.Timestamp)
    if isinstance(left, days_and_timestamps) and isinstance(right, days_and_timestamps):
        return t.Timestamp()
    if isinstance(left, t.DayType) and isinstance(right, t.DayType):
        raise SqlError(f"{what} of {left} and {right} depends on the session's time zone", UTC_HINT)
    raise SqlError(f"PostgreSQL has no {what} of {left} and {right}", "cast one side to the type of the other")


def widest(left: Type, right: Type) -> Type:
    """The type of arithmetic on two numbers (PostgreSQL, "10.2. Operators"), with scale as the larger of the two."""
    for kind in (t.Double, t.Real):
        if isinstance(left, kind) or isinstance(right, kind):
            return t.Double()
    if isinstance(left, t.Numeric) or isinstance(right, t.Numeric):
        return _widest_numeric(as_numeric(left), as_numeric(right))
    return max((left, right), key=lambda type_: t.TYPES.index(type(type_)))


def _widest_numeric(left: t.Numeric, right: t.Numeric) -> t.Numeric:
    if left.precision is None or right.precision is None:
        return t.Numeric()
    scale = max(left.scale, right.scale)
    return t.Numeric(max(left.precision - left.scale, right.precision - right.scale) + scale, scale)


_DIGITS: dict[type[Type | None], int] = {t.SmallInt: 5, t.Integer: 10}
"""Decimal digits of the narrower integers; bigint has 19."""


def as_numeric(type_: Type | None) -> t.Numeric:
    """A whole-number type as the numeric that holds its digits; a numeric as itself."""
    if isinstance(type_, t.Numeric):
        return type_
    return t.Numeric(_DIGITS.get(type(type_), 19), 0)


def _as_common(value: Value, common: Type) -> Value:
    if isinstance(value.type, t.Date) and isinstance(common, t.Timestamp):
        return date_to_timestamp(value)
    if isinstance(value.type, t.Char) and not isinstance(common, t.Char):
        return plain(value)
    return value.rounded()


def date_to_timestamp(value: Value) -> Value:
    """Midnight of a day."""
    return value.retyped(f"{value.within(Precedence.CONCAT)} || '{MIDNIGHT}'", t.Timestamp(), Precedence.CONCAT)


def ranked(value: Value) -> Value:
    """A value of a named enum as the place of its label, by which PostgreSQL compares and sorts; others as they are."""
    type_ = value.type
    if isinstance(type_, t.Vector):
        raise untranslatable(f"an order of {type_}", instead="order by a distance, as in `x <=> :vector`")
    if not isinstance(type_, t.Enum) or not type_.name:
        return value
    if value.text in type_.values:
        return value.retyped(str(type_.values.index(value.text) + 1), t.Integer())
    places = " ".join(f"WHEN {sql_string(label)} THEN {place}" for place, label in enumerate(type_.values, start=1))
    return value.retyped(f"CASE {value.sql} {places} END", t.Integer())


def labelled(place: str, type_: t.Enum) -> str:
    """The label at a place that ``ranked`` has given."""
    labels = " ".join(f"WHEN {place} THEN {sql_string(label)}" for place, label in enumerate(type_.values, start=1))
    return f"CASE {place} {labels} END"
