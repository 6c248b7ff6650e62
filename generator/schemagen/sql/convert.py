"""Types meeting types: a literal beside a column, two operands, a cast, an assignment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.schema import types as t
from schemagen.schema.values import ValueProblem, parse_value

from .errors import OWN_TEXT, SqlError, untranslatable
from .literals import sqlite_literal
from .value import BINARY, JSON, MOMENT, NUMBER, TEXTUAL, WHOLE, Precedence, Value, call, is_exact

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from schemagen.schema.types import Type

MIDNIGHT = "T00:00:00.000000"
CLOCK_DECIMALS = 3
"""Decimals of a second that SQLite's clock has."""

UTC_HINT = "say the zone: `(x AT TIME ZONE 'UTC')`"

CLOCK: dict[type[Type], str] = {
    t.TimestampTz: "(strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')",
    t.Timestamp: "(strftime('%Y-%m-%dT%H:%M:%f','now') || '000')",
    t.Date: "date('now')",
    t.Time: "(strftime('%H:%M:%f','now') || '000')",
}
"""The current time as each type that can hold it, in UTC."""


def clock(type_: Type) -> Value:
    """The current time as a value of a type that can hold it."""
    return Value(clock_text(type_), type_, nullable=False, clock=True)


def clock_text(type_: Type) -> str:
    """The current time, in UTC, as a type keeps it.

    Raises:
        KeyError: for a type that holds none.
    """
    rounded = rounded_clock(type_)
    return f"({rounded})" if rounded else CLOCK[type(type_)]


def rounded_clock(type_: Type) -> str | None:
    """The current time with fewer decimals than SQLite's clock, rounded as PostgreSQL does; None for every other type.

    Half of the last unit is added, and the rest is cut off.
    """
    kept = t.second_decimals(type_)
    if not isinstance(type_, t.Clock) or kept >= CLOCK_DECIMALS:
        return None
    day, zone = "" if isinstance(type_, t.Time) else "%Y-%m-%dT", "Z" if isinstance(type_, t.TimestampTz) else ""
    half = f"'+0.{'0' * kept}5 seconds'"
    rest = f"{'0' * (t.MAX_SECOND_DECIMALS - kept)}{zone}"
    if not kept:
        return f"strftime('{day}%H:%M:%S','now',{half}) || '.{rest}'"
    length = (9 if isinstance(type_, t.Time) else 20) + kept
    return f"substr(strftime('{day}%H:%M:%f','now',{half}), 1, {length}) || '{rest}'"


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
    if not isinstance(value.type, TEXTUAL) or t.is_named(value.type):
        raise SqlError(f"a {value.type} stands where PostgreSQL wants text", "cast it, as in `x::text`")
    return value


def refuse_padded(value: Value, what: str) -> None:
    """Refuse what sees the final blanks of ``char(n)``, which SQLite does not keep.

    Raises:
        SqlError: for a value of that type.
    """
    if isinstance(value.type, t.Char):
        raise SqlError(
            f"{what} sees the final blanks of {value.type}, which SQLite does not keep", "cast it: `x::text`"
        )


def padded(value: Value) -> Value:
    """A literal of ``char(n)`` with the blanks that a stored one has."""
    if isinstance(value.type, t.Char) and value.text is not None:
        return replace(value, sql=sql_string(value.text.rstrip(" ").ljust(value.type.length)))
    return value


def without_padding(values: Sequence[Value]) -> tuple[Value, ...]:
    """Sides of a comparison of ``char(n)``, whose final blanks do not count: a column's collation leaves them out."""
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
    if isinstance(left, t.Clock) and type(left) is type(right):
        return t.without_precision(left)
    if isinstance(left, NUMBER) and isinstance(right, NUMBER):
        return widest(left, right)
    if t.is_named(left) or t.is_named(right):
        raise SqlError(f"PostgreSQL has no {what} of {left} and {right}", "cast the enum to text, as in `x::text`")
    if isinstance(left, TEXTUAL) and isinstance(right, TEXTUAL):
        return t.Text()
    if isinstance(left, JSON) and isinstance(right, JSON):
        return t.Jsonb()
    days_and_moments = (t.Date, t.Timestamp)
    if isinstance(left, days_and_moments) and isinstance(right, days_and_moments):
        return t.Timestamp()
    if isinstance(left, (t.Date, *MOMENT)) and isinstance(right, (t.Date, *MOMENT)):
        raise SqlError(f"{what} of {left} and {right} depends on the session's time zone", UTC_HINT)
    raise SqlError(f"PostgreSQL has no {what} of {left} and {right}", "cast one side to the type of the other")


def widest(left: Type, right: Type) -> Type:
    """The type of arithmetic on two numbers (PostgreSQL, "10.2. Operators"), with scale as the larger of the two."""
    for kind in (t.Double, t.Real):
        if isinstance(left, kind) or isinstance(right, kind):
            return t.Double()
    if isinstance(left, t.Numeric) or isinstance(right, t.Numeric):
        return _widest_numeric(as_numeric(left), as_numeric(right))
    return max((left, right), key=lambda type_: WHOLE.index(type(type_)))


def _widest_numeric(left: t.Numeric, right: t.Numeric) -> t.Numeric:
    if left.precision is None or right.precision is None:
        return t.Numeric()
    scale = max(left.scale, right.scale)
    return t.Numeric(max(left.precision - left.scale, right.precision - right.scale) + scale, scale)


_DIGITS: dict[type[Type | None], int] = {t.SmallInt: 5, t.Integer: 10}
"""Decimal digits of the narrower whole numbers; bigint has 19."""


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


def assign(value: Value, target: Type) -> Value:
    """What a column of type ``target`` stores when the value is assigned to it (PostgreSQL, "10.4. Value Storage").

    Raises:
        SqlError: when PostgreSQL refuses the assignment or SQLite would store something else.
    """
    if isinstance(target, t.Interval):
        raise untranslatable("an interval column")
    if value.clock and (isinstance(value.type, MOMENT) or type(value.type) is type(target)) and type(target) in CLOCK:
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
    if isinstance(target, TEXTUAL) and isinstance(value.type, TEXTUAL):
        return _as_text(value) if t.is_named(value.type) else plain(value)
    if isinstance(target, JSON) or isinstance(value.type, JSON):
        raise SqlError(f"PostgreSQL can't store a {value.type} in a {target} column", OWN_TEXT)
    return cast(value, target, implicit=True)


def _refuse_decimals(source: Type, target: Type) -> None:
    """Refuse what PostgreSQL would round.

    Raises:
        SqlError: for a time with more decimals of a second than the target keeps.
    """
    if isinstance(target, t.Clock) and t.second_decimals(source) > t.second_decimals(target):
        raise untranslatable(
            f"rounding {source} to {target}", instead="cut it, as in `date_trunc('second', x)` or `'milliseconds'`"
        )


def _check_fits(text: str, target: Type) -> None:
    if isinstance(target, (*TEXTUAL, t.Clock)):
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
            return made if implicit or isinstance(source, TEXTUAL) else _cut(made, target)
    days = (t.Date, t.Time, *MOMENT, *TEXTUAL)
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
    if value.text is not None and isinstance(target, t.Clock):
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


def ranked(value: Value) -> Value:
    """A value of a named enum as the place of its label, by which PostgreSQL compares and sorts; others as they are."""
    type_ = value.type
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


def _cut(value: Value, target: Type) -> Value:
    """A text as long as its type takes it, without the final blanks that are no part of ``char(n)``."""
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


def _moment_to_date(value: Value, target: Type) -> Value:
    return value.retyped(f"substr({value.sql}, 1, 10)", target)


def _moment_to_time(value: Value, target: Type) -> Value:
    return value.retyped(f"substr({value.sql}, 12)", target)


Convert = tuple[
    "type[Type] | tuple[type[Type], ...]", "type[Type] | tuple[type[Type], ...]", "Callable[[Value, Type], Value]"
]

_CASTS: tuple[Convert, ...] = (
    (TEXTUAL, TEXTUAL, _text_to_text),
    (WHOLE, WHOLE, _same),
    (t.Numeric, WHOLE, _to_whole),
    (WHOLE, t.Numeric, _to_numeric),
    (t.Numeric, t.Numeric, _to_numeric),
    ((*WHOLE, t.Numeric), t.Double, _to_binary),
    (BINARY, t.Double, _same),
    (WHOLE, TEXTUAL, _to_text),
    (t.Boolean, TEXTUAL, _boolean_to_text),
    (t.Numeric, TEXTUAL, _numeric_to_text),
    ((t.Uuid, t.Date), TEXTUAL, _same),
    ((t.Uuid,), t.Uuid, _same),
    (t.Boolean, t.Boolean, _same),
    (t.Date, t.Date, _same),
    (t.Time, t.Time, _same),
    (t.Timestamp, t.Timestamp, _same),
    (t.TimestampTz, t.TimestampTz, _same),
    (t.Timestamp, t.Date, _moment_to_date),
    (t.Timestamp, t.Time, _moment_to_time),
    (t.Date, t.Timestamp, lambda value, _: date_to_timestamp(value)),
    (JSON, JSON, _same),
    (t.Bytea, t.Bytea, _same),
)
"""(from, to, how): every cast that gives the same on both engines, and that an assignment does by itself."""

_EXPLICIT: tuple[Convert, ...] = ((t.Integer, t.Boolean, _number_to_boolean), (t.Boolean, t.Integer, _same))
"""Casts that PostgreSQL does only where they are written."""
