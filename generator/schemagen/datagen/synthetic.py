"""Synthetic values of each type: plain, valid and different for different serial numbers, as far as the type goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from schemagen.engines.sqlite.inspect.tokens import Kind, tokens
from schemagen.schema import types as t
from schemagen.schema.durations import duration_text
from schemagen.schema.values import with_decimals
from schemagen.schema.vectors import vector_text

from .mentions import check_columns, fits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random

    from schemagen.schema.model import Column, Table, Value

EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
COMMON_NUMBERS = 1000
ROOM = 12
AWKWARD = ("it's", '"so"', "100%", "%s:name", ":id", "a\\b", "{a,b}", "a  b", "日本", "🌱", "<b>&", "$1 $$")
"""What quoting and escaping may change; letters beyond ASCII have no case here, in which the engines differ."""

MOST_BUNDLES = 8
SPREAD = 0.25
"""How many directions vectors have about them, and how far a number is from that of its bundle's."""

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Unfillable(ValueError):  # noqa: N818  (it says what a table is, as in the sentence that reports it)
    """No valid row could be made; the message says for which table and why."""


def typed_value(column: Column, serial: int, random: Random, *, distinct: bool) -> Value:
    """A value of the column's type.

    Args:
        column: whose type counts; its name colours text.
        serial: the number of the row; timestamps grow with it.
        random: the source of what is not distinct.
        distinct: whether different numbers have to give different values.

    Raises:
        Unfillable: for an engine's own type, of which we know no value.
    """
    make = _GENERATORS.get(type(column.type))
    if make is None:
        raise Unfillable(f"no value is known for {column.name}, of type {column.type}: give the table an example row")
    number = serial if distinct else skewed(COMMON_NUMBERS, random)
    return make(column, number, random)


def skewed(size: int, random: Random) -> int:
    """A number below ``size``; small ones come up far more often, as busy users and common values do."""
    return int(size * random.random() ** 2)


def limited_text(stem: str, number: int, limit: int | None) -> str:
    """A text that ends in a number, of at most ``limit`` characters; short ones keep the end of the number."""
    suffix = _base36(number)
    if limit is None:
        return f"{stem} {suffix}"
    room = limit - len(suffix)
    return stem[: max(room, 0)] + suffix[-limit:]


def known_values(table: Table, column: Column) -> tuple[Value, ...]:
    """Values that the spec itself mentions for a column: in example rows, its default and the checks that name it."""
    found = [dict(example.values).get(column.name) for example in table.examples]
    for check in table.checks:
        if check.sql.sqlite and column.name in check_columns(table, check.sql.sqlite):
            found += _literals(check.sql.sqlite, column.type)
    return tuple(value for value in found if value is not None and fits(column.type, value))


def _literals(sql: str, type_: t.Type) -> Iterator[Value]:
    for token in tokens(sql):
        if token.kind is Kind.STRING and isinstance(type_, (t.Text, t.Varchar, t.Char)):
            yield token.name.strip("%_*").ljust(type_.length if isinstance(type_, t.Char) else 0)
        elif token.kind is Kind.NUMBER and token.text.isdigit() and isinstance(type_, t.IntegerType):
            yield from (int(token.text) + step for step in (-1, 0, 1))
        elif token.kind is Kind.NUMBER and token.text.isdigit() and isinstance(type_, t.Numeric):
            yield from (_decimal(int(token.text) + step, 0, type_.scale) for step in (-1, 0, 1))
        elif token.kind is Kind.NUMBER and isinstance(type_, t.FloatType):
            yield float(token.text)


def _base36(number: int) -> str:
    digits = ""
    while number or not digits:
        number, digit = divmod(number, len(DIGITS))
        digits = DIGITS[digit] + digits
    return digits


def _timestamp(form: str) -> Callable[[Column, int, Random], Value]:
    """Moments about a minute apart, written in a form of strftime; all but the first of five have microseconds."""
    return lambda column, number, _: with_decimals(
        column.type, (EPOCH + timedelta(minutes=number, microseconds=_uneven(number))).strftime(form)
    )


def _uneven(number: int) -> int:
    """Some of the microseconds of a minute, none for every fifth number."""
    return number % 5 * 7_654_321


def _interval(_: Column, number: int, __: Random) -> Value:
    """Whole days for every fifth number, hours and microseconds for others; every seventh is negative."""
    length = timedelta(days=number, hours=number % 5, microseconds=_uneven(number))
    return duration_text(-length if number % 7 == 6 else length)  # noqa: PLR2004  (one of seven)


def _text(column: Column, number: int, _: Random) -> Value:
    """The column's name and the number; two of three texts have what is to be quoted or escaped in between."""
    text = f"{column.name} {AWKWARD[number // 3 % len(AWKWARD)]}" if number % 3 else column.name
    match column.type:
        case t.UnpaddedType(limit=int(limit)):
            return limited_text(text if len(text) + ROOM <= limit else column.name, number, limit)
    return limited_text(text, number, None)


def _char(column: Column, number: int, _: Random) -> Value:
    length = column.type.length if isinstance(column.type, t.Char) else 1
    return _base36(number)[-length:].rjust(length, "x")


def _enum(column: Column, _: int, random: Random) -> Value:
    values: Sequence[str] = column.type.values if isinstance(column.type, t.Enum) else ()
    return values[skewed(len(values), random)]


def _decimal(whole: int, fraction: int, scale: int) -> str:
    return f"{whole}.{fraction:0{scale}d}" if scale > 0 else str(whole)


def _numeric(column: Column, number: int, random: Random) -> Value:
    type_ = column.type if isinstance(column.type, t.Numeric) else t.Numeric()
    digits = 9 if type_.precision is None else type_.precision - max(type_.scale, 0)
    scale = max(type_.scale, 0)
    return _decimal(number % 10 ** min(digits, 9), random.randrange(10**scale), scale)


def _json(_: Column, number: int, __: Random) -> Value:
    return {"number": number, "text": AWKWARD[number // 3 % len(AWKWARD)]} if number % 3 else {"number": number}


def _array(column: Column, number: int, random: Random) -> Value:
    element = column.type.element if isinstance(column.type, t.Array) else t.Text()
    return [typed_value(replace(column, type=element), number, random, distinct=True)]


def _vector(column: Column, number: int, random: Random) -> Value:
    """A direction of its own for each row, in one of some bundles, as those of real texts are."""
    size = column.type.dimensions if isinstance(column.type, t.Vector) else 1
    bundle = number % min(size, MOST_BUNDLES)
    numbers = ((place == bundle) + random.uniform(-SPREAD, SPREAD) for place in range(size))
    return vector_text(1.0 + number if size == 1 else each for each in numbers)


_GENERATORS: dict[type[t.Type], Callable[[Column, int, Random], Value]] = {
    t.Uuid: lambda _, __, random: str(UUID(int=random.getrandbits(128), version=4)),
    t.Text: _text,
    t.Varchar: _text,
    t.Char: _char,
    t.Enum: _enum,
    t.SmallInt: lambda _, number, __: number % 2**15,
    t.Integer: lambda _, number, __: number,
    t.BigInt: lambda _, number, __: number,
    t.Numeric: _numeric,
    t.Real: lambda _, number, __: number / 4,
    t.Double: lambda _, number, __: number / 4,
    t.Boolean: lambda _, __, random: random.random() < 0.5,  # noqa: PLR2004  (either way)
    t.Date: lambda _, number, __: (EPOCH + timedelta(days=number % 20000)).strftime("%Y-%m-%d"),
    t.Time: _timestamp("%H:%M:%S.%f"),
    t.Timestamp: _timestamp("%Y-%m-%dT%H:%M:%S.%f"),
    t.TimestampTz: _timestamp("%Y-%m-%dT%H:%M:%S.%fZ"),
    t.Interval: _interval,
    t.Json: _json,
    t.Jsonb: _json,
    t.Bytea: lambda _, number, __: f"\\x{number:08x}",
    t.Vector: _vector,
    t.Array: _array,
}
