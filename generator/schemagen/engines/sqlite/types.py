"""How SQLite keeps each type: the declared type, and the check that accepts what PostgreSQL's own type accepts.

A CHECK passes when it is NULL, so every condition here is true or NULL for NULL, and a function that gives NULL for a
bad value is compared with ``IS``. SQLite's string functions stop at a NUL, so every text is also searched for one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.engines.standard import enum_check
from schemagen.schema import types as t
from schemagen.schema.dialect import Sql
from schemagen.sql.clock import rounded_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from schemagen.schema.model import Column, Schema, Table

REAL_DIGITS = 15
"""Decimal digits that a binary number of 8 bytes always keeps (``DBL_DIG``)."""

SMALLINT_RANGE = (-(2**15), 2**15 - 1)
INTEGER_RANGE = (-(2**31), 2**31 - 1)

_STRICT: dict[type[t.Type], str] = {
    t.SmallInt: "INTEGER",
    t.Integer: "INTEGER",
    t.BigInt: "INTEGER",
    t.Boolean: "INTEGER",
    t.Numeric: "REAL",
    t.Real: "REAL",
    t.Double: "REAL",
    t.Bytea: "BLOB",
    t.Vector: "BLOB",
}
"""Declared types in a STRICT table; every other type is TEXT (SQLite, "STRICT Tables")."""

_CLASSICAL: dict[type[t.Type], str] = {
    t.SmallInt: "SMALLINT",
    t.Integer: "INTEGER",
    t.BigInt: "BIGINT",
    t.Boolean: "BOOLEAN",
    t.Real: "REAL",
    t.Double: "DOUBLE",  # tools that read it back know this one word
    t.Bytea: "BLOB",
    t.Vector: "BLOB",
    t.Date: "DATE",
    t.Time: "TIME",
    t.Timestamp: "DATETIME",
    t.TimestampTz: "DATETIME",
}
"""Declared types without STRICT; their affinities keep the same values (SQLite, "Datatypes In SQLite", 3.1)."""

_DIGIT = "[0-9]"
_SEPARATOR = "T%H"
"""What a timestamp of the language has in the format of its default, between day and time."""
_FIRST_DAY = "0001-01-01"
_LAST_DAY = "9999-12-31"
_UUID_SHAPE = "-".join("?" * count for count in (8, 4, 4, 4, 12))

_NOW: dict[type[t.Type], str] = {
    t.TimestampTz: "(strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z')",
    t.Timestamp: "(strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000')",
    t.Date: "(date('now'))",
    t.Time: "(strftime('%H:%M:%f', 'now') || '000')",
}
"""The present moment (UTC) as each type keeps it; SQLite's clock has milliseconds."""


def now(type_: t.Type) -> str | None:
    """The present moment (UTC) as a type keeps it; None for a type that holds none."""
    rounded = rounded_clock(type_)
    return f"({rounded})" if rounded else _NOW.get(type(type_))


def declared_type(type_: t.Type, *, strict: bool) -> str:
    """What stands after a column's name in CREATE TABLE."""
    if isinstance(type_, t.Native):
        return type_.sqlite
    if strict:
        return _STRICT.get(type(type_), "TEXT")
    match type_:
        case t.Varchar(length) if length is not None:
            return f"VARCHAR({length})"
        case t.Char(length):
            return f"CHAR({length})"
        case t.Numeric(precision, scale):
            return "NUMERIC" if precision is None else f"NUMERIC({precision},{scale})"
    return _CLASSICAL.get(type(type_), "TEXT")


def affinity_check(type_: t.Type, v: str) -> str | None:
    """The condition that STRICT would enforce by itself; None where the type's own condition implies it."""
    match type_:
        case t.IntegerType():
            return f"typeof({v}) IN ('integer', 'null')"
        case t.Numeric() | t.FloatType():
            return f"typeof({v}) IN ('integer', 'real', 'null')"
        case t.Bytea() | t.Vector():
            return f"typeof({v}) IN ('blob', 'null')"
        case t.Boolean() | t.Enum() | t.Native():
            return None
    return f"typeof({v}) IN ('text', 'null')"


def value_check(type_: t.Type, v: str) -> str | None:
    """The condition on ``v`` (a quoted column) under which a STRICT column holds a value of the type; None for none."""
    make = _CHECKS.get(type(type_))
    return make(type_, v) if make else None


def keeps_digits(type_: t.Numeric) -> bool:
    """Whether the check on a numeric guards every digit: where a binary number keeps at least its decimals."""
    if type_.precision is None:
        return False
    return type_.precision <= REAL_DIGITS or type_.scale < REAL_DIGITS


def is_narrower(type_: t.Numeric) -> bool:
    """Whether a numeric is guarded but cannot hold its largest values, because it has more than 15 digits."""
    return keeps_digits(type_) and type_.precision is not None and type_.precision > REAL_DIGITS


def numeric_limit(type_: t.Numeric) -> str:
    """The power of ten below which every guarded value lies, such as ``1e8``."""
    precision = min(type_.precision or REAL_DIGITS, REAL_DIGITS)
    return f"1e{precision - type_.scale}"


def _numeric(type_: t.Type, v: str) -> str | None:
    # Two neighbouring binary numbers can stand for one decimal (SQLite's own parser is off by one in some thousands),
    # so the comparison is made on 15 decimal digits, which are the same for both.
    if not isinstance(type_, t.Numeric) or not keeps_digits(type_):
        return None
    rounded = f"round({v}, {type_.scale})"
    return f"abs({v}) < {numeric_limit(type_)} AND printf('%.15g', {v}) = printf('%.15g', {rounded})"


def _length(limit: int | None, v: str) -> str:
    no_nul = f"instr({v}, char(0)) = 0"
    return no_nul if limit is None else f"length({v}) <= {limit} AND {no_nul}"


def _decimals(type_: t.Type) -> str:
    """The pattern of the decimals of a second: six digits, those that the type does not keep zero."""
    kept = t.second_decimals(type_)
    return "." + _DIGIT * kept + "0" * (t.MAX_SECOND_DECIMALS - kept)


def _timestamp(type_: t.Type, v: str) -> str:
    # The fraction comes first: what passes it is not 'now', which is an error inside a CHECK.
    zone = "Z" if isinstance(type_, t.TimestampTz) else ""
    fraction = f"substr({v}, 20) GLOB '{_decimals(type_)}{zone}'"
    seconds = f"strftime('%Y-%m-%dT%H:%M:%S', substr({v}, 1, 19), '+0 days')"
    return f"{fraction} AND {v} >= '{_FIRST_DAY}' AND {seconds} || substr({v}, 20) IS {v}"


def _date(_: t.Type, v: str) -> str:
    return f"{v} BETWEEN '{_FIRST_DAY}' AND '{_LAST_DAY}' AND date({v}, '+0 days') IS {v}"


def _time(type_: t.Type, v: str) -> str:
    fraction = f"substr({v}, 9) GLOB '{_decimals(type_)}'"
    return f"{fraction} AND time(substr({v}, 1, 8), '+0 days') || substr({v}, 9) IS {v}"


def _uuid(_: t.Type, v: str) -> str:
    return (
        f"{v} GLOB '{_UUID_SHAPE}' AND {v} NOT GLOB '*[^0-9a-f-]*' AND length(CAST(replace({v}, '-', '') AS BLOB)) = 32"
    )


def _text(type_: t.Type, v: str) -> str:
    return _length(type_.limit if isinstance(type_, t.TextType) else None, v)


def _json(_: t.Type, v: str) -> str:
    # Older versions say 0, not NULL, for NULL.
    return f"({v} IS NULL OR json_valid({v})) AND instr({v}, char(0)) = 0"


def _array(_: t.Type, v: str) -> str:
    # CASE, because json_type() of what is not JSON is an error and AND promises no order.
    return f"CASE WHEN json_valid({v}) THEN json_type({v}) = 'array' ELSE {v} IS NULL END AND instr({v}, char(0)) = 0"


def _vector(type_: t.Type, v: str) -> str:
    size = 4 * (type_.dimensions if isinstance(type_, t.Vector) else 1)
    return f"length({v}) = {size} AND {v} <> zeroblob({size})"


_CHECKS: dict[type[t.Type], Callable[[t.Type, str], str | None]] = {
    t.Uuid: _uuid,
    t.TimestampTz: _timestamp,
    t.Timestamp: _timestamp,
    t.Date: _date,
    t.Time: _time,
    t.Numeric: _numeric,
    t.Boolean: lambda _, v: f"{v} IN (0, 1)",
    t.SmallInt: lambda _, v: "{} BETWEEN {} AND {}".format(v, *SMALLINT_RANGE),
    t.Integer: lambda _, v: "{} BETWEEN {} AND {}".format(v, *INTEGER_RANGE),
    t.Text: _text,
    t.Varchar: _text,
    t.Char: _text,
    t.Enum: lambda type_, v: enum_check(type_, v) if isinstance(type_, t.Enum) else None,
    t.Json: _json,
    t.Jsonb: _json,
    t.Array: _array,
    t.Vector: _vector,
}


def is_row_number(table: Table, column: Column) -> bool:
    """Whether a column is the number of its row on SQLite, which gives the next one where it is left out or NULL.

    Source: SQLite, "CREATE TABLE", 5, "ROWIDs and the INTEGER PRIMARY KEY".
    """
    key = table.primary_key
    if key is None or key.columns != (column.name,) or table.sqlite.without_rowid:
        return False
    return column.identity or declared_type(column.type, strict=table.sqlite.strict) == "INTEGER"


def keeps_own_form(column: Column, table: Table, schema: Schema) -> bool:
    """Whether a timestamp is kept as SQLite's own functions write it, ``YYYY-MM-DD HH:MM:SS``.

    So it is where nothing checks the form and nothing that the language translates fills the column: in a database that
    was adopted. A foreign key compares texts, so the columns that keys join all have one form.
    """
    return all(_may_keep_own_form(*joined) for joined in _joined_by_keys(column, table, schema))


def _may_keep_own_form(column: Column, table: Table) -> bool:
    if isinstance(column.type, t.Native):
        return True
    if table.sqlite.parity or not isinstance(column.type, t.ClockType):
        return False
    written = [
        sql.sqlite or "" if isinstance(sql, Sql) else _SEPARATOR
        for sql in (column.default, column.on_row_update)
        if sql
    ]
    return not any(_SEPARATOR in text for text in written)


def _joined_by_keys(column: Column, table: Table, schema: Schema) -> Iterator[tuple[Column, Table]]:
    """A column, and those whose values foreign keys tie to its own, however many keys are between them."""
    found, left = {(table.name, column.name)}, [(column, table)]
    while left:
        column, table = left.pop()
        yield column, table
        pairs = [(schema.table(key.parent), key.columns, key.parent_columns) for key in table.foreign_keys]
        pairs += [(child, key.parent_columns, key.columns) for child, key in schema.children(table.name)]
        for other, own_names, other_names in pairs:
            for own_name, name in zip(own_names, other_names, strict=True):
                if own_name == column.name and (other.name, name) not in found:
                    found.add((other.name, name))
                    left.append((other.column(name), other))


def is_numbered(column: Column, table: Table) -> bool:
    """Whether SQLite alone gives a key that is left out its value; a key of another table's is never left out."""
    is_given = column.identity or column.default or any(column.name in key.columns for key in table.foreign_keys)
    return is_row_number(table, column) and not is_given
