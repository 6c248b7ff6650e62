"""How a stored value becomes one of another type on SQLite, without losing a digit or a letter of it.

Where nothing is said here, the value is stored as it is: STRICT columns convert what loses nothing and refuse the rest
(SQLite, "STRICT Tables"), and the new type's check refuses what PostgreSQL would.
"""

from __future__ import annotations

from schemagen.engines.standard import enclosed
from schemagen.schema import types as t

_MIDNIGHT = "T00:00:00.000000"
_REFUSED = "'not of the new type: '"
"""Before a text, it makes one that no other type takes: what only looks alike (``01``) must not slip through."""


def converted(value: str, old: t.Type, new: t.Type) -> str:  # noqa: PLR0911  (a table of cases)
    """The expression for a value of one type in another.

    Args:
        value: the expression of the stored value.
        old: the type that it has.
        new: the type that it is to have.
    """
    if isinstance(new, t.TextType):
        return _as_text(value, old)
    match old, new:
        case t.Date(), t.Timestamp():
            return f"{value} || '{_MIDNIGHT}'"
        case t.Date(), t.TimestampTz():
            return f"{value} || '{_MIDNIGHT}Z'"
        case t.Timestamp(), t.TimestampTz():
            return f"{value} || 'Z'"
        case t.TimestampTz(), t.Timestamp():
            return f"rtrim({value}, 'Z')"
        case (t.TimestampType(), t.Date()):
            midnight = f"substr({value}, 11, 16) = '{_MIDNIGHT}'"
            return f"CASE WHEN {midnight} THEN substr({value}, 1, 10) ELSE {value} END"
        case (t.TextType(), _):
            return _from_text(value, new)
        case (t.IntegerType(), t.Boolean()):
            return f"CASE {value} WHEN 0 THEN 0 WHEN 1 THEN 1 ELSE {value} END"
    return value


def _as_text(value: str, old: t.Type) -> str:
    match old:
        case t.Boolean():
            return f"CASE {value} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
        case t.Numeric(_, scale) if old.precision is not None:
            return f"CASE WHEN {value} IS NOT NULL THEN printf('%.{scale}f', {value}) END"
    return f"CAST({value} AS TEXT)" if isinstance(old, t.IntegerType) else value


def _from_text(value: str, new: t.Type) -> str:
    """Text in a type that prints it as it was, as PostgreSQL does; NULL stays NULL."""
    match new:
        case t.Boolean():
            return f"CASE {value} WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE {_REFUSED} || {value} END"
        case t.IntegerType():
            made, printed = f"CAST({value} AS INTEGER)", f"CAST(CAST({value} AS INTEGER) AS TEXT) = {value}"
        case t.Numeric(_, scale) if new.precision is not None:
            made, printed = f"CAST({value} AS REAL)", f"printf('%.{scale}f', CAST({value} AS REAL)) = {value}"
        case t.FloatType():
            made = f"CAST({value} AS REAL)"
            printed = f"CAST({made} AS TEXT) IN ({value}, {value} || '.0')"
        case _:
            return value
    return f"CASE WHEN {printed} THEN {made} ELSE {_REFUSED} || {value} END"


def with_backfill(value: str, backfill: str) -> str:
    """The value, or where there is none the backfill."""
    return f"coalesce({value}, {enclosed(backfill)})"
