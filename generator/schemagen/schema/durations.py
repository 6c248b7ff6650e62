"""Intervals as one ISO 8601 text, which both engines and the models read: days, hours, minutes and seconds.

An hour is a 24th of a day here, as where PostgreSQL compares intervals. Months have no such length: a model's
``timedelta`` cannot hold them.
"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

_NUMBER = r"[+-]?[0-9]+"
_SECONDS = r"[+-]?[0-9]+(?:\.[0-9]{1,6})?"
_ISO = re.compile(
    rf"(?P<sign>-?)P(?=.)(?:(?P<weeks>{_NUMBER})W)?(?:(?P<days>{_NUMBER})D)?"
    rf"(?:T(?=.)(?:(?P<hours>{_NUMBER})H)?(?:(?P<minutes>{_NUMBER})M)?(?:(?P<seconds>{_SECONDS})S)?)?"
)
_PART = re.compile(
    rf"(?P<count>{_SECONDS})\s*(?P<unit>[a-z]+)\s*"
    r"|(?P<sign>[+-]?)(?P<hours>[0-9]+):(?P<minutes>[0-9]{2})(?::(?P<seconds>[0-9]{2}(?:\.[0-9]{1,6})?))?\s*"
)
_MICROSECONDS = {"seconds": 10**6, "minutes": 60 * 10**6, "hours": 3600 * 10**6, "days": 86400 * 10**6}
_MICROSECONDS["weeks"] = 7 * _MICROSECONDS["days"]
_UNITS = {
    short: unit
    for unit, shorts in {
        "weeks": ("w", "week"),
        "days": ("d", "day"),
        "hours": ("h", "hr", "hrs", "hour"),
        "minutes": ("m", "min", "mins", "minute"),
        "seconds": ("s", "sec", "secs", "second"),
    }.items()
    for short in (*shorts, unit)
}


def parse_duration(text: str) -> timedelta:
    """Read an interval.

    Args:
        text: ISO 8601 such as ``P1DT2H30M``, or what PostgreSQL prints: ``1 day 02:30:00``, ``-90 minutes``.

    Raises:
        ValueError: for months, years, and what is not a valid interval.
        OverflowError: for more days than a ``timedelta`` holds.
    """
    found = _ISO.fullmatch(text)
    if found:
        total = sum((_length(found[unit], unit) for unit in _MICROSECONDS), 0)
        return timedelta(microseconds=-total if found["sign"] else total)
    rest = text.strip().lower()
    if not rest:
        raise ValueError("it is empty")
    total = 0
    while rest:
        part = _PART.match(rest)
        if part is None or (part["unit"] and part["unit"] not in _UNITS):
            raise ValueError("it is not made of weeks, days, hours, minutes and seconds")
        total += _length(part["count"], _UNITS[part["unit"]]) if part["unit"] else _clock(part)
        rest = rest[part.end() :]
    return timedelta(microseconds=total)


def _clock(part: re.Match[str]) -> int:
    total = sum(_length(part[unit], unit) for unit in ("hours", "minutes", "seconds"))
    return -total if part["sign"] == "-" else total


def _length(count: str | None, unit: str) -> int:
    """Whole microseconds."""
    return int(Decimal(count or 0) * _MICROSECONDS[unit])


def duration_text(span: timedelta) -> str:
    """The one text of an interval: ``P1DT2H30M``, ``PT-1.5S``, ``PT0S``."""
    sign, span = ("-", -span) if span < timedelta() else ("", span)
    minutes, seconds = divmod(span.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{span.microseconds:06d}".rstrip("0") if span.microseconds else ""
    days = f"{sign}{span.days}D" if span.days else ""
    clock = "".join(f"{sign}{count}{unit}" for count, unit in ((hours, "H"), (minutes, "M")) if count)
    clock += f"{sign}{seconds}{fraction}S" if seconds or fraction or not (days or clock) else ""
    return f"P{days}T{clock}" if clock else f"P{days}"
