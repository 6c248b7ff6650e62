"""String literals and interval literals of PostgreSQL, as SQLite holds them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.schema import types as t
from schemagen.schema.values import ValueProblem, parse_value
from schemagen.schema.vectors import vector_bytes

from .errors import SqlError
from .value import Span

if TYPE_CHECKING:
    from schemagen.schema.types import Type

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_UNITS: dict[str, Span] = {
    "year": Span(months=12),
    "month": Span(months=1),
    "week": Span(days=7),
    "day": Span(days=1),
    "hour": Span(microseconds=HOUR),
    "minute": Span(microseconds=MINUTE),
    "second": Span(microseconds=1_000_000),
}
_SHORT = {
    "mon": "month",
    "min": "minute",
    "sec": "second",
    "hr": "hour",
    "y": "year",
    "d": "day",
    "h": "hour",
    "m": "minute",
    "s": "second",
}
COUNT = re.compile(r"[+-]?[0-9]{1,9}")
"""How many of a unit; PostgreSQL keeps them in 32 bits."""

_PART = re.compile(rf"\s*({COUNT.pattern})\s*([a-z]+)\s*|\s*([+-]?)([0-9]{{1,9}}):([0-9]{{2}})(?::([0-9]{{2}}))?\s*")


def sqlite_literal(text: str, type_: Type) -> str:
    """A PostgreSQL string literal of a type as a SQLite literal in the form that a column of that type holds.

    Raises:
        SqlError: when it is not a value of the type, or means something else in each session.
    """
    if isinstance(type_, t.TextType):
        return sql_string(text)
    try:
        value = parse_value(type_, json.loads(text) if isinstance(type_, t.Array) else text)
    except (ValueProblem, json.JSONDecodeError) as problem:
        raise SqlError(str(problem), getattr(problem, "hint", None) or f"write a literal of type {type_}") from None
    return _written(text, type_, value)


def _written(text: str, type_: Type, value: object) -> str:
    match type_, value:
        case t.Boolean(), bool():
            return str(int(value))
        case (t.NumberType(), _):
            return str(value)
        case t.Bytea(), str():
            return f"x'{value[2:]}'"
        case t.Vector(), str():
            return f"x'{vector_bytes(value).hex()}'"
        case (t.JsonType(), _):
            return sql_string(json_text(text))
        case ((t.Uuid() | t.DayType() | t.Time()), str()):
            return sql_string(value)
    raise SqlError(
        f"a literal of type {type_} can't be written for SQLite", "use a YAML default, or give each engine its own text"
    )


def json_text(text: str) -> str:
    """A JSON literal, checked.

    Raises:
        SqlError: when PostgreSQL would refuse it.
    """
    try:
        json.loads(text, parse_constant=_no_constant)
    except ValueError as problem:
        raise SqlError(f"{text!r} is not JSON: {problem}", "JSON wants double quotes: '{\"a\": 1}'") from None
    return text


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON value")


def parse_span(text: str) -> Span:
    """Read an interval literal: ``30 days``, ``1 year 2 months``, ``01:30:00``, ``-2 hours``.

    Raises:
        SqlError: for fractions, ISO 8601 durations and whatever else cannot be read for certain.
    """
    span, rest = Span(), text.strip().lower()
    while rest:
        match = _PART.match(rest)
        if match is None:
            raise _no_span(text)
        part = _clock(match) if match[2] is None else _counted(match, text)
        span = Span(span.months + part.months, span.days + part.days, span.microseconds + part.microseconds)
        rest = rest[match.end() :]
    if not text.strip():
        raise _no_span(text)
    return span


def _counted(match: re.Match[str], text: str) -> Span:
    unit = unit_span(match[2])
    if unit is None:
        raise _no_span(text)
    count = int(match[1])
    return Span(unit.months * count, unit.days * count, unit.microseconds * count)


def unit_span(name: str) -> Span | None:
    """One of a unit: ``days`` is a span of one day; None for a unit that is not known."""
    name = _SHORT.get(name, name)
    singular = name.removesuffix("s")
    return _UNITS.get(_SHORT.get(singular, singular))


def _clock(match: re.Match[str]) -> Span:
    total = int(match[4]) * HOUR + int(match[5]) * MINUTE + int(match[6] or 0) * 1_000_000
    return Span(microseconds=-total if match[3] == "-" else total)


def _no_span(text: str) -> SqlError:
    return SqlError(
        f"interval {text!r:.60} can't be read",
        "write whole units, such as interval '30 days' or interval '1 hour 30 minutes'",
    )
