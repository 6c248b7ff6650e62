"""Casts and assignments: what a value becomes as another type, where both engines give the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from schemagen.schema import types as t
from schemagen.schema.values import ValueProblem, parse_value

from .clock import CLOCK, clock
from .errors import OWN_TEXT, SqlError, untranslatable
from .operands import UTC_HINT, adapt, as_numeric, date_to_timestamp, padded, plain
from .value import Precedence, Value, call, is_exact

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemagen.schema.types import Type


def assign(value: Value, target: Type) -> Value:
    """What a column of type ``target`` stores when the value is assigned to it (PostgreSQL, "10.4. Value Storage").

    Raises:
        SqlError: when PostgreSQL refuses the assignment or SQLite would store something else.
    """
    if isinstance(target, t.Interval):
        raise untranslatable("an interval column")
    if (
        value.clock
        and (isinstance(value.type, t.TimestampType) or type(value.type) is type(target))
        and type(target) in CLOCK
    ):
        return clock(target)
    if value.type is None:
        if value.text is not None:
            _check_fits(value.text, target)
        return padded(adapt(value, target))
    _refuse_decimals(value.type, target)
    if type(value.type) is type(target) and not isinstance(target, t.Numeric):
        return value
    if t.is_named(target) and value.type != target:
        raise SqlError(f"PostgreSQL can't store a {value.type} in a {target} column", OWN_TEXT)
    if isinstance(target, t.TextType) and isinstance(value.type, t.TextType):
        return _as_text(value) if t.is_named(value.type) else plain(value)
    if isinstance(target, t.JsonType) or isinstance(value.type, t.JsonType):
        raise SqlError(f"PostgreSQL can't store a {value.type} in a {target} column", OWN_TEXT)
    return cast(value, target, implicit=True)


def _refuse_decimals(source: Type, target: Type) -> None:
    """Refuse what PostgreSQL would round.

    Raises:
        SqlError: for a time with more decimals of a second than the target keeps.
    """
    if isinstance(target, t.ClockType) and t.second_decimals(source) > t.second_decimals(target):
        raise untranslatable(
            f"rounding {source} to {target}", instead="cut it, as in `date_trunc('second', x)` or `'milliseconds'`"
        )


def _check_fits(text: str, target: Type) -> None:
    if isinstance(target, (t.TextType, t.ClockType)):
        try:
            parse_value(target, text)
        except ValueProblem as problem:
            raise SqlError(str(problem), problem.hint or f"the column is {target}") from None


def cast(value: Value, target: Type, *, implicit: bool = False) -> Value:
    """``CAST(value AS target)``, where both engines give the same.

    Raises:
        SqlError: where they do not.
    """
    source = value.type
    if source is None:
        return _cast_literal(value, target)
    if value.clock and type(target) in CLOCK and isinstance(source, type(target)):
        return clock(target)
    _refuse_decimals(source, target)
    for sources, targets, convert in _CASTS if implicit else (*_CASTS, *_EXPLICIT):
        if isinstance(source, sources) and isinstance(target, targets):
            made = convert(value.rounded(), target)
            return made if implicit or isinstance(source, t.TextType) else _cut(made, target)
    days = (t.DayType, t.Time, t.TextType)
    if isinstance(source, days) and isinstance(target, days) and t.TimestampTz in (type(source), type(target)):
        raise SqlError(f"{source} to {target} depends on the session's time zone", UTC_HINT)
    if implicit:
        raise SqlError(f"a {source} can't be stored as {target} with the same result on both engines", OWN_TEXT)
    raise untranslatable(f"the cast from {source} to {target}")


def _cast_literal(value: Value, target: Type) -> Value:
    if value.text is not None and isinstance(target, (t.Varchar, t.Char)) and target.length:
        cut = value.text[
            : target.length
        ]  # an explicit cast cuts, without an error (PostgreSQL, "8.3. Character Types")
        return adapt(replace(value, text=cut), target)
    if value.text is not None and isinstance(target, t.ClockType):
        _check_fits(value.text, target)
    return adapt(value, target)


def _same(value: Value, target: Type) -> Value:
    return value.as_type(target)


def _to_text(value: Value, target: Type) -> Value:
    return value.retyped(f"CAST({value.sql} AS TEXT)", target)


def _text_to_text(value: Value, target: Type) -> Value:
    return _cut((_as_text(value) if t.is_named(value.type) else plain(value)).as_type(target), target)


def _as_text(value: Value) -> Value:
    return value.retyped(value.sql, t.Text(), value.precedence)


def _cut(value: Value, target: Type) -> Value:
    """A text as long as its type takes it, without the final spaces that are no part of ``char(n)``."""
    if not isinstance(target, (t.Varchar, t.Char)) or target.length is None:
        return value
    text = f"substr({value.sql}, 1, {target.length})"
    return value.retyped(call("rtrim", text) if isinstance(target, t.Char) else text, t.Varchar(target.length))


def _boolean_to_text(value: Value, target: Type) -> Value:
    return value.retyped(f"CASE {value.within(Precedence.ATOM)} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END", target)


def _numeric_to_text(value: Value, target: Type) -> Value:
    if not is_exact(value.type) or not isinstance(value.type, t.Numeric):
        raise untranslatable(
            "the cast from numeric without a scale to text", instead="round it first, as in `round(x, 2)::text`"
        )
    digits = f"printf('%.{value.type.scale}f', {value.sql})"
    guarded = f"CASE WHEN {value.within(Precedence.BITS)} IS NOT NULL THEN {digits} END" if value.nullable else digits
    return value.retyped(guarded, target)


def _to_whole(value: Value, target: Type) -> Value:
    return value.retyped(f"CAST(round({value.sql}) AS INTEGER)", target)


def _to_binary(value: Value, target: Type) -> Value:
    return value.retyped(f"CAST({value.sql} AS REAL)", target)


def _to_numeric(value: Value, target: Type) -> Value:
    assert isinstance(target, t.Numeric)  # noqa: S101  (chosen by class)
    as_real = (
        value
        if isinstance(value.type, t.Numeric)
        else value.retyped(f"CAST({value.sql} AS REAL)", as_numeric(value.type))
    )
    if target.precision is None:
        return as_real if isinstance(value.type, t.Numeric) else as_real.as_type(as_numeric(value.type))
    keeps = (
        isinstance(as_real.type, t.Numeric)
        and as_real.type.precision is not None
        and as_real.type.scale <= target.scale
    )
    return as_real.as_type(target) if keeps else value.retyped(f"round({value.sql}, {target.scale})", target)


def _number_to_boolean(value: Value, target: Type) -> Value:
    return value.retyped(f"{value.within(Precedence.BITS)} <> 0", target, Precedence.COMPARISON)


def _timestamp_to_date(value: Value, target: Type) -> Value:
    return value.retyped(f"substr({value.sql}, 1, 10)", target)


def _timestamp_to_time(value: Value, target: Type) -> Value:
    return value.retyped(f"substr({value.sql}, 12)", target)


Convert = tuple[
    "type[Type] | tuple[type[Type], ...]", "type[Type] | tuple[type[Type], ...]", "Callable[[Value, Type], Value]"
]

_CASTS: tuple[Convert, ...] = (
    (t.TextType, t.TextType, _text_to_text),
    (t.IntegerType, t.IntegerType, _same),
    (t.Numeric, t.IntegerType, _to_whole),
    (t.IntegerType, t.Numeric, _to_numeric),
    (t.Numeric, t.Numeric, _to_numeric),
    ((t.IntegerType, t.Numeric), t.Double, _to_binary),
    (t.FloatType, t.Double, _same),
    (t.IntegerType, t.TextType, _to_text),
    (t.Boolean, t.TextType, _boolean_to_text),
    (t.Numeric, t.TextType, _numeric_to_text),
    ((t.Uuid, t.Date), t.TextType, _same),
    ((t.Uuid,), t.Uuid, _same),
    (t.Boolean, t.Boolean, _same),
    (t.Date, t.Date, _same),
    (t.Time, t.Time, _same),
    (t.Timestamp, t.Timestamp, _same),
    (t.TimestampTz, t.TimestampTz, _same),
    (t.Timestamp, t.Date, _timestamp_to_date),
    (t.Timestamp, t.Time, _timestamp_to_time),
    (t.Date, t.Timestamp, lambda value, _: date_to_timestamp(value)),
    (t.JsonType, t.JsonType, _same),
    (t.Bytea, t.Bytea, _same),
)
"""(from, to, how): every cast that gives the same on both engines, and that an assignment does by itself."""

_EXPLICIT: tuple[Convert, ...] = ((t.Integer, t.Boolean, _number_to_boolean), (t.Boolean, t.Integer, _same))
"""Casts that PostgreSQL does only where they are written."""
