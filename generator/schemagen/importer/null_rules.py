"""Unique rules to which NULL is a value, as SQLite has them: a rule, and an index over the rows that have NULL.

They are known by the name that a build gives the index. That it is the same index, the proof of the import shows, which
builds it; a table where it isn't is said again in full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.schema.names import bounded_name

if TYPE_CHECKING:
    from schemagen.engines.catalog import CatalogTable


def completing_indexes(table: CatalogTable) -> dict[str, str]:
    """The rules of a table that an index completes, each with the name of that index."""
    rules = [*(unique.name for unique in table.uniques), *(index.name for index in table.indexes if index.unique)]
    partial = {index.name for index in table.indexes if index.unique and index.predicate}
    made = {rule: bounded_name(rule, "nulls") for rule in rules if rule}
    return {rule: name for rule, name in made.items() if name in partial}
