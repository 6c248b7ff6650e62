"""Domains of PostgreSQL: the types that they are on SQLite, and the conditions that those don't bring."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.engines.dialects import POSTGRES
from schemagen.schema import types as t
from schemagen.schema.type_spellings import known_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schemagen.engines.catalog import Catalog

_BASE = re.compile(r"(?P<base>.+?)(?: COLLATE .*| NOT NULL.*| DEFAULT .*| CHECK .*)?", re.DOTALL)
_CHECK = "CHECK ("
_TEXT = re.compile(r"('(?:[^']|'')*')")
_VALUE = re.compile(r"\bVALUE\b")
_ON_SQLITE: tuple[tuple[tuple[type[t.Type], ...], str, str], ...] = (
    ((t.SmallInt, t.Integer, t.BigInt), "integer", "int"),
    ((t.Boolean,), "integer", "bool"),
    ((t.Numeric,), "real", "decimal.Decimal"),
    ((t.Real, t.Double), "real", "float"),
    ((t.Bytea,), "blob", "bytes"),
    ((t.Date,), "text", "datetime.date"),
    ((t.Time,), "text", "datetime.time"),
    ((t.Timestamp, t.TimestampTz), "text", "datetime.datetime"),
    ((t.Uuid,), "text", "uuid.UUID"),
    ((t.Json, t.Jsonb), "text", "dict"),
)


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain: its name as PostgreSQL prints it, the type that it is made of, and its conditions on ``VALUE``."""

    name: str
    base: t.Type
    checks: tuple[str, ...]

    @property
    def type(self) -> t.Native:
        """The type of a column of the domain."""
        for types, sqlite, python in _ON_SQLITE:
            if isinstance(self.base, types):
                return t.Native(self.name, sqlite, python)
        return t.Native(self.name, "text")


def domains_of(catalog: Catalog) -> dict[str, Domain]:
    """The domains whose types the language knows, by the name that a column's type has."""
    texts = {POSTGRES.quote(other.name): other.definition.written for other in catalog.others if other.kind == "domain"}
    found = {}
    for name in texts:
        base, checks = _resolved(name, texts)
        if base is not None:
            found[name] = Domain(name, base, checks)
    return found


def _resolved(name: str, texts: Mapping[str, str]) -> tuple[t.Type | None, tuple[str, ...]]:
    """The type under a domain and all of its conditions, those of the domains that it is made of first."""
    match = _BASE.fullmatch(texts[name])
    base, own = match["base"] if match else "", tuple(_conditions(texts[name]))
    if base in texts and base != name:
        type_, inherited = _resolved(base, texts)
        return type_, (*inherited, *own)
    return known_type(base), own


def _conditions(definition: str) -> Iterator[str]:
    """What stands in the brackets of each CHECK."""
    start = definition.find(_CHECK)
    while start >= 0:
        first = start + len(_CHECK)
        depth, place, quoted = 1, first, False
        while depth and place < len(definition):
            quoted ^= definition[place] == "'"
            depth += 0 if quoted else (definition[place] == "(") - (definition[place] == ")")
            place += 1
        yield definition[first : place - 1]
        start = definition.find(_CHECK, place)


def on_column(condition: str, column: str) -> str:
    """A condition of a domain as one of a column."""
    name = POSTGRES.quote(column)
    return "".join(
        part if part.startswith("'") else _VALUE.sub(lambda _: name, part) for part in _TEXT.split(condition)
    )
