"""The current time on SQLite, as each type keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.schema import types as t

from .value import Value

if TYPE_CHECKING:
    from schemagen.schema.types import Type

CLOCK_DECIMALS = 3
"""Decimals of a second that SQLite's clock has."""

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
    if not isinstance(type_, t.ClockType) or kept >= CLOCK_DECIMALS:
        return None
    day, zone = "" if isinstance(type_, t.Time) else "%Y-%m-%dT", "Z" if isinstance(type_, t.TimestampTz) else ""
    half = f"'+0.{'0' * kept}5 seconds'"
    rest = f"{'0' * (t.MAX_SECOND_DECIMALS - kept)}{zone}"
    if not kept:
        return f"strftime('{day}%H:%M:%S','now',{half}) || '.{rest}'"
    length = (9 if isinstance(type_, t.Time) else 20) + kept
    return f"substr(strftime('{day}%H:%M:%f','now',{half}), 1, {length}) || '{rest}'"
