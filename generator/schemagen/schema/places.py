"""Where PostgreSQL has a table: in a schema, or under another name than the one that SQLite has.

The names of such tables carry their place with them, wherever they go, so that what writes SQL only has to quote them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Place:
    """A schema of PostgreSQL, and a name in it; what is empty is as for every other table."""

    schema: str = ""
    name: str = ""

    def __str__(self) -> str:
        """The whole name."""
        return f"{self.schema}.{self.name}" if self.schema else self.name


USUAL_SCHEMA = "public"
"""Where a connection makes what has no schema, unless somebody has told it another (PostgreSQL, "5.10. Schemas")."""

HERE = Place()
"""The place of a table that its spec puts nowhere else."""


class PlacedName(str):  # noqa: SLOT000  (it goes wherever a name goes)
    """A name as it is compared and shown, with the schema and the name that PostgreSQL has for it."""

    schema: str
    local: str

    def __new__(cls, text: str, schema: str, local: str) -> Self:
        """The name ``text``, which PostgreSQL has as ``local`` in ``schema``."""
        made = super().__new__(cls, text)
        made.schema, made.local = schema, local
        return made

    def __reduce__(self) -> tuple[type[PlacedName], tuple[str, str, str]]:
        """How copies and other processes get it."""
        return PlacedName, (str(self), self.schema, self.local)


def place_of(name: str) -> Place:
    """Where PostgreSQL has what has a name, and what it calls it there."""
    return Place(name.schema, name.local) if isinstance(name, PlacedName) else Place("", name)


def in_postgres(name: str) -> str:
    """A name in words, as PostgreSQL has it: ``auth.users``."""
    return str(place_of(name)) if isinstance(name, PlacedName) else name


def whole_name(place: Place) -> str:
    """A name by which PostgreSQL finds what is at a place: without the schema in which connections usually are."""
    text = place.name if place.schema == USUAL_SCHEMA else str(place)
    return PlacedName(text, place.schema, place.name) if place.schema else place.name


def called(name: str, place: Place) -> str:
    """A name as the specs say it, of what PostgreSQL has at a place."""
    return PlacedName(name, place.schema, place.name)


def local_name(name: str) -> str:
    """A name without its schema, as it stands where PostgreSQL takes none."""
    return name.local if isinstance(name, PlacedName) else name


def schema_of(name: str) -> str:
    """The schema that a name is in; empty where it is the one of the connection."""
    return name.schema if isinstance(name, PlacedName) else ""


def beside(name: str, other: str) -> str:
    """Another name in the schema of a table: that of its index, or of the function of its trigger."""
    schema = schema_of(name)
    return PlacedName(f"{schema}.{other}", schema, other) if schema else other


def placed_name(name: str, place: Place) -> str:
    """A name that carries its place, where it has one."""
    local = place.name or local_name(name)
    if place == HERE or (isinstance(name, PlacedName) and (name.schema, name.local) == (place.schema, local)):
        return name
    return PlacedName(name, place.schema, place.name or name)


def with_places(tables: Iterable[Item]) -> tuple[Item, ...]:
    """Tables of the model whose names, and their children's references, carry their places."""
    listed: tuple[Any, ...] = tuple(tables)
    names = {table.name: placed_name(table.name, table.postgres) for table in listed}
    if not any(isinstance(name, PlacedName) for name in names.values()):
        return listed
    return tuple(_with_names(table, names) for table in listed)


def parts_with_places(parts: tuple[Item, ...]) -> tuple[Item, ...]:
    """Views or types, to which no other part of the model refers by name, with names that carry their places."""
    listed: tuple[Any, ...] = parts
    names = [placed_name(part.name, part.postgres) for part in listed]
    if all(name is part.name for name, part in zip(names, listed, strict=True)):
        return parts
    return tuple(replace(part, name=name) for part, name in zip(listed, names, strict=True))


def schemas_of(*parts: Iterable[Any]) -> tuple[str, ...]:
    """The schemas that tables, views or types of the model name, in their order."""
    places = (part.postgres for listed in parts for part in listed)
    return tuple(dict.fromkeys(place.schema for place in places if place.schema))


def shows(words: Collection[str], name: str) -> bool:
    """Whether the words of a text of PostgreSQL are enough to name a table."""
    return {schema_of(name), local_name(name)} - {""} <= set(words)


def _with_names(table: Any, names: Mapping[str, str]) -> Any:
    keys = tuple(_with_parent(key, names) for key in table.foreign_keys)
    indexes = tuple(map(_index, table.indexes))
    parts = zip((*keys, *indexes), (*table.foreign_keys, *table.indexes), strict=True)
    if names[table.name] is table.name and all(one is other for one, other in parts):
        return table
    return replace(table, name=names[table.name], foreign_keys=keys, indexes=indexes)


def _index(index: Any) -> Any:
    if not index.postgres or isinstance(index.name, PlacedName):
        return index
    return replace(index, name=PlacedName(index.name, "", index.postgres))


def _with_parent(key: Any, names: Mapping[str, str]) -> Any:
    parent = names.get(key.parent, key.parent)
    return key if parent is key.parent or type(parent) is type(key.parent) is str else replace(key, parent=parent)
