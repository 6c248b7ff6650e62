"""The catalog of a PostgreSQL database under the names that the specs give its tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from schemagen.schema.places import called, place_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .catalog import Catalog


def with_names(catalog: Catalog, names: Mapping[str, str]) -> Catalog:
    """A catalog with other names of tables.

    Args:
        catalog: of either engine.
        names: what the specs call each table, with its whole name on PostgreSQL.
    """
    spec = {there: called(name, place_of(there)) for name, there in names.items() if name != there}
    if not spec or catalog.dialect != "postgres":
        return catalog
    return replace(
        catalog,
        tables=tuple(
            replace(
                table,
                name=spec.get(table.name, table.name),
                foreign_keys=tuple(replace(key, parent=spec.get(key.parent, key.parent)) for key in table.foreign_keys),
            )
            for table in catalog.tables
        ),
        others=tuple(
            replace(other, table=other.table and spec.get(other.table, other.table)) for other in catalog.others
        ),
    )
