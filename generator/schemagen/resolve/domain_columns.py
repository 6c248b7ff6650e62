"""What columns have of their domain: a type on each engine, and on SQLite its conditions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.engines.dialects import POSTGRES
from schemagen.schema import types as t
from schemagen.schema.dialect import Sql

if TYPE_CHECKING:
    from schemagen.schema.domains import DomainCheck, DomainType
    from schemagen.schema.types import Type

_TEXT = re.compile(r"('(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")")
_WORD = re.compile(r"\bvalue\b", re.IGNORECASE)
_ON_SQLITE: tuple[tuple[type[t.Type], str, str], ...] = (
    (t.IntegerType, "integer", "int"),
    (t.Boolean, "integer", "bool"),
    (t.Numeric, "real", "decimal.Decimal"),
    (t.FloatType, "real", "float"),
    (t.Bytea, "blob", "bytes"),
    (t.Date, "text", "datetime.date"),
    (t.Time, "text", "datetime.time"),
    (t.TimestampType, "text", "datetime.datetime"),
    (t.Uuid, "text", "uuid.UUID"),
    (t.JsonType, "text", "dict"),
)


_OWN_VALUES = (t.NumberType, t.Boolean, t.Text, t.Varchar, t.Char)
"""Types whose values models write alike, be a column declared by them or by a domain."""


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain with the type of the language that it is made of at last, and the conditions of all under it."""

    definition: DomainType
    base: Type
    checks: tuple[DomainCheck, ...]

    @property
    def type(self) -> t.Native:
        """The type of a column of the domain."""
        return domain_type(POSTGRES.quote(self.definition.name), self.base)


def domain_type(name: str, base: Type) -> t.Native:
    """The type of a column of a domain, whose name is as in SQL; SQLite keeps it as the type that is under it."""
    own = base if isinstance(base, _OWN_VALUES) else None
    for types, sqlite, python in _ON_SQLITE:
        if isinstance(base, types):
            return t.Native(name, sqlite, python, own)
    return t.Native(name, "text", base=own)


def on_column(condition: str, column: str) -> str:
    """A condition of a domain as one of a column."""
    name = POSTGRES.quote(column)
    parts = _TEXT.split(condition)
    return "".join(part if place % 2 else _WORD.sub(lambda _: name, part) for place, part in enumerate(parts))


def sqlite_condition(check: DomainCheck, column: str) -> Sql | None:
    """A condition of a domain as SQLite checks it on a column; None where it has none."""
    return Sql(None, on_column(check.sql.sqlite, column)) if check.sql.sqlite else None
