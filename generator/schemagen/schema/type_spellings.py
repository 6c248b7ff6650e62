"""The spellings that PostgreSQL accepts for a type, read from text."""

from __future__ import annotations

import re

from .types import (
    MAX_CHARACTERS,
    MAX_DIMENSIONS,
    MAX_PRECISION,
    MAX_SECOND_DECIMALS,
    Array,
    BigInt,
    Boolean,
    Bytea,
    Char,
    ClockType,
    Date,
    Double,
    Integer,
    Interval,
    Json,
    Jsonb,
    Native,
    Numeric,
    Real,
    SmallInt,
    Text,
    Time,
    Timestamp,
    TimestampTz,
    Type,
    Uuid,
    Varchar,
    Vector,
)

SPELLINGS: dict[str, Type] = {
    "uuid": Uuid(),
    "text": Text(),
    "varchar": Varchar(),
    "character varying": Varchar(),
    "char": Char(),
    "character": Char(),
    "bpchar": Char(),
    "smallint": SmallInt(),
    "int2": SmallInt(),
    "integer": Integer(),
    "int": Integer(),
    "int4": Integer(),
    "bigint": BigInt(),
    "int8": BigInt(),
    "numeric": Numeric(),
    "decimal": Numeric(),
    "dec": Numeric(),
    "real": Real(),
    "float4": Real(),
    "double precision": Double(),
    "float8": Double(),
    "float": Double(),
    "boolean": Boolean(),
    "bool": Boolean(),
    "date": Date(),
    "time": Time(),
    "time without time zone": Time(),
    "timestamp": Timestamp(),
    "timestamp without time zone": Timestamp(),
    "timestamptz": TimestampTz(),
    "timestamp with time zone": TimestampTz(),
    "interval": Interval(),
    "json": Json(),
    "jsonb": Jsonb(),
    "bytea": Bytea(),
    "vector": Vector(),
}
"""Every spelling of PostgreSQL's that the language takes (PostgreSQL, "8. Data Types", table 8.1)."""

SERIALS = {
    "serial": "integer",
    "serial4": "integer",
    "bigserial": "bigint",
    "serial8": "bigint",
    "smallserial": "smallint",
}

_SPELLING = re.compile(
    r"(?P<name>[a-z][a-z0-9 ]*?)\s*(?:\((?P<arguments>[^()]*)\))?(?P<rest> [a-z ]+)?(?P<array>\s*\[\s*\])?"
)

OTHER_TYPES = frozenset(
    [
        "inet",
        "cidr",
        "macaddr",
        "macaddr8",
        "money",
        "xml",
        "tsvector",
        "tsquery",
        "point",
        "line",
        "lseg",
        "box",
        "path",
        "polygon",
        "circle",
        "bit",
        "varbit",
        "name",
        "oid",
        "int4range",
        "int8range",
        "numrange",
        "tsrange",
        "tstzrange",
        "daterange",
        "pg_lsn",
        "citext",
        "hstore",
        "ltree",
        "geometry",
        "geography",
        "timetz",
    ]
)
"""Types of PostgreSQL and of its common extensions that have no like on SQLite."""


class UnknownTypeError(ValueError):
    """A type that the language does not know; the message says why, ``hint`` the fix."""

    def __init__(self, message: str, hint: str) -> None:
        self.hint = hint
        super().__init__(message)


def parse_type(text: str) -> Type:
    """Read a PostgreSQL spelling of a type, in any case and spacing.

    Args:
        text: such as ``varchar(255)``, ``TIMESTAMP WITH TIME ZONE`` or ``text[]``.

    Raises:
        UnknownTypeError: when it is not a type of the language or its arguments are wrong.
    """
    spelling = " ".join(text.lower().split())
    if spelling in SERIALS or "autoincrement" in spelling or "auto_increment" in spelling:
        base, numbering = SERIALS.get(spelling, "integer"), "serial" if spelling in SERIALS else "true"
        raise UnknownTypeError(f"{text!r} is not a type", f"write `type: {base}` and `identity: {numbering}`")
    match = _SPELLING.fullmatch(spelling)
    if not match:
        raise _unknown(text)
    name = match["name"] + (match["rest"] or "")
    known = SPELLINGS.get(name)
    if known is None:
        raise _unknown(text)
    if match["arguments"] is not None:
        known = _with_arguments(known, match["arguments"], text)
    elif isinstance(known, Vector):
        raise UnknownTypeError(f"{text!r} has no dimensions", _DIMENSIONS)
    if match["array"] and isinstance(known, Vector):
        raise UnknownTypeError(f"{text!r}: a vector is in no array", "keep the vectors in a table of their own")
    return Array(known) if match["array"] else known


_DIMENSIONS = f"how many numbers it has, from 1 to {MAX_DIMENSIONS}, as in `vector(384)`"


def known_type(text: str) -> Type | None:
    """What ``parse_type`` reads; None for what is not a type of the language."""
    try:
        return parse_type(text)
    except UnknownTypeError:
        return None


def on_postgres(type_: Type) -> Type:
    """What an engine's own type is in the language, by its name on PostgreSQL; itself where that is not known."""
    return (known_type(type_.postgres) or type_) if isinstance(type_, Native) else type_


def _with_arguments(known: Type, arguments: str, text: str) -> Type:
    parts = [part.strip() for part in arguments.split(",")]
    if not all(part.isascii() and part.isdigit() for part in parts):
        hint = "write it as `varchar(255)` or `numeric(10,2)`"
        raise UnknownTypeError(f"the arguments of {text!r} are not integers", hint)
    numbers = [int(part) for part in parts]
    match known, numbers:
        case ((Varchar() | Char()), [length]) if 1 <= length <= MAX_CHARACTERS:
            return type(known)(length)
        case Numeric(), [precision] if 1 <= precision <= MAX_PRECISION:
            return Numeric(precision)
        case Numeric(), [precision, scale] if 1 <= precision <= MAX_PRECISION and scale <= precision:
            return Numeric(precision, scale)
        case (ClockType(), [precision]) if precision <= MAX_SECOND_DECIMALS:
            return type(known)(precision)
        case Vector(), _:
            return _vector(numbers, text)
        case (ClockType(), _):
            hint = f"decimals of a second from 0 to {MAX_SECOND_DECIMALS}, as in `{known}(3)`"
            raise UnknownTypeError(f"{text!r} has no valid precision", hint)
        case ((Varchar() | Char()), _):
            hint = f"a length from 1 to {MAX_CHARACTERS}, as in `varchar(255)`"
            raise UnknownTypeError(f"{text!r} has no valid length", hint)
        case Numeric(), _:
            hint = "as in `numeric(10,2)`: up to 1000 digits, the scale no larger"
            raise UnknownTypeError(f"{text!r} has no valid precision and scale", hint)
    raise UnknownTypeError(
        f"{text!r}: {known} takes no arguments here",
        f'write `{known}`, or the engine\'s own type as `type: {{postgres: "{text}", sqlite: text}}`',
    )


def _vector(numbers: list[int], text: str) -> Vector:
    if len(numbers) != 1 or not 1 <= numbers[0] <= MAX_DIMENSIONS:
        raise UnknownTypeError(f"{text!r} has no valid dimensions", _DIMENSIONS)
    return Vector(*numbers)


def _unknown(text: str) -> UnknownTypeError:
    from schemagen.base.spelling import nearest

    from .other_engines import enum_list, usual_spelling

    values, usual = enum_list(text), usual_spelling(text)
    if values or usual:
        return UnknownTypeError(f"unknown type {text!r}", f"write `enum: {values}`" if values else f"write `{usual}`")
    near = nearest(text, SPELLINGS)
    if near and text.lower().partition("(")[0].strip() not in OTHER_TYPES:
        return UnknownTypeError(f"unknown type {text!r}", f"did you mean `{near}`?")
    return UnknownTypeError(
        f"unknown type {text!r}", f'write it for each engine: `type: {{postgres: "{text}", sqlite: text, python: str}}`'
    )
