"""Columns of enum types that PostgreSQL has in a schema, or under another name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from .places import PlacedName, parts_with_places, place_of, with_places
from .types import Array, Enum

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .enum_types import EnumType
    from .types import Type

Item = TypeVar("Item")


def placed_parts(tables: tuple[Any, ...], views: tuple[Any, ...], types: tuple[Any, ...]) -> dict[str, tuple[Any, ...]]:
    """The parts of a model, by field, with names that carry their places."""
    placed = parts_with_places(types)
    return {
        "types": placed,
        "views": parts_with_places(views),
        "tables": with_places(with_placed_types(tables, placed)),
    }


def with_placed_types(tables: tuple[Item, ...], types: Iterable[EnumType]) -> tuple[Item, ...]:
    """Tables of the model whose columns name enum types as these carry their places."""
    names = {type_.name: type_.name for type_ in types}
    listed: tuple[Any, ...] = tables
    if not names or not (any(isinstance(name, PlacedName) for name in names) or _is_placed(listed)):
        return tables
    return tuple(_with_types(table, names) for table in listed)


def _is_placed(tables: Iterable[Any]) -> bool:
    return any(
        isinstance(column.type, Enum) and isinstance(column.type.name, PlacedName)
        for table in tables
        for column in table.columns
    )


def _with_types(table: Any, names: Mapping[str, str]) -> Any:
    columns = tuple(_with_type(column, names) for column in table.columns)
    same = all(one is other for one, other in zip(columns, table.columns, strict=True))
    return table if same else replace(table, columns=columns)


def _with_type(column: Any, names: Mapping[str, str]) -> Any:
    type_ = _placed(column.type, names)
    return column if type_ is column.type else replace(column, type=type_)


def _placed(type_: Type, names: Mapping[str, str]) -> Type:
    if isinstance(type_, Array):
        element = _placed(type_.element, names)
        return type_ if element is type_.element else Array(element)
    name = names.get(type_.name) if isinstance(type_, Enum) and type_.name else None
    if name is None or not isinstance(type_, Enum) or place_of(name) == place_of(type_.name):
        return type_
    return Enum(type_.values, name)
