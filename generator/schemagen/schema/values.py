"""Literals of a spec → canonical values (see ``model.Value``): checked against the column's type, ready for JSON."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, time
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from . import types as t
from .scalars import Plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from .model import Value
    from .types import Type


class ValueProblem(ValueError):  # noqa: N818  (a reason, reported as a diagnostic by whoever knows the position)
    """A literal that its column cannot hold; ``hint`` is the fix."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.hint = hint
        super().__init__(message)


Moment = TypeVar("Moment", date, time, datetime)

NULLS = frozenset({"", "~", "null"})

_WHOLE = re.compile(r"[+-]?(0|[1-9][0-9]*(_[0-9]+)*)")
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_BINARY = re.compile(rf"({_DECIMAL.pattern})([eE][+-]?[0-9]+)?|[+-]?(inf|infinity|nan)", re.IGNORECASE)
_JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_LONGEST_WHOLE = 40
"""Characters of the longest bigint, with an underscore after each digit."""

INTEGER_BITS: dict[type[Type], int] = {t.SmallInt: 16, t.Integer: 32, t.BigInt: 64}


def is_null(value: Any) -> bool:
    """Whether a literal is YAML's null: an unquoted ``null``, ``~`` or nothing."""
    return isinstance(value, Plain) and value.lower() in NULLS


def parse_value(type_: Type, value: Any) -> Value:
    """Read a literal as a value of a type.

    Args:
        type_: the column's type.
        value: text (:class:`Plain` when unquoted), a list or a dict, as it stands in the YAML.

    Raises:
        ValueProblem: when the column cannot hold it.
    """
    type_ = t.value_type(type_)
    if isinstance(type_, t.JsonType):
        return json_value(value)
    if isinstance(type_, t.Array):
        if not isinstance(value, list):
            raise ValueProblem(f"{type_} needs a list", "write `[a, b]`")
        return [None if is_null(item) else parse_value(type_.element, item) for item in value]
    if isinstance(type_, t.Vector):
        return _vector(type_, value)
    if not isinstance(value, str):
        raise ValueProblem(f"{type_} can't hold {'a list' if isinstance(value, list) else 'a mapping'}")
    if "\0" in value:
        raise ValueProblem("text can't contain NUL on PostgreSQL")
    return _PARSERS[type(type_)](type_, str(value))


def json_value(value: Any) -> Value:
    """A JSON value: unquoted scalars by YAML 1.2's core schema, quoted ones as text.

    Raises:
        ValueProblem: for what JSON cannot hold.
    """
    if isinstance(value, dict):
        return {_json_text(key): json_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [json_value(item) for item in value]
    return _json_scalar(value) if isinstance(value, Plain) else _json_text(value)


def _json_text(text: str) -> str:
    if "\0" in text:
        raise ValueProblem("JSON can't contain NUL on PostgreSQL")
    return str(text)


def _json_scalar(value: Plain) -> Value:
    if value.lower() in NULLS:
        return None
    if value.lower() in {"true", "false"}:
        return value.lower() == "true"
    if _JSON_NUMBER.fullmatch(value):
        return _json_number(value)
    if value.lower() in {".nan", ".inf", "-.inf"}:
        raise ValueProblem(f"JSON has no {value}")
    return _json_text(value)


def _json_number(text: str) -> Value:
    number = float(text)
    if not math.isfinite(number):
        raise ValueProblem(f"{_short(text)} is too large for readers of JSON", "write it as text, in quotes")
    return int(text) if text.lstrip("-").isdigit() else number


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_WHOLE else f"{text[:_LONGEST_WHOLE]}…"


def _boolean(type_: Type, text: str) -> Value:
    if text.lower() not in {"true", "false"}:
        raise ValueProblem(f"{text!r} is not a valid {type_}", "write true or false")
    return text.lower() == "true"


def _integer(type_: Type, text: str) -> Value:
    if not _WHOLE.fullmatch(text):
        raise ValueProblem(f"{text!r} is not a valid {type_}", "an integer without leading zeros")
    limit = 2 ** (INTEGER_BITS[type(type_)] - 1)
    if len(text) > _LONGEST_WHOLE or not -limit <= int(text) < limit:
        raise ValueProblem(f"{_short(text)} is outside {type_} ({-limit} to {limit - 1})")
    return int(text)


def _numeric(type_: Type, text: str) -> Value:
    assert isinstance(type_, t.Numeric)  # noqa: S101  (dispatched by class)
    if not _DECIMAL.fullmatch(text):
        raise ValueProblem(f"{text!r} is not a valid {type_}", "digits, such as 12.50")
    number = Decimal(text)
    if type_.precision is None:
        return format(number, "f")
    exact = Context(prec=len(text) + t.MAX_PRECISION)  # by itself Decimal calculates with 28 digits
    scaled = number.quantize(Decimal(1).scaleb(-type_.scale), context=exact)
    if number != scaled:
        raise ValueProblem(f"{_short(text)} has more than {type_.scale} decimals", f"{type_} keeps {type_.scale}")
    if scaled.copy_abs() >= Decimal(10) ** (type_.precision - type_.scale):
        raise ValueProblem(f"{_short(text)} has more digits than {type_} holds")
    return format(scaled or scaled.copy_abs(), "f")  # no negative zero


def _float(type_: Type, text: str) -> Value:
    if not _BINARY.fullmatch(text):
        raise ValueProblem(f"{text!r} is not a valid {type_}", "a number, such as 0.5 or 1e-3")
    number = float(text)
    if not math.isfinite(number):
        raise ValueProblem(f"{text} does not behave the same on both engines")
    return number


def _text(type_: Type, text: str) -> Value:
    limit = getattr(type_, "length", None) or getattr(type_, "max_length", None)
    if limit and len(text) > limit:
        raise ValueProblem(f"{len(text)} characters are more than {type_} holds ({limit})")
    return text.ljust(type_.length) if isinstance(type_, t.Char) else text


def _enum(type_: Type, text: str) -> Value:
    assert isinstance(type_, t.Enum)  # noqa: S101  (dispatched by class)
    if text not in type_.values:
        from schemagen.base.spelling import did_you_mean  # only where a mistake has been made

        raise ValueProblem(f"{text!r} is none of {', '.join(type_.values)}", did_you_mean(text, type_.values))
    return text


def _uuid(type_: Type, text: str) -> Value:
    if not re.fullmatch(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", text):
        raise ValueProblem(f"{text!r} is not a valid {type_}", "such as 7b1e6f0a-3c1d-4e55-9a55-2f1d7f6f1a01")
    return text.lower()


def _date(type_: Type, text: str) -> Value:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise ValueProblem(f"{text!r} is not a valid {type_}", "write YYYY-MM-DD")
    return _by_calendar(type_, text, date.fromisoformat).isoformat()


def _time(type_: Type, text: str) -> Value:
    timestamp = _by_calendar(type_, text, time.fromisoformat)
    if timestamp.tzinfo:
        raise ValueProblem(f"{text!r} has a zone, {type_} has none")
    _refuse_decimals(type_, text, timestamp)
    return timestamp.isoformat("microseconds")


def _timestamp(type_: Type, text: str) -> Value:
    timestamp = _by_calendar(type_, text, datetime.fromisoformat)
    if timestamp.tzinfo:
        raise ValueProblem(f"{text!r} has a zone, {type_} has none", "use timestamptz, or leave the zone out")
    _refuse_decimals(type_, text, timestamp)
    return timestamp.isoformat("T", "microseconds")


def _timestamptz(type_: Type, text: str) -> Value:
    timestamp = _by_calendar(type_, text, _in_utc)
    if not timestamp.tzinfo:
        whole = f"{text}T00:00:00" if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else text
        raise ValueProblem(f"{text!r} has no zone", f"{type_} is a timestamp: write `{whole}Z` for UTC")
    _refuse_decimals(type_, text, timestamp)
    return timestamp.replace(tzinfo=None).isoformat("T", "microseconds") + "Z"


def _refuse_decimals(type_: Type, text: str, timestamp: time | datetime) -> None:
    decimals = t.second_decimals(type_)
    if timestamp.microsecond % 10 ** (t.MAX_SECOND_DECIMALS - decimals):
        raise ValueProblem(f"{text!r} has more than {decimals} decimals of a second", f"{type_} keeps {decimals}")


def with_decimals(type_: Type, value: str) -> str:
    """A canonical time or moment without the decimals of a second that its type does not keep."""
    head, point, rest = value.partition(".")
    kept = t.second_decimals(type_)
    zeros = "0" * (t.MAX_SECOND_DECIMALS - kept)
    return f"{head}{point}{rest[:kept]}{zeros}{rest[t.MAX_SECOND_DECIMALS :]}"


def _in_utc(text: str) -> datetime:
    """A timestamp in UTC; what has no zone stays as it is."""
    timestamp = datetime.fromisoformat(text)
    return timestamp.astimezone(UTC) if timestamp.tzinfo else timestamp


def _by_calendar(type_: Type, text: str, read: Callable[[str], Moment]) -> Moment:
    try:
        return read(text)
    except (ValueError, OverflowError) as problem:
        raise ValueProblem(f"{text!r} is not a valid {type_}: {problem}") from None


def _bytea(type_: Type, text: str) -> Value:
    if not re.fullmatch(r"\\x([0-9A-Fa-f]{2})*", text):
        raise ValueProblem(f"{text!r} is not a valid {type_}", r'write hex in double quotes: "\\x00ff"')
    return text.lower()


def _vector(type_: t.Vector, value: Any) -> Value:
    from .vectors import vector_numbers, vector_text  # only where a spec has a vector

    try:
        numbers = [float(item) for item in value] if isinstance(value, list) else vector_numbers(str(value))
        text = vector_text(numbers)
    except (TypeError, ValueError) as problem:
        raise ValueProblem(f"this is not a valid {type_}: {problem}", "write a list of numbers, `[0.5, 1]`") from None
    if len(numbers) != type_.dimensions:
        raise ValueProblem(f"{type_} can't hold {len(numbers)} numbers", f"write {type_.dimensions}")
    return text


def _interval(type_: Type, text: str) -> Value:
    from .durations import duration_text, parse_duration  # only where a spec has an interval

    try:
        return duration_text(parse_duration(text))
    except (ValueError, OverflowError) as problem:
        hint = "write ISO 8601, such as P1DT2H30M, or `1 day 2 hours`; months have no fixed length"
        raise ValueProblem(f"{text!r} is not a valid {type_} that models hold: {problem}", hint) from None


def _as_it_is(_type: Type, text: str) -> Value:
    return text


_PARSERS: dict[type[Type], Callable[[Type, str], Value]] = {
    t.Uuid: _uuid,
    t.Text: _text,
    t.Varchar: _text,
    t.Char: _text,
    t.Enum: _enum,
    t.SmallInt: _integer,
    t.Integer: _integer,
    t.BigInt: _integer,
    t.Numeric: _numeric,
    t.Real: _float,
    t.Double: _float,
    t.Boolean: _boolean,
    t.Date: _date,
    t.Time: _time,
    t.Timestamp: _timestamp,
    t.TimestampTz: _timestamptz,
    t.Interval: _interval,
    t.Bytea: _bytea,
    t.Native: _as_it_is,
}
