"""A change as PostgreSQL sees it: each table under its whole name there, so that a move is a rename."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from schemagen.schema.places import HERE, PlacedName, local_name, place_of, whole_name

from .diff import evolve
from .records import TableAltered, TableCreated, TableRenamed
from .renames import Renames

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from schemagen.schema.model import Schema, Table

    from .diff import Evolution
    from .records import ChangeRecord


def on_postgres(evolution: Evolution) -> Evolution:
    """The same evolution between schemas whose tables have the names of PostgreSQL; itself where all have them."""
    if not any(isinstance(name, PlacedName) for name in (*evolution.old.by_name, *evolution.new.by_name)):
        return evolution
    before, after = names_in_postgres(evolution.old), names_in_postgres(evolution.new)
    renames = evolution.renames
    continued = {name: renames.continued_table(name, evolution.old) for name in evolution.new.by_name}
    tables = {after[name]: before[was] for name, was in continued.items() if was and before[was] != after[name]}
    columns = {(after[table], column): was for (table, column), was in renames.columns.items()}
    old, new = _named(evolution.old, before), _named(evolution.new, after)
    return evolve(old, new, Renames(tables, columns, renames.labels))


def as_in_postgres(schema: Schema) -> Schema:
    """A schema whose tables have the names of PostgreSQL; itself where all have them."""
    is_placed = any(isinstance(name, PlacedName) for name in schema.by_name)
    return _named(schema, names_in_postgres(schema)) if is_placed else schema


def names_in_postgres(schema: Schema) -> dict[str, str]:
    """The whole name of each table on PostgreSQL."""
    return {table.name: whole_name(place_of(table.name)) for table in schema.tables}


def names_before(changes: Iterable[ChangeRecord], names: Mapping[str, str]) -> dict[str, str]:
    """The whole names of tables on PostgreSQL before a migration, by the names that it knew them by.

    Args:
        changes: what the migration did.
        names: the same after it.
    """
    effects = [change.effect for change in changes]
    made = {effect.table for effect in effects if isinstance(effect, TableCreated)}
    old = {effect.new: effect.old for effect in effects if isinstance(effect, TableRenamed)}
    altered = [effect for effect in effects if isinstance(effect, TableAltered)]
    moved = {effect.table: whole_name(effect.moved_from) for effect in altered if effect.moved_from != HERE}
    found = {}
    for name, there in names.items():
        if name not in made:
            was = old.get(name, name)
            found[was] = moved.get(name) or (was if there == name else there)
    return found


def _named(schema: Schema, names: Mapping[str, str]) -> Schema:
    def needs(listed: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(names.get(name, name) for name in listed)

    return replace(
        schema,
        tables=tuple(_table(table, names) for table in schema.tables),
        views=tuple(replace(view, needs=needs(view.needs)) for view in schema.views),
        objects=tuple(replace(item, needs=needs(item.needs)) for item in schema.objects),
    )


def _table(table: Table, names: Mapping[str, str]) -> Table:
    return replace(
        table,
        name=names[table.name],
        spec_key=table.key,
        foreign_keys=tuple(replace(key, parent=names.get(key.parent, key.parent)) for key in table.foreign_keys),
        indexes=tuple(replace(index, name=local_name(index.name), postgres="") for index in table.indexes),
    )
