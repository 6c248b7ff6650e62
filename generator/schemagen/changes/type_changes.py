"""What a change of a column's type does to the values that are there, and to the table on PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass, replace

from schemagen.schema import types as t
from schemagen.schema.type_spellings import on_postgres

from .type_definitions import is_rebuilt

_INTEGERS: dict[type[t.Type], int] = {t.SmallInt: 5, t.Integer: 10, t.BigInt: 19}
"""Whole numbers by the decimal digits of the largest."""
_KEPT_BY_DOUBLE = 15
_LONGEST: dict[type[t.Type], int] = {t.Uuid: 36, t.SmallInt: 6, t.Integer: 11, t.BigInt: 20, t.Boolean: 5}
"""How many characters the longest value has as text."""


@dataclass(frozen=True, slots=True)
class TypeChange:
    """``verdict`` is what has to be allowed (``narrow``, ``enum``, ``lossy``) or empty; ``reason`` ends its sentence.

    ``rewrites`` says whether PostgreSQL rewrites the table.
    """

    verdict: str = ""
    reason: str = ""
    rewrites: bool = False


def type_change(old: t.Type, new: t.Type) -> TypeChange:  # noqa: PLR0911  (a table of cases)
    """What it means for a column to change its type."""
    if old == new:
        return TypeChange()
    if t.value_type(old) == t.value_type(new):  # what a domain adds are checks
        return TypeChange(rewrites=isinstance(new, t.Native))
    if isinstance(old, t.Native) and isinstance(new, t.Native) and old.base and new.base:
        return replace(type_change(old.base, new.base), rewrites=True)
    if t.Vector in (type(old), type(new)):
        return _vector_change(old, new)
    rewrites = _rewrites(old, new)
    if isinstance(old, t.UnpaddedType) and isinstance(new, t.UnpaddedType):
        return _text_change(old, new, rewrites=rewrites)
    if isinstance(old, t.Native) and isinstance(new, t.Native) and old.postgres == new.postgres:
        return TypeChange() if old.sqlite == new.sqlite else TypeChange("lossy", _MAY_NOT_FIT)
    if _is_wider(old, new):
        return TypeChange(rewrites=rewrites)
    if isinstance(old, _WRITTEN_APART) and isinstance(new, t.TextType):
        return TypeChange("lossy", _EACH_IN_ITS_WAY, rewrites)
    same_kind = type(old) is type(new) or (type(old) in _INTEGERS and type(new) in _INTEGERS)
    holds_none = _is_foreign(old, new) or _is_foreign(new, old)
    return TypeChange("narrow" if same_kind else "lossy", _HOLDS_NONE if holds_none else _MAY_NOT_FIT, rewrites)


def keeps_values(old: t.Type, new: t.Type) -> bool:
    """Whether a value that both types hold is written alike in both: a change of the type leaves it."""
    if isinstance(old, t.Array) and isinstance(new, t.Array):
        return keeps_values(old.element, new.element)
    if isinstance(old, t.Native) and isinstance(new, t.Native):
        return old.postgres == new.postgres
    alike = any(isinstance(old, family) and isinstance(new, family) for family in (t.UnpaddedType, t.IntegerType))
    return alike or type(old) is type(new)


_WRITTEN_APART = (t.FloatType, t.Interval, t.Array, t.Jsonb, t.Bytea)
"""Types whose values PostgreSQL prints otherwise than SQLite keeps them."""

_EACH_IN_ITS_WAY = (
    "becomes text that each engine writes in its own way (1 or 1.0), so the two have different values from then on; "
    "the migration stops if one does not fit"
)
_MAY_NOT_FIT = "may not hold every value that is there; the migration stops if one does not fit"


_HOLDS_NONE = "holds none of the values that are there; the migration stops if there is one"


def _is_foreign(one: t.Type, other: t.Type) -> bool:
    """Whether no value of one type says which of the other it stands for."""
    return isinstance(one, (t.NumberType, t.Boolean)) and isinstance(other, t.TemporalType)


def _vector_change(old: t.Type, new: t.Type) -> TypeChange:
    """A type of PostgreSQL's own with the same numbers has no check; everything else holds no vector of another."""
    if on_postgres(old) == on_postgres(new):
        return TypeChange("narrow", _MAY_NOT_FIT) if isinstance(new, t.Vector) else TypeChange()
    return TypeChange("lossy", _HOLDS_NONE, rewrites=True)


def _text_change(old: t.Type, new: t.Type, *, rewrites: bool) -> TypeChange:
    if isinstance(new, t.Enum):
        if isinstance(old, t.Enum) and set(old.values) <= set(new.values):
            return TypeChange(rewrites=rewrites)
        gone = [value for value in old.values if value not in new.values] if isinstance(old, t.Enum) else []
        said = f" (without {', '.join(gone)})" if gone else ""
        return TypeChange("enum", f"allows fewer values{said}; the migration stops if one is in use", rewrites)
    before, after = _limit(old), _limit(new)
    if after is None or (before is not None and before <= after):
        return TypeChange(rewrites=rewrites)
    return TypeChange("narrow", _MAY_NOT_FIT, rewrites)


def _limit(type_: t.Type) -> int | None:
    if isinstance(type_, t.Enum):
        return max((len(value) for value in type_.values), default=0)
    return type_.limit if isinstance(type_, t.UnpaddedType) else None


def _rewrites(old: t.Type, new: t.Type) -> bool:  # noqa: PLR0911  (a table of cases)
    """PostgreSQL, "ALTER TABLE", notes: none where the old type is binary coercible to the new one."""
    if t.is_named(old) or t.is_named(new):
        return str(old) != str(new) or is_rebuilt(old, new)
    if isinstance(old, t.UnpaddedType) and isinstance(new, t.UnpaddedType):
        if isinstance(new, t.Varchar) and new.length is not None:
            return not (isinstance(old, t.Varchar) and old.length is not None and old.length <= new.length)
        return False
    if isinstance(old, t.Numeric) and isinstance(new, t.Numeric):
        if new.precision is None:
            return False
        return not (old.precision is not None and old.scale == new.scale and old.precision <= new.precision)
    if isinstance(old, t.Native) and isinstance(new, t.Native):
        return old.postgres != new.postgres
    keeps_decimals = t.second_decimals(new) >= t.second_decimals(old)
    return not (isinstance(old, t.ClockType) and type(old) is type(new) and keeps_decimals)


def _is_wider(old: t.Type, new: t.Type) -> bool:  # noqa: PLR0911  (a table of cases)
    """Whether every value of the old type has its own in the new one, on both engines."""
    match old, new:
        case (t.IntegerType(), t.IntegerType()):
            return _INTEGERS[type(old)] <= _INTEGERS[type(new)]
        case ((t.SmallInt() | t.Integer()), t.Double()):
            return True
        case (t.IntegerType(), t.Numeric(precision, scale)):
            whole = _KEPT_BY_DOUBLE if precision is None else min(precision, _KEPT_BY_DOUBLE) - scale
            return whole >= _INTEGERS[type(old)]
        case t.Numeric(), t.Numeric(None, _):
            return True
        case t.Numeric(precision, scale), t.Numeric(wider, finer) if precision is not None and wider is not None:
            return finer >= scale and wider - finer >= precision - scale
        case t.Char(), t.Char():
            return old.length <= new.length
        case ((t.Uuid() | t.IntegerType() | t.Boolean()), (t.Text() | t.Varchar())):
            return (_limit(new) or _LONGEST[type(old)]) >= _LONGEST[type(old)]
    same = isinstance(old, t.ClockType) and type(old) is type(new)
    return (same or (type(old), type(new)) in _WIDER) and t.second_decimals(old) <= t.second_decimals(new)


_WIDER = {
    (t.Real, t.Double),
    (t.Date, t.Timestamp),
    (t.Date, t.TimestampTz),
    (t.Timestamp, t.TimestampTz),
    (t.TimestampTz, t.Timestamp),
    (t.Jsonb, t.Json),
}
