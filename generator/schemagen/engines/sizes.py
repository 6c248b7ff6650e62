"""How many bytes a typical row takes, from types alone.

Lengths that a type does not fix are assumed: text with a limit a quarter of it, but 16 to 200 characters as far as the
limit allows; text without a limit, JSON and bytes 200; an enum the mean of its values; an array four elements;
every nullable column is filled. Fill factors, dead rows and compression are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.schema import types as t

from .base import RowSize

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schemagen.schema.index import Index
    from schemagen.schema.model import Column, Table

UNLIMITED = 200
SHORTEST = 16
ARRAY_ELEMENTS = 4

_WORD = 8
"""PostgreSQL starts every tuple on such a boundary (MAXALIGN on 64-bit systems)."""
_ROW_POINTER = 4
_ROW_HEADER = 23
_INDEX_HEADER = 8
_SHORT_VARLENA = 126
"""The longest value with a header of one byte and no alignment."""

_POSTGRES_FIXED: dict[type[t.Type], tuple[int, int]] = {
    t.Uuid: (16, 1),
    t.SmallInt: (2, 2),
    t.Integer: (4, 4),
    t.BigInt: (8, 8),
    t.Real: (4, 4),
    t.Double: (8, 8),
    t.Boolean: (1, 1),
    t.Date: (4, 4),
    t.Time: (8, 8),
    t.Timestamp: (8, 8),
    t.TimestampTz: (8, 8),
    t.Interval: (16, 8),
}
"""Length and alignment (PostgreSQL, ``pg_type``: typlen and typalign)."""

_SQLITE_FIXED: dict[type[t.Type], int] = {
    t.Uuid: 36,
    t.SmallInt: 2,
    t.Integer: 4,
    t.BigInt: 8,
    t.Numeric: 8,
    t.Real: 8,
    t.Double: 8,
    t.Boolean: 0,
    t.Date: 10,
    t.Time: 15,
    t.Timestamp: 26,
    t.TimestampTz: 27,
    t.Interval: 8,
}
"""Bytes in the body of a record; false and true are kept in its header alone."""

_SQLITE_ROW_NUMBER = 4
_SQLITE_CELL_POINTER = 2


def typical_length(type_: t.Type) -> int:
    """The assumed length in characters or bytes of a value whose type does not fix it."""
    match type_:
        case t.Char(length):
            return length
        case t.UnpaddedType(limit=int(limit)):
            return min(limit, max(SHORTEST, min(limit // 4, UNLIMITED)))
        case t.Enum(values) if values:
            return round(sum(map(len, values)) / len(values))
        case t.Vector(dimensions):
            return 4 * dimensions + 8  # pgvector 0.8, "Vector Type"
        case t.Native():
            return SHORTEST
    return UNLIMITED


def postgres_row_size(table: Table, indexes: Iterable[Index]) -> RowSize:
    """A tuple with its line pointer, header and alignment, and an entry in every index."""
    bitmap = (len(table.columns) + 7) // 8 if any(column.nullable for column in table.columns) else 0
    row = _ROW_POINTER + _aligned(_ROW_HEADER + bitmap, _WORD) + _postgres_data(table.columns)
    entries = sum(
        _ROW_POINTER + _INDEX_HEADER + _postgres_data(columns) for columns in _indexed(table, indexes, covering=True)
    )
    return RowSize(row, entries)


def _postgres_data(columns: Sequence[Column]) -> int:
    end = 0
    for column in columns:
        length, alignment = _postgres_value(column.type)
        end = _aligned(end, alignment) + length
    return _aligned(end, _WORD)


def _postgres_value(type_: t.Type) -> tuple[int, int]:
    match type_:
        case t.Numeric(precision):
            return 3 + 2 * -(-(precision or SHORTEST) // 4), 1
        case t.Array(element):
            length, alignment = _postgres_value(element)
            return 24 + ARRAY_ELEMENTS * _aligned(length, alignment), 4
    fixed = _POSTGRES_FIXED.get(type(type_))
    if fixed:
        return fixed
    length = typical_length(type_)
    return (length + 1, 1) if length <= _SHORT_VARLENA else (length + 4, 4)


def _aligned(offset: int, alignment: int) -> int:
    return -(-offset // alignment) * alignment


def sqlite_row_size(table: Table, indexes: Iterable[Index]) -> RowSize:
    """A record in its table's B-tree, and one in every index."""
    key = _key_columns(table)
    if table.sqlite.without_rowid:
        return RowSize(
            _sqlite_record(table.columns),
            sum(_sqlite_record((*columns, *key)) for columns in _indexed(table, indexes)[1:]),
        )
    keyed = _indexed(table, indexes)
    if len(key) == 1 and isinstance(key[0].type, t.IntegerType):
        keyed = keyed[1:]  # the key is the row's number and has no index of its own
    entries = sum(_sqlite_record(columns) + _SQLITE_ROW_NUMBER + 1 for columns in keyed)
    return RowSize(_sqlite_record(table.columns) + _SQLITE_ROW_NUMBER, entries)


def _sqlite_record(columns: Sequence[Column]) -> int:
    bodies = [_sqlite_value(column.type) for column in columns]
    header = 1 + sum(_varint(2 * body + 13) for body in bodies)
    payload = header + sum(bodies)
    return _SQLITE_CELL_POINTER + _varint(payload) + payload


def _sqlite_value(type_: t.Type) -> int:
    if isinstance(type_, t.Array):
        return 2 + ARRAY_ELEMENTS * (_sqlite_value(type_.element) + len('"", '))
    fixed = _SQLITE_FIXED.get(type(type_))
    return typical_length(type_) if fixed is None else fixed


def _varint(number: int) -> int:
    return max(1, -(-number.bit_length() // 7))


def _key_columns(table: Table) -> tuple[Column, ...]:
    return tuple(map(table.column, table.primary_key.columns)) if table.primary_key else ()


def _indexed(table: Table, indexes: Iterable[Index], *, covering: bool = False) -> list[tuple[Column, ...]]:
    """The columns of each index: first the primary key's, then those of unique constraints and of indexes."""
    found = [_key_columns(table)] if table.primary_key else []
    found += [tuple(map(table.column, unique.columns)) for unique in table.uniques]
    found += [tuple(map(table.column, index.columns + (index.include if covering else ()))) for index in indexes]
    return found
