"""The ways into a table: its primary key, its unique constraints and its indexes, seen alike."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from .index import IndexElement

if TYPE_CHECKING:
    from schemagen.base.diagnostics import Origin

    from .index import Index
    from .model import ForeignKey, Schema, Table


@dataclass(frozen=True, slots=True)
class Path:
    """Something with a sorted order; ``columns`` are those of its ``elements`` before the first expression."""

    name: str
    kind: str
    columns: tuple[str, ...]
    elements: tuple[IndexElement, ...]
    is_unique: bool
    is_whole: bool
    """Whether it holds every row, on both engines, in sorted order."""
    origin: Origin | None


def paths(table: Table) -> tuple[Path, ...]:
    """The primary key, then unique constraints, then indexes."""
    found = []
    if table.primary_key:
        found.append(_constraint(table.primary_key.name, "primary key", table.primary_key.columns, table.origin))
    found += [_constraint(unique.name, "unique constraint", unique.columns, unique.origin) for unique in table.uniques]
    return (*found, *map(_of_index, table.indexes))


def _constraint(name: str, kind: str, columns: tuple[str, ...], origin: Origin | None) -> Path:
    elements = tuple(IndexElement(column) for column in columns)
    return Path(name, kind, columns, elements, is_unique=True, is_whole=True, origin=origin)


def _of_index(index: Index) -> Path:
    sorted_ = () if index.is_full_text else index.elements
    plain = tuple(takewhile(lambda element: element.column is not None, sorted_))
    return Path(
        name=index.name,
        kind="index",
        columns=tuple(element.column for element in plain if element.column),
        elements=index.elements,
        is_unique=index.unique,
        is_whole=index.where is None and index.only is None and index.method == "btree",
        origin=index.origin,
    )


def serves(path: Path, key: ForeignKey, schema: Schema) -> bool:
    """Whether the children of a parent row are found through a path.

    It begins with all columns of the key, in any order, or with one of them that tells parent rows apart by itself.
    """
    if not path.is_whole:
        return False
    if set(path.columns[: len(key.columns)]) == set(key.columns):
        return True
    pairs = dict(zip(key.columns, key.parent_columns, strict=True))
    parent_column = pairs.get(path.columns[0]) if path.columns else None
    return parent_column is not None and schema.table(key.parent).is_unique([parent_column])
