"""The language's types for PostgreSQL's columns: taken only where PostgreSQL would print them as the database does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.engines.dialects import POSTGRES
from schemagen.schema import types as t
from schemagen.schema.names import type_check_name
from schemagen.schema.rule_state import RuleState
from schemagen.schema.type_spellings import known_type

if TYPE_CHECKING:
    from schemagen.engines.catalog import CatalogCheck, CatalogColumn, CatalogTable

    from .spec_keys import TableKeys

_PRINTED: dict[type[t.Type], str] = {
    t.Varchar: "character varying",
    t.Char: "character",
    t.Time: "time without time zone",
    t.Timestamp: "timestamp without time zone",
    t.TimestampTz: "timestamp with time zone",
    t.Enum: "text",
}

_SQLITE_FORMS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"(smallint|integer|bigint|oid|bit)\b(?!.*\[\])"), "integer", "int"),
    (re.compile(r"(real|double precision)\b(?!.*\[\])"), "real", "float"),
    (re.compile(r"bytea"), "blob", "bytes"),
    (re.compile(r"timestamp.*(?<!\])"), "text", "datetime.datetime"),
)


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """A column's type, and the check of the database that is implied by it."""

    type: t.Type
    check: CatalogCheck | None


def typed_columns(table: CatalogTable, keys: TableKeys) -> dict[str, TypedColumn]:
    """The types of a table's columns by name; its derived names are made of keys."""
    return {column.name: _typed(column, table, keys) for column in table.columns}


def printed(type_: t.Type) -> str:
    """A type as ``format_type`` prints it (PostgreSQL, "9.27. System Information Functions")."""
    match type_:
        case t.Enum(name=name) if name:
            return POSTGRES.quote(name)
        case t.Array(element):
            return f"{printed(element)}[]"
        case t.Varchar(length) if length is not None:
            return f"character varying({length})"
        case t.Char(length):
            return f"character({length})"
        case t.Time(int(digits)) | t.Timestamp(int(digits)) | t.TimestampTz(int(digits)):
            word, _, zone = _PRINTED[type(type_)].partition(" ")
            return f"{word}({digits}) {zone}"
    return _PRINTED.get(type(type_), str(type_))


def _typed(column: CatalogColumn, table: CatalogTable, keys: TableKeys) -> TypedColumn:
    type_ = _known(column.type)
    if isinstance(type_, (t.Text, t.Vector)):
        implied = type_check_name(keys.table, keys.column(column.name))
        for check in table.checks:
            is_implied = check.name == implied and not check.details
            found = _from_check(type_, check, column.name) if is_implied else None
            if found and check.state is RuleState.VALID:
                return TypedColumn(found, check)
    return TypedColumn(_native(column.type) if isinstance(type_, t.Vector) else type_, None)


def _known(text: str) -> t.Type:
    found = known_type(text)
    return found if found is not None and printed(found) == text else _native(text)


def _native(text: str) -> t.Native:
    for pattern, sqlite, python in _SQLITE_FORMS:
        if pattern.fullmatch(text) or pattern.match(text):
            return t.Native(text, sqlite, python)
    return t.Native(text, "text")


_STRING = r"'(?:[^']|'')*'"
_ONE = re.compile(rf"\((?P<column>.+?) = (?P<values>{_STRING})::text\)")
_SEVERAL = re.compile(rf"\((?P<column>.+?) = ANY \(ARRAY\[(?P<values>{_STRING}::text(?:, {_STRING}::text)*)\]\)\)")
_DIRECTION = re.compile(r"\(vector_norm\((?P<column>.+?)\) > \(0\)::double precision\)")
_LENGTH = re.compile(r"\(length\((?P<column>.+?)\) <= (?P<limit>\d+)\)")


def _from_check(type_: t.Type, check: CatalogCheck, column: str) -> t.Type | None:
    """The type whose check PostgreSQL prints exactly so, of a column that is a text or a vector there."""
    text = check.expression.canonical
    if isinstance(type_, t.Vector):
        match = _DIRECTION.fullmatch(text)
        return type_ if match and match["column"] in _spellings(column) else None
    match = _LENGTH.fullmatch(text) or _ONE.fullmatch(text) or _SEVERAL.fullmatch(text)
    if match is None or match["column"] not in _spellings(column):
        return None
    if match.re is _LENGTH:
        return t.Text(int(match["limit"]))
    values = tuple(literal[1:-1].replace("''", "'") for literal in re.findall(_STRING, match["values"]))
    return t.Enum(values) if len(set(values)) == len(values) else None


def _spellings(column: str) -> set[str]:
    return {column, POSTGRES.quote(column), sql_name(column)}


def sql_name(name: str) -> str:
    """A name in quotes, as PostgreSQL prints one that needs them."""
    return '"' + name.replace('"', '""') + '"'
