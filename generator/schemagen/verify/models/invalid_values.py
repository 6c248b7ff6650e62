"""Values that a model has to refuse by itself: one driver would change them, and the other store something else."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from schemagen.schema import types as t

if TYPE_CHECKING:
    from collections.abc import Callable

Forbidden = tuple[str, Any, str]
"""What it is, the value, and the class of the error."""

NOON = dt.datetime(2024, 2, 29, 12, 0)  # noqa: DTZ001  (naive on purpose)
NOT_A_NUMBER = ("NaN", float("nan"), "ValueError")
WITH_NUL = ("text with NUL", "a\0b", "ValueError")


def invalid_values(type_: t.Type) -> list[Forbidden]:
    """The values that the models of a type refuse; none for types that take what their engine takes."""
    if isinstance(type_, t.Array):
        return [(f"a list with {what}", [value], error) for what, value, error in invalid_values(type_.element)]
    make = _INVALID_VALUES.get(type(type_))
    return make(type_) if make else []


def _numeric(type_: t.Type) -> list[Forbidden]:
    """NaN, and where there is a scale one digit more than it."""
    found = [("NaN", Decimal("NaN"), "ValueError")]
    if isinstance(type_, t.Numeric) and type_.precision is not None:
        found.append(("a digit too many", Decimal(1).scaleb(-type_.scale - 1), "ValueError"))
    return found


def _timestamps(type_: t.Type) -> list[Forbidden]:
    """The other kind of moment, and text."""
    aware = ("a timestamp with a time zone", NOON.replace(tzinfo=dt.UTC), "ValueError")
    naive = ("a timestamp without a time zone", NOON, "ValueError")
    return [naive if isinstance(type_, t.TimestampTz) else aware, ("text", NOON.isoformat(), "TypeError")]


def _vectors(type_: t.Type) -> list[Forbidden]:
    """A number too many, one that is none, and no direction."""
    size = type_.dimensions if isinstance(type_, t.Vector) else 1
    return [
        ("a number too many", [1.0] * (size + 1), "ValueError"),
        ("NaN", [float("nan")] * size, "ValueError"),
        ("nothing but zeros", [0.0] * size, "ValueError"),
    ]


_INVALID_VALUES: dict[type[t.Type], Callable[[t.Type], list[Forbidden]]] = {
    t.Uuid: lambda _: [("text that is not UUID", "none", "ValueError")],
    **dict.fromkeys((t.Text, t.Varchar, t.Char, t.Enum), lambda _: [WITH_NUL]),
    t.Numeric: _numeric,
    **dict.fromkeys((t.Real, t.Double), lambda _: [NOT_A_NUMBER]),
    t.Date: lambda _: [("a timestamp", NOON, "TypeError"), ("text", "2024-02-29", "TypeError")],
    t.Time: lambda _: [
        ("a time with a time zone", dt.time(12, tzinfo=dt.UTC), "ValueError"),
        ("text", "12:00:00", "TypeError"),
    ],
    **dict.fromkeys((t.Timestamp, t.TimestampTz), _timestamps),
    t.Vector: _vectors,
    t.Interval: lambda _: [("text", "P1D", "TypeError")],
}
