"""Dates, timestamps and intervals on our text forms (``YYYY-MM-DDTHH:MM:SS.ffffff``, with ``Z`` for timestamptz).

Everything here is exact to the microsecond: SQLite's date functions see whole seconds only, and the fraction
is carried over. A difference of two timestamps is an integer of microseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.schema import types as t

from .clock import CLOCK, CLOCK_DECIMALS, clock
from .entry import Function
from .errors import SqlError, untranslatable
from .literals import COUNT, DAY, unit_span
from .operands import MIDNIGHT, UTC_HINT, adapt, date_to_timestamp
from .value import Precedence, Span, Value, call, cast_hint, nullable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SECONDS = "'%Y-%m-%dT%H:%M:%S'"
MILLISECONDS = "'%Y-%m-%dT%H:%M:%f'"


def _now(_arguments: Sequence[Value]) -> Value:
    return clock(t.TimestampTz())


def suffix(type_: t.Type) -> str:
    """What ends the text of a timestamp: ``Z`` where it has a zone."""
    return "Z" if isinstance(type_, t.TimestampTz) else ""


def shift(timestamp: Value, span: Span | Value) -> Value:
    """A date or timestamp moved by an interval; a date becomes a timestamp, as on PostgreSQL."""
    months, modifiers = _modifiers(span)
    step_nullable = isinstance(span, Value) and span.nullable
    if timestamp.clock:
        assert timestamp.type is not None  # noqa: S101  (a clock is made with a type)
        if isinstance(timestamp.type, t.TimestampType):
            return _shift_clock(timestamp.type, months, modifiers, may_be_null=step_nullable)
        timestamp = Value(timestamp.sql, timestamp.type, nullable=False)
    if isinstance(timestamp.type, t.Date):
        timestamp = date_to_timestamp(timestamp)
    if not isinstance(timestamp.type, t.TimestampType):
        raise untranslatable(f"{timestamp.type} plus or minus an interval")
    base = call("substr", timestamp.sql, "1", "19")
    moved = call("strftime", SECONDS, base, *_clamped(base, months), *modifiers)
    text = f"{moved} || {call('substr', timestamp.sql, '20')}"
    return Value(text, timestamp.type, Precedence.CONCAT, timestamp.nullable or step_nullable)


def _shift_clock(type_: t.Type, months: int, modifiers: list[str], *, may_be_null: bool) -> Value:
    moved = call("strftime", MILLISECONDS, "'now'", *_clamped("'now'", months), *modifiers)
    exact = t.TimestampTz(CLOCK_DECIMALS) if isinstance(type_, t.TimestampTz) else t.Timestamp(CLOCK_DECIMALS)
    return Value(f"{moved} || '000{suffix(type_)}'", exact, Precedence.CONCAT, may_be_null)


def _modifiers(span: Span | Value) -> tuple[int, list[str]]:
    """An interval as whole months and the other modifiers of SQLite's date functions."""
    if isinstance(span, Span):
        if span.microseconds % 1_000_000:
            raise untranslatable("an interval with a fraction of a second")
        seconds = span.microseconds // 1_000_000
        parts = [(span.days, "days"), (seconds, "seconds")]
        return span.months, [f"'{count:+d} {unit}'" for count, unit in parts if count]
    if span.span is not None:
        return _modifiers(span.span)
    if span.counted is None:
        raise untranslatable("adding this interval")
    count, unit, _ = span.counted
    return 0, [f"{count} || ' {unit}'"]


def _clamped(base: str, months: int) -> list[str]:
    """Modifiers for whole months that end on the month's last day where the day does not exist, as on PostgreSQL."""
    if not months:
        return []
    step = f"'{months:+d} months'"
    day = call("strftime", "'%d'", base)
    landed = call("strftime", "'%d'", base, step)
    return [step, f"CASE WHEN {landed} = {day} THEN '+0 days' ELSE '-' || {landed} || ' days' END"]


def add_days(day: Value, count: Value, sign: str) -> Value:
    """``date + integer``."""
    if count.number is not None:
        modifier = f"'{sign}{count.number} days'"
    else:
        number = count.within(Precedence.ATOM)
        modifier = f"{'-' if sign == '-' else ''}{number} || ' days'"
    return Value(call("date", day.sql, modifier), t.Date(), nullable=nullable(day, count))


def difference(left: Value, right: Value) -> Value:
    """``left - right``: days for two dates, microseconds for two timestamps."""
    if isinstance(left.type, t.Date) and isinstance(right.type, t.Date):
        text = f"CAST(julianday({left.sql}) - julianday({right.sql}) AS INTEGER)"
        return Value(text, t.Integer(), nullable=nullable(left, right))
    left, right = (date_to_timestamp(v) if isinstance(v.type, t.Date) else v for v in (left, right))
    if type(left.type) is not type(right.type):
        raise SqlError(f"the difference of {left.type} and {right.type} depends on the session's time zone", UTC_HINT)
    text = f"{microseconds(left)} - {_term(microseconds(right))}"
    return Value(text, t.Interval(), Precedence.SUM, nullable(left, right))


def _term(text: str) -> str:
    return f"({text})"


def microseconds(timestamp: Value) -> str:
    """The microseconds from 1970 to a timestamp, as SQLite text that binds like a sum."""
    seconds = f"CAST(strftime('%s', substr({timestamp.sql}, 1, 19)) AS INTEGER)"
    return f"{seconds} * 1000000 + CAST(substr({timestamp.sql}, 21, 6) AS INTEGER)"


def span_microseconds(value: Value) -> Value:
    """An interval as microseconds, the way PostgreSQL compares intervals: a month is 30 days."""
    if value.span is not None:
        total = (value.span.months * 30 + value.span.days) * DAY + value.span.microseconds
        return Value(str(total), t.Interval(), nullable=False)
    if value.counted is not None:
        count, _, size = value.counted
        return Value(f"{count} * {size}", t.Interval(), Precedence.PRODUCT, value.nullable)
    return value


def counted(span: Value, count: Value) -> Value:
    """``count * interval '1 day'``: a column's number of days, hours, minutes or seconds."""
    unit = span.span
    count = adapt(count, t.Integer())
    if unit is None or not isinstance(count.type, t.IntegerType):
        raise untranslatable("this product of an interval", instead="write an integer times interval '1 day'")
    if count.number is not None:
        n = count.number
        return Value("", t.Interval(), nullable=False, span=Span(unit.months * n, unit.days * n, unit.microseconds * n))
    number = count.within(Precedence.ATOM)
    if unit.months or (unit.days and unit.microseconds) or unit.microseconds % 1_000_000:
        raise untranslatable(
            "a counted interval of months or of mixed units", instead="count days, hours, minutes or seconds"
        )
    if unit.days:
        factor, name, size = unit.days, "days", DAY
    else:
        factor, name, size = unit.microseconds // 1_000_000, "seconds", 1_000_000
    times = number if factor == 1 else f"({number} * {factor})"
    return Value("", t.Interval(), nullable=count.nullable, counted=(times, name, size))


def at_time_zone(value: Value, zone: Value) -> Value:
    """``x AT TIME ZONE 'UTC'``: the same moment with and without its zone."""
    if (zone.text or "").upper() not in {"UTC", "GMT", "ETC/UTC", "Z"}:
        instead = "keep timestamps in UTC and let the application name the zone"
        raise untranslatable("AT TIME ZONE with another zone than 'UTC', of which SQLite knows none,", instead=instead)
    if value.clock and isinstance(value.type, t.TimestampTz):
        return clock(t.Timestamp())
    if isinstance(value.type, t.TimestampTz):
        return value.retyped(call("substr", value.sql, "1", "26"), t.Timestamp())
    if isinstance(value.type, t.Timestamp):
        return value.retyped(f"{value.within(Precedence.CONCAT)} || 'Z'", t.TimestampTz(), Precedence.CONCAT)
    raise SqlError(f"AT TIME ZONE of {value.type or 'an untyped value'}", "it wants a timestamp or timestamptz")


_TRUNCATED: dict[str, tuple[int, str]] = {
    "milliseconds": (23, "000"),
    "second": (19, ".000000"),
    "minute": (16, ":00.000000"),
    "hour": (13, ":00:00.000000"),
    "day": (10, MIDNIGHT),
    "month": (7, f"-01{MIDNIGHT}"),
    "year": (4, f"-01-01{MIDNIGHT}"),
}


def _date_trunc(arguments: Sequence[Value]) -> Value:
    unit, timestamp, *zone = arguments
    if isinstance(timestamp.type, t.TimestampTz) and not (zone and (zone[0].text or "").upper() == "UTC"):
        raise SqlError(
            "date_trunc() of timestamptz depends on the session's time zone", "write date_trunc('day', x, 'UTC')"
        )
    if not isinstance(timestamp.type, t.TimestampType) or (zone and not isinstance(timestamp.type, t.TimestampTz)):
        raise SqlError(f"date_trunc() of {timestamp.type or 'an untyped value'}", cast_hint(timestamp, "timestamp"))
    name = (unit.text or "").lower()
    if name == "week":
        monday = call("date", call("substr", timestamp.sql, "1", "10"), "'-6 days'", "'weekday 1'")
        return timestamp.retyped(f"{monday} || '{MIDNIGHT}{suffix(timestamp.type)}'", timestamp.type, Precedence.CONCAT)
    if name not in _TRUNCATED:
        raise untranslatable(f"date_trunc() to {unit.text!r}", instead=f"use one of {', '.join([*_TRUNCATED, 'week'])}")
    kept, rest = _TRUNCATED[name]
    text = f"{call('substr', timestamp.sql, '1', str(kept))} || '{rest}{suffix(timestamp.type)}'"
    decimals = CLOCK_DECIMALS if name == "milliseconds" else 0
    return timestamp.retyped(text, type(timestamp.type)(decimals), Precedence.CONCAT)


def _digits(start: int, count: int) -> Callable[[str], str]:
    return lambda x: f"CAST(substr({x}, {start}, {count}) AS INTEGER)"


def _format(code: str) -> Callable[[str], str]:
    return lambda x: f"CAST(strftime('{code}', substr({x}, 1, 10)) AS INTEGER)"


_FIELDS: dict[str, Callable[[str], str]] = {
    "year": _digits(1, 4),
    "month": _digits(6, 2),
    "day": _digits(9, 2),
    "dow": _format("%w"),
    "doy": _format("%j"),
    "isodow": lambda x: f"(({_format('%w')(x)} + 6) % 7 + 1)",
    "quarter": lambda x: f"(({_digits(6, 2)(x)} + 2) / 3)",
}
_CLOCK_FIELDS = {"hour": _digits(12, 2), "minute": _digits(15, 2)}


def extract(field: str, value: Value) -> Value:
    """``EXTRACT(field FROM value)``; the result is numeric on PostgreSQL, with six decimals for seconds and epoch."""
    name = field.lower()
    if name == "epoch":
        return _epoch(value)
    if isinstance(value.type, t.TimestampTz):
        raise SqlError(f"EXTRACT({field}) of timestamptz depends on the session's time zone", UTC_HINT)
    value = adapt(value, t.Timestamp())
    fields = _FIELDS if isinstance(value.type, t.Date) else _FIELDS | _CLOCK_FIELDS
    if not isinstance(value.type, (t.Date, t.Timestamp)):
        raise untranslatable(f"EXTRACT({field}) of {value.type}")
    if name == "second" and isinstance(value.type, t.Timestamp):
        return value.retyped(f"CAST(substr({value.sql}, 18, 9) AS REAL)", t.Numeric(8, 6))
    if name not in fields:
        raise untranslatable(f"EXTRACT({field}) of {value.type}", instead=f"use one of {', '.join([*fields, 'epoch'])}")
    return value.retyped(fields[name](value.sql), t.Numeric(10, 0))


def _epoch(value: Value) -> Value:
    if isinstance(value.type, t.Interval):
        if value.stored:
            raise untranslatable("EXTRACT(epoch) of a stored interval, which is ISO 8601 text there,")
        total = span_microseconds(value)
        return value.retyped(f"{total.within(Precedence.CONCAT)} / 1000000.0", t.Numeric(15, 6), Precedence.PRODUCT)
    if isinstance(value.type, t.Date):
        return value.retyped(f"CAST(strftime('%s', {value.sql}) AS INTEGER)", t.Numeric(12, 0))
    if not isinstance(value.type, t.TimestampType):
        raise untranslatable(f"EXTRACT(epoch) of {value.type}")
    return value.retyped(f"({microseconds(value)}) / 1000000.0", t.Numeric(15, 6), Precedence.PRODUCT)


def named_span(text: str, unit: str | None) -> Span | None:
    """``INTERVAL '3' DAY`` as sqlglot reads it: the count and the unit apart; None when they are not whole unit."""
    one = unit_span((unit or "").lower())
    if not COUNT.fullmatch(text):
        return None
    count = int(text)
    return one and Span(one.months * count, one.days * count, one.microseconds * count)


TIME_FUNCTIONS: tuple[Function, ...] = (
    Function("now", "now()", CLOCK[t.TimestampTz], _now, 0, 0, note="the statement's time, in milliseconds"),
    Function("transaction_timestamp", "transaction_timestamp()", "as now()", _now, 0, 0),
    Function("statement_timestamp", "statement_timestamp()", "as now()", _now, 0, 0),
    Function("clock_timestamp", "clock_timestamp()", "as now()", _now, 0, 0),
    Function(
        "date_trunc",
        "date_trunc('day', x[, 'UTC'])",
        "substr(x, 1, 10) || 'T00:00:00.000000'",
        _date_trunc,
        2,
        3,
        note="second to year, and week; timestamptz with 'UTC'",
    ),
)
