"""Enum types of PostgreSQL that the specs make, and those that have to be there before them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schemagen.engines.dialects import POSTGRES
from schemagen.schema import types as t
from schemagen.schema.names import is_identifier
from schemagen.schema.places import called, local_name, place_of, schema_of
from schemagen.schema.type_spellings import OTHER_TYPES, SERIALS, SPELLINGS

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from schemagen.engines.catalog import Catalog

_LABEL = re.compile(r"'((?:[^']|'')*)'")


def enum_types_of(catalog: Catalog) -> dict[str, t.Enum]:
    """The enum types that the language can say, by the name that a column's type has."""
    if catalog.dialect != "postgres":
        return {}
    found = {}
    taken, used = relation_names(catalog), set[str]()
    for other in catalog.others:
        key = _key(other.name)
        if other.kind == "enum type" and is_type_key(key, taken | used):
            used.add(key.lower())
            name = called(key, place_of(other.name)) if schema_of(other.name) else key
            found[POSTGRES.quote(other.name)] = t.Enum(tuple(_labels(other.definition.written)), name)
    return {name: type_ for name, type_ in found.items() if type_.values}


def _key(name: str) -> str:
    """What the specs call a type: in another schema than the first, after it."""
    return f"{schema_of(name)}_{local_name(name)}" if schema_of(name) else name


def is_type_key(name: str, taken: Container[str]) -> bool:
    """Whether a spec can call a type so, beside the relations whose names are taken."""
    known = {*SPELLINGS, *SERIALS, *OTHER_TYPES}
    return is_identifier(name) and name.lower() not in known and name.lower() not in taken


def relation_names(catalog: Catalog) -> frozenset[str]:
    """Names that share one namespace with types in a spec, in lower case."""
    return frozenset(name.lower() for name in _relations(catalog))


def _relations(catalog: Catalog) -> Iterator[str]:
    for table in catalog.tables:
        yield table.name
        yield from (index.name for index in table.indexes)
        yield from (unique.name or "" for unique in table.uniques)
        yield table.primary_key.name or "" if table.primary_key else ""


def _labels(definition: str) -> Iterator[str]:
    return (text.replace("''", "'") for text in _LABEL.findall(definition))
