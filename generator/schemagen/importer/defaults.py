"""Defaults of a database as literals of the spec, wherever the literal makes exactly the default that is there."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from schemagen.engines.dialects import POSTGRES, SQLITE
from schemagen.engines.sqlite.inspect.tokens import catalog_sql
from schemagen.resolve.defaults import looks_like_sql
from schemagen.schema import types as t
from schemagen.schema.scalars import Plain
from schemagen.schema.type_spellings import known_type
from schemagen.schema.values import ValueProblem, json_value, parse_value
from schemagen.schema.vectors import numbers_of_bytes, vector_text

from .postgres_columns import printed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from schemagen.engines.catalog import CatalogSql
    from schemagen.schema.model import Value

_QUOTED = re.compile(r"'((?:[^']|'')*)'")
_CAST = re.compile(r"(?P<literal>'(?:[^']|'')*')::(?P<type>.+)", re.DOTALL)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_BYTES = re.compile(r"[xX]'([0-9A-Fa-f]*)'")


def postgres_literal(found: CatalogSql, type_: t.Type) -> Any:
    """The literal of a spec that PostgreSQL would print as this default; None where there is none."""
    return _first(_readings(found.canonical, type_), type_, found.canonical, _postgres_print)


def sqlite_literal(found: CatalogSql, type_: t.Type) -> Any:
    """The literal of a spec that SQLite would keep as this default; None where there is none."""
    return _first(_readings(found.written, type_), type_, found.canonical, _sqlite_print)


def sqlite_problem(found: CatalogSql) -> str | None:
    """Why SQLite cannot compute a default, in its own words; None where it can."""
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute(f"SELECT ({found.written})").fetchall()
        except (sqlite3.Error, sqlite3.Warning) as error:
            return str(error)
    return None


def _first(readings: Iterator[Any], type_: t.Type, wanted: str, write: Callable[[t.Type, Value], str]) -> Any:
    for reading in readings:
        try:
            value = json_value(reading) if isinstance(type_, t.JsonType) else parse_value(type_, reading)
        except ValueProblem:
            continue
        if value is not None and write(type_, value) == wanted:
            return {"json": reading} if isinstance(reading, dict) and reading else reading
    return None


def _readings(text: str, type_: t.Type) -> Iterator[Any]:
    """What a default may be as YAML."""
    if isinstance(type_, t.Native):
        yield from _native_readings(text, type_)
        return
    cast = _CAST.fullmatch(text)
    quoted = _QUOTED.fullmatch(cast["literal"] if cast else text)
    if quoted is not None:
        inside = quoted[1].replace("''", "'")
        if looks_like_sql(inside) and isinstance(type_, (t.TextType, t.JsonType)):
            return  # the language would ask whether that is meant
        if isinstance(type_, (t.JsonType, t.Array, t.Vector)):
            yield from _json_readings(inside)
        else:
            yield Plain(inside) if isinstance(type_, (t.IntegerType, t.Numeric)) else inside
    elif (match := _BYTES.fullmatch(text)) and isinstance(type_, t.Vector):
        yield from _json_readings(vector_text(numbers_of_bytes(bytes.fromhex(match[1]))))
    elif match:
        yield f"\\x{match[1]}"
    elif isinstance(type_, t.Boolean):
        yield Plain({"1": "true", "0": "false"}.get(text, text.lower()))
    elif _NUMBER.fullmatch(text):
        yield Plain(text)


def _native_readings(text: str, type_: t.Native) -> Iterator[str]:
    """The text of a literal, if PostgreSQL's type reads it, as far as we know that type."""
    cast = _CAST.fullmatch(text)
    quoted = _QUOTED.fullmatch(cast["literal"] if cast else text)
    if quoted is None:
        return
    inside = quoted[1].replace("''", "'")
    known = known_type(type_.postgres)
    if not looks_like_sql(inside) and (known is None or _is_read(known, inside)):
        yield inside


def _is_read(type_: t.Type, text: str) -> bool:
    try:
        parse_value(type_, text)
    except ValueProblem:
        return False
    return not isinstance(type_, (t.JsonType, t.Array))


def _json_readings(text: str) -> Iterator[Any]:
    try:
        yield _as_yaml(json.loads(text, parse_float=Plain, parse_constant=_refused))
    except ValueError:
        return


def _as_yaml(value: Any) -> Any:
    """A JSON value as the writer needs it: what is not a text stands unquoted."""
    match value:
        case dict():
            return {key: _as_yaml(item) for key, item in value.items()}
        case list():
            return [_as_yaml(item) for item in value]
        case str():
            return value
    return Plain(json.dumps(value))


def _sqlite_print(type_: t.Type, value: Value) -> str:
    return catalog_sql(SQLITE.literal(type_, value)).canonical


def _refused(text: str) -> Any:
    raise ValueError(f"JSON has no {text}")


def _postgres_print(type_: t.Type, value: Value) -> str:  # noqa: PLR0911  (a line a type)
    """The default as ``pg_get_expr`` prints it; whatever prints otherwise is not a literal in the spec, but SQL."""
    literal = POSTGRES.literal(type_, value)
    match type_:
        case t.Native(postgres=postgres):
            return f"{literal}::{postgres}"
        case t.IntegerType():
            return _printed_integer(literal, int(literal))
        case t.Numeric() | t.FloatType():
            return f"'{literal}'::numeric" if literal.startswith("-") else literal
        case t.Boolean():
            return literal
        case t.Array(element) if isinstance(value, list):
            items = ", ".join(_postgres_print(element, item) for item in value)
            return f"ARRAY[{items}]" if value else f"ARRAY[]::{printed(type_)}"
        case t.Vector():
            return f"{literal}::vector"
        case t.Char():
            return f"{literal}::bpchar"
        case t.Varchar():
            return f"{literal}::character varying"
    return f"{literal}::{printed(type_)}"


def _printed_integer(literal: str, value: int) -> str:
    if -(2**31) <= value < 2**31:
        return f"'{literal}'::integer" if value < 0 else literal
    return f"'{literal}'::bigint"
