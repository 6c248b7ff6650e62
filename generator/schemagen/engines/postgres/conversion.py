"""How values become those of another type on PostgreSQL, and how it is reported that one would not survive."""

from __future__ import annotations

from schemagen.engines.standard import enum_check
from schemagen.schema import types as t

from .dialect import declared_type

_ISO = 'YYYY-MM-DD"T"HH24:MI:SS.US'


def conversion(value: str, old: t.Type, new: t.Type) -> str | None:  # noqa: C901, PLR0911  (a table of cases)
    """The expression after USING; None where PostgreSQL's own conversion is the right one."""
    target = declared_type(new)
    match old, new:
        case (t.Date(), t.TimestampTz()):
            return f"{value}::timestamp AT TIME ZONE 'UTC'"
        case (t.Timestamp(), t.TimestampTz()) | (t.TimestampTz(), t.Timestamp()):
            return f"{value} AT TIME ZONE 'UTC'"
        case t.TimestampTz(), t.Date():
            return f"({value} AT TIME ZONE 'UTC')::date"
        case (t.Timestamp(), t.Date()) | (t.Date(), t.Timestamp()):
            return f"{value}::{target}"
        case t.Time(), (t.Text() | t.Varchar()):
            return f"to_char({value}, 'HH24:MI:SS.US')"
        case t.Timestamp(), (t.Text() | t.Varchar()):
            return f"to_char({value}, '{_ISO}')"
        case t.TimestampTz(), (t.Text() | t.Varchar()):
            return f"to_char({value} AT TIME ZONE 'UTC', '{_ISO}\"Z\"')"
        case ((t.SmallInt() | t.BigInt()), t.Boolean()):
            return f"{value}::integer::boolean"
        case t.Boolean(), (t.SmallInt() | t.BigInt()):
            return f"{value}::integer::{target}"
        case (t.Integer(), t.Boolean()) | (t.Boolean(), t.Integer()):
            return f"{value}::{target}"
    is_named = t.is_named(old) or t.is_named(new)
    if not is_named and (
        (isinstance(old, t.UnpaddedType) and isinstance(new, t.UnpaddedType))
        or (isinstance(old, t.NumberType) and isinstance(new, t.NumberType))
        or (isinstance(old, t.ClockType) and type(old) is type(new))
    ):
        return None
    return f"{value}::text::{target}"


def survives(value: str, old: t.Type, new: t.Type) -> str:
    """The condition that a value can be read back from the new type as it was; of JSON, that it is valid."""
    if t.Vector in (type(old), type(new)):
        return f"{value} IS NULL"
    if isinstance(new, t.Enum) and new.name:
        return f"{value} IS NULL OR {enum_check(new, f'{value}::text')}"
    if isinstance(old, (t.UnpaddedType, t.Json)) and isinstance(new, (t.Jsonb, t.Native)):  # may be printed otherwise
        return f"{value} IS NULL OR {value}::{declared_type(new)} IS NOT NULL"
    there = conversion(value, old, new) or f"{value}::{declared_type(new)}"
    if t.without_precision(new) != new:
        there = f"({there})::{declared_type(new)}"
    back = conversion(f"({there})", new, old) or f"({there})::{declared_type(old)}"
    if isinstance(old, t.NumberType) and isinstance(new, t.NumberType):  # 12.5 and 12.5000 are one number
        return f"{back} IS NOT DISTINCT FROM {value}"
    return f"({back})::text IS NOT DISTINCT FROM {value}::text"
