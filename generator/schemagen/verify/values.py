"""Canonical values (``model.Value``) ↔ what drivers and models hold: read back from either engine, they are equal."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from schemagen import types as t

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from schemagen.dialects.base import Dialect
    from schemagen.model import Column, Table, Value

INCOMPARABLE = (t.Interval, t.Native)
"""Types whose values each engine keeps in a form of its own, so that they are not compared."""

_AS_TEXT = (t.Json, t.Jsonb)


def comparable(table: Table) -> tuple[Column, ...]:
    """The columns whose values are the same on both engines."""
    return tuple(column for column in table.columns if not isinstance(column.type, INCOMPARABLE))


def select(dialect: Dialect, table: Table, columns: Iterable[Column]) -> str:
    """A SELECT of these columns, JSON as text, so that no driver decodes it in its own way."""
    listed = [
        f"CAST({dialect.quote(column.name)} AS text)" if isinstance(column.type, _AS_TEXT) else dialect.quote(column.name)
        for column in columns
    ]
    return f"SELECT {', '.join(listed)} FROM {dialect.quote(table.name)}"


def from_driver(type_: t.Type, raw: Any) -> Value:
    """The canonical form of what ``sqlite3`` or ``psycopg`` return for a column of ``select``."""
    if raw is None:
        return None
    if isinstance(type_, _AS_TEXT):
        found: Value = json.loads(raw)
        return found
    if isinstance(type_, t.Array):
        items = json.loads(raw) if isinstance(raw, str) else raw
        return [from_driver(type_.element, item) for item in items]
    return from_python(type_, raw)


def from_python(type_: t.Type, value: Any) -> Value:
    """The canonical form of a value as Python has it."""
    if value is None:
        return None
    match type_:
        case t.Json() | t.Jsonb():
            return value  # type: ignore[no-any-return]  # whatever JSON holds
        case t.Array(element):
            return [from_python(element, item) for item in value]
        case t.Boolean():
            return bool(value)
        case t.Real() | t.Double():
            return float(value)
        case t.Numeric(precision, scale):
            number = Decimal(str(value))
            return str(number if precision is None else number.quantize(Decimal(1).scaleb(-scale)))
        case t.Bytea():
            return f"\\x{bytes(value).hex()}"
    if isinstance(value, int):
        return value
    return _moment(type_, value) if isinstance(value, (dt.date, dt.time)) else str(value)


def _moment(type_: t.Type, value: Any) -> str:
    if isinstance(type_, t.TimestampTz) and value.tzinfo is not None:
        value = value.astimezone(dt.UTC).replace(tzinfo=None)
        return f"{value.isoformat(timespec='microseconds')}Z"
    if isinstance(type_, t.Date):
        return str(value.isoformat())
    return str(value.isoformat(timespec="microseconds"))


def to_python(type_: t.Type, value: Value) -> Any:
    """What a model takes for a canonical value."""
    if value is None:
        return None
    if isinstance(type_, t.Array) and isinstance(value, list):
        return [to_python(type_.element, item) for item in value]
    make = _PYTHON.get(type(type_))
    return make(value) if make else value


def _interval(text: str) -> dt.timedelta:
    return dt.timedelta(days=int(text.partition(" ")[0]))


_PYTHON: dict[type[t.Type], Callable[[Any], Any]] = {
    t.Uuid: UUID,
    t.Numeric: Decimal,
    t.Real: float,
    t.Double: float,
    t.Date: dt.date.fromisoformat,
    t.Time: dt.time.fromisoformat,
    t.Timestamp: dt.datetime.fromisoformat,
    t.TimestampTz: dt.datetime.fromisoformat,
    t.Interval: _interval,
    t.Bytea: lambda text: bytes.fromhex(text.removeprefix("\\x")),
}
