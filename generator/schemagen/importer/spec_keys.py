"""Names of a database → keys of the specs: the name itself where it is an identifier, else one made of its words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schemagen.schema.names import MAX_BYTES, is_identifier
from schemagen.schema.places import PlacedName

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from schemagen.engines.catalog import CatalogTable


@dataclass(frozen=True, slots=True)
class TableKeys:
    """What the specs call a table, and those of its columns that they call otherwise than the database does."""

    table: str
    columns: Mapping[str, str] = field(default_factory=dict)

    def column(self, name: str) -> str:
        """What they call a column."""
        return self.columns.get(name, name)

    def of(self, names: Iterable[str]) -> list[str]:
        """What they call several columns."""
        return [self.column(name) for name in names]

    def name_of(self, key: str) -> str:
        """What the database calls a column."""
        return next((name for name, one in self.columns.items() if one == key), key)


def keys_of(tables: Iterable[CatalogTable]) -> dict[str, TableKeys]:
    """The keys of every table and of its columns, by the table's name."""
    found = list(tables)
    keys = _apart([table.name for table in found], "table")  # a name with its schema is not an identifier
    return {
        table.name: TableKeys(
            keys.get(table.name, table.name), _apart([column.name for column in table.columns], "column")
        )
        for table in found
    }


def _apart(names: list[str], kind: str) -> dict[str, str]:
    """Keys that differ, without regard to case, from each other and from the names that are keys themselves."""
    taken = {name.lower() for name in names if is_identifier(name)}
    keys: dict[str, str] = {}
    for name in names:
        if is_identifier(name):
            continue
        stem, number = _joined(name) or as_identifier(name) or kind, 1
        key = stem
        while key.lower() in taken:
            number += 1
            key = f"{stem}_{number}"
        taken.add(key.lower())
        keys[name] = key
    return keys


def _joined(name: str) -> str:
    """The schema and the name of a table, where both are identifiers, and short enough."""
    parts = (name.schema, name.local) if isinstance(name, PlacedName) and name.schema else ()
    joined = "_".join(parts)
    return joined if parts and all(map(is_identifier, parts)) and is_identifier(joined) else ""


def as_identifier(name: str) -> str:
    """The words of a name in lower_snake_case: ``Unit Price (€)`` → ``unit_price``; empty where it has none."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9_]+", "_", plain).strip("_")
    return (f"_{words}" if words[:1].isdigit() else words)[: MAX_BYTES - 4]
