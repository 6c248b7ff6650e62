"""Names that a spec may leave out, because the derived ones are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.schema.names import bounded_name, is_database_name
from schemagen.schema.naming import Naming
from schemagen.schema.places import schema_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemagen.engines.catalog import CatalogTable


def given(name: str | None, *parts: str, plain: bool = False) -> dict[str, str]:
    """The key ``name`` of a part whose derived name is made of ``parts``; empty where it needs none.

    Args:
        name: as the database has it; None where it has none.
        parts: of the derived name.
        plain: whether to write it even so.
    """
    if name is None or not is_database_name(name) or (name == bounded_name(*parts) and not plain):
        return {}
    return {"name": name}


def naming_of(tables: Iterable[CatalogTable]) -> Naming:
    """The convention that most names of keys, constraints and indexes follow; our own where none is ahead of it."""
    listed = tuple(table for table in tables if not schema_of(table.name))  # ours are made of keys
    followed = {naming: sum(sum(_follows(naming, table)) for table in listed) for naming in Naming}
    return max(Naming, key=lambda naming: followed[naming])


def _follows(naming: Naming, table: CatalogTable) -> Iterator[bool]:
    """Whether each of a table's names is the derived one."""
    if table.primary_key:
        yield table.primary_key.name == bounded_name(*naming.primary_key(table.name))
    for unique in table.uniques:
        yield unique.name == bounded_name(*naming.unique(table.name, *unique.columns))
    for key in table.foreign_keys:
        yield key.name == bounded_name(*naming.foreign_key(table.name, *key.columns))
    for check in table.checks:
        yield naming.check_key(table.name, check.name or "") is not None
    for index in table.indexes:
        columns = dict.fromkeys(element.column or "" for element in index.elements)
        yield index.name == bounded_name(*naming.index(table.name, *columns))
