"""Names that the language keeps apart and a database does not: those in one schema, and those that differ in case."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from schemagen.schema.places import local_name, schema_of

from .losses import Effect, Loss

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemagen.engines.catalog import CatalogTable

_REASON = "another part has this name, but for its case perhaps; it gets a derived one"


def with_names_apart(tables: Mapping[str, CatalogTable]) -> tuple[dict[str, CatalogTable], list[Loss]]:
    """Tables whose keys, indexes and constraints have names of their own, or none, and what was taken from them.

    PostgreSQL keeps tables, indexes, primary keys and unique constraints of a schema in one namespace, and SQLite
    compares names without case, so the language does both (a name of a constraint that is not a key may stand in
    several tables).
    """
    taken: dict[str, set[str]] = defaultdict(set)
    for name in tables:
        taken[schema_of(name)].add(local_name(name).lower())
    names = _Names(taken)
    return {name: names.apart(table) for name, table in tables.items()}, names.losses


class _Names:
    """The names that are taken, by schema."""

    def __init__(self, taken: dict[str, set[str]]) -> None:
        self._taken = taken
        self.losses: list[Loss] = []

    def apart(self, table: CatalogTable) -> CatalogTable:
        """A table without the names that are taken; the others are taken now."""
        key = table.primary_key
        taken, own = self._taken[schema_of(table.name)], set[str]()
        return replace(
            table,
            primary_key=self._named(table, key, "primary key", taken, own) if key else None,
            uniques=tuple(self._named(table, one, "unique constraint", taken, own) for one in table.uniques),
            foreign_keys=tuple(self._named(table, one, "foreign key", own) for one in table.foreign_keys),
            checks=tuple(self._named(table, one, "check", own) for one in table.checks),
            indexes=tuple(self._named(table, one, "index", taken) for one in table.indexes),
        )

    def _named(self, table: CatalogTable, part: Any, kind: str, *spaces: set[str]) -> Any:
        """A part with its name, where that is free in each of the namespaces that it is in."""
        name = (part.name or "").lower()
        if not name:
            return part
        if any(name in space for space in spaces):
            self.losses.append(Loss(Effect.CHANGED, table.name, f"{kind} {part.name}", _REASON))
            return replace(part, name="" if kind == "index" else None)
        for space in spaces:
            space.add(name)
        return part
