"""Canonical values (``model.Value``) ↔ what drivers and models hold: read back from either engine, they are equal."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from schemagen.schema import types as t
from schemagen.schema.durations import duration_text, parse_duration
from schemagen.schema.vectors import numbers_of_bytes, vector_numbers, vector_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from schemagen.engines.base import Dialect
    from schemagen.schema.model import Column, Table, Value

INCOMPARABLE = (t.Native,)
"""Types whose values each engine shows in a form of its own, so that an engine is compared with itself alone."""

_OWN_FORM = re.compile(r"(\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d(\.\d{1,6})?", re.ASCII)


def comparable(table: Table) -> tuple[Column, ...]:
    """The columns whose values are the same on both engines."""
    return tuple(column for column in table.columns if not isinstance(column.type, INCOMPARABLE))


def in_one_order(row: Mapping[str, Value]) -> str:
    """What rows are sorted by: the order of keys within JSON is an engine's own, and does not count."""
    return json.dumps(list(row.values()), sort_keys=True)


def select(dialect: Dialect, table: Table, columns: Iterable[Column]) -> str:
    """A SELECT of these columns, JSON as text, so that no driver decodes it in its own way; of none, one NULL a row."""
    listed = [
        f"CAST({dialect.quote(column.name)} AS text)"
        if isinstance(column.type, t.JsonType)
        else dialect.quote(column.name)
        for column in columns
    ]
    return f"SELECT {', '.join(listed) or 'NULL'} FROM {dialect.quote(table.name)}"


def from_driver(type_: t.Type, raw: Any) -> Value:
    """The canonical form of what ``sqlite3`` or ``psycopg`` return for a column of ``select``."""
    if raw is None:
        return None
    if isinstance(type_, t.JsonType):
        found: Value = json.loads(raw)
        return found
    if isinstance(type_, t.Array):
        items = json.loads(raw) if isinstance(raw, str) else raw
        return [from_driver(type_.element, item) for item in items]
    if isinstance(type_, t.ClockType) and isinstance(raw, str):
        return _canonical_clock(type_, raw)
    return from_python(type_, raw)


def _canonical_clock(type_: t.Type, text: str) -> str:
    """A time or moment of SQLite; a table that was adopted has it as SQLite's own functions write it."""
    zone = "Z" if isinstance(type_, t.TimestampTz) else ""
    if not _OWN_FORM.fullmatch(text):
        return text
    head, _, fraction = text.replace(" ", "T").partition(".")
    return f"{head}.{fraction:0<6}{zone}"


def from_python(type_: t.Type, value: Any) -> Value:
    """The canonical form of a value as Python has it."""
    if value is None:
        return None
    if isinstance(type_, t.Array):
        return [from_python(type_.element, item) for item in value]
    make = _CANONICAL.get(type(type_))
    if make:
        found: Value = make(type_, value)
        return found
    if isinstance(value, int):
        return value
    return _timestamp(type_, value) if isinstance(value, (dt.date, dt.time)) else str(value)


def _padded(type_: t.Type, value: Any) -> str:
    """A ``char(n)`` with all of its spaces, which models leave out."""
    return str(value).ljust(type_.length if isinstance(type_, t.Char) else 0)


def _interval(_: t.Type, value: Any) -> str:
    """The one text of a length of time; SQLite keeps a text that is none as it is."""
    try:
        return duration_text(parse_duration(value) if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return str(value)


def _native(_: t.Type, value: Any) -> str:
    """What Python shows of a driver's value, one text for numbers that are equal."""
    return format(Decimal(str(value)).normalize(), "f") if isinstance(value, (float, Decimal)) else str(value)


def _decimal(type_: t.Type, value: Any) -> str:
    number = Decimal(str(value))
    if isinstance(type_, t.Numeric) and type_.precision is not None:
        number = number.quantize(Decimal(1).scaleb(-type_.scale))
    elif number == number.to_integral_value():
        number = number.to_integral_value()  # SQLite keeps a number of any size as REAL and shows 2 as 2.0
    return format(number, "f")


def _timestamp(type_: t.Type, value: Any) -> str:
    if isinstance(type_, t.TimestampTz) and value.tzinfo is not None:
        value = value.astimezone(dt.UTC).replace(tzinfo=None)
        return f"{value.isoformat(timespec='microseconds')}Z"
    if isinstance(type_, t.Date):
        return str(value.isoformat())
    return str(value.isoformat(timespec="microseconds"))


def _vector(_: t.Type, value: Any) -> str:
    """The one text of a vector; what is none stays seen."""
    numbers = numbers_of_bytes(value) if isinstance(value, bytes) else value
    try:
        return vector_text(vector_numbers(numbers) if isinstance(numbers, str) else numbers)
    except ValueError:
        return str(value)


_CANONICAL: dict[type[t.Type], Callable[[t.Type, Any], Value]] = {
    t.Json: lambda _, value: value,
    t.Jsonb: lambda _, value: value,
    t.Boolean: lambda _, value: bool(value),
    t.Real: lambda _, value: float(value),
    t.Double: lambda _, value: float(value),
    t.Char: _padded,
    t.Numeric: _decimal,
    t.Interval: _interval,
    t.Native: _native,
    t.Bytea: lambda _, value: value if isinstance(value, str) else f"\\x{bytes(value).hex()}",  # text in a JSON array
    t.Vector: _vector,
}


def to_python(type_: t.Type, value: Value) -> Any:
    """What a model takes for a canonical value."""
    if value is None:
        return None
    if isinstance(type_, t.Array) and isinstance(value, list):
        return [to_python(type_.element, item) for item in value]
    make = _PYTHON.get(type(type_))
    return make(value) if make else value


_PYTHON: dict[type[t.Type], Callable[[Any], Any]] = {
    t.Uuid: UUID,
    t.Numeric: Decimal,
    t.Real: float,
    t.Double: float,
    t.Date: dt.date.fromisoformat,
    t.Time: dt.time.fromisoformat,
    t.Timestamp: dt.datetime.fromisoformat,
    t.TimestampTz: dt.datetime.fromisoformat,
    t.Interval: parse_duration,
    t.Bytea: lambda text: bytes.fromhex(text.removeprefix("\\x")),
    t.Vector: vector_numbers,
}
