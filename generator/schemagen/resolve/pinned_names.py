"""Derived names that the lock holds: they stay, also through a rename, and what is new gives way to them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from schemagen.changes.renames import move_tables, renames_of
from schemagen.engines.dialects import POSTGRES, SQLITE
from schemagen.schema.index import Index
from schemagen.schema.model import Check, ForeignKey, Schema, Unique
from schemagen.schema.names import HASH_LENGTH, derived_names, type_check_name

if TYPE_CHECKING:
    from collections.abc import Container, Hashable, Iterable, Iterator, Mapping

    from schemagen.changes.renames import Renames
    from schemagen.schema.model import Column, PrimaryKey, Table

    from .context import Context, Names

Part = Index | Unique | ForeignKey | Check
T = TypeVar("T", Index, Unique, ForeignKey, Check)


def hold_names(tables: Mapping[str, Table], held: Schema, context: Context) -> dict[str, Table]:
    """The tables, where each derived name that the lock has for the same object is that name.

    A derived name that is not in the lock is as without one: plain where nobody has it, else with a hash. A rename of a
    table or a column changes no other name: SQLite could not give a constraint another one without a rebuild.
    """
    continued = {pair.new.name: pair for pair in _continued(tables, held)}
    kept = {name for pair in continued.values() for name in pair.kept}
    of_relations = dict(names for pair in continued.values() for names in _relations(pair.new, pair.moved))
    relations = _settled(context.relations, of_relations, kept)
    found: dict[str, Table] = {}
    for name, table in tables.items():
        pair = continued.get(name)
        held_here = dict(_constraints(table, pair.moved)) if pair else {}
        constraints = _settled(context.constraints[table.key], held_here, kept)
        named = _named(table, relations, constraints) if relations or constraints else table
        found[name] = _with_kept_names(_with_stem(named, pair.old), table, pair, context) if pair else named
    return found


def _with_stem(table: Table, held: Table) -> Table:
    """The table, whose partitions keep the names that they have from its first day."""
    by, before = table.partition, held.partition
    both = by and before and by.makes_partitions and before.makes_partitions
    return replace(table, partition=replace(by, stem=before.stem)) if by and before and both else table


@dataclass(frozen=True, slots=True)
class _Pair:
    """A table, and the lock's table that it continues: as it was, and under the new names of tables and columns."""

    new: Table
    moved: Table
    old: Table
    renames: Renames

    @property
    def kept(self) -> set[str]:
        """Names that stay whatever would be derived: of a table in which something is renamed, all."""
        found = {name for _, name in self.old.kept_names}
        if self.renames.touches_table(self.new.name) or self._keys_change:
            found |= {part.name for part in _parts(self.old)}
        return found

    @property
    def _keys_change(self) -> bool:
        """Whether the specs call something otherwise that has its name still."""
        names = self.new.by_name.keys() & self.old.by_name.keys()
        return self.new.key != self.old.key or any(
            self.new.column(name).key != self.old.column(name).key for name in names
        )

    def type_checks(self) -> Iterator[tuple[str, str]]:
        """The name that would be derived for the check of each column's type, and the one that stands."""
        for column in self.new.columns:
            before = self.renames.continued_column(self.new.name, column.name, self.old)
            derived = type_check_name(self.new.key, column.key)
            if before and _is_checked(self.old, self.old.column(before)) and _is_checked(self.new, column):
                yield derived, self.old.pinned_name(type_check_name(self.old.key, self.old.column(before).key))
            else:
                yield derived, derived


def _is_checked(table: Table, column: Column) -> bool:
    """Whether the type of a column implies a check on one of the engines."""
    return any(dialect.type_check(table, column) for dialect in (SQLITE, POSTGRES))


def _continued(tables: Mapping[str, Table], held: Schema) -> Iterator[_Pair]:
    schema = Schema(tuple(tables.values()))
    renames = renames_of(held, schema)
    moved = move_tables(held, schema, renames)
    for name, table in tables.items():
        before = renames.continued_table(name, held)
        if before:
            yield _Pair(table, moved[name], held.table(before), renames)


def _relations(new: Table, old: Table) -> Iterator[tuple[str, str]]:
    if new.primary_key and old.primary_key:
        yield new.primary_key.name, old.primary_key.name
    yield from _same(new.uniques, old.uniques)
    yield from _same(new.indexes, old.indexes)


def _constraints(new: Table, old: Table) -> Iterator[tuple[str, str]]:
    yield from _same(new.foreign_keys, old.foreign_keys)
    yield from _same(new.checks, old.checks)


def _same(new: Iterable[Part], old: Iterable[Part]) -> Iterator[tuple[str, str]]:
    """The names, new and held, of what stands for the same."""
    held: defaultdict[Hashable, list[str]] = defaultdict(list)
    for part in old:
        held[_meaning(part)].append(part.name)
    for part in new:
        names = held[_meaning(part)]
        if names:
            yield part.name, names.pop(names.index(part.name) if part.name in names else 0)


def _meaning(part: Part) -> Hashable:
    """What makes an object the same one under another name."""
    match part:
        case Index():
            return part.elements, part.unique, part.where, part.method, part.include, part.only, part.nulls_distinct
        case Unique():
            return part.columns, part.nulls_distinct
        case ForeignKey():
            return part.columns, part.parent, part.parent_columns
        case Check():
            return part.sql


def _settled(names: Names, held: Mapping[str, str], kept: Container[str]) -> dict[str, str]:
    """The derived names that become other ones: those that are held first, then the others in their order."""
    taken = names.taken.keys() - {name.lower() for name in names.derived}
    final: dict[str, str] = {}
    for name, made in names.derived.items():
        was, (plain, hashed) = held.get(name), islice(derived_names(*made), 2)
        if was and was.lower() not in taken and (was in kept or _is_derived(was, plain, hashed)):
            final[name] = was
            taken.add(was.lower())
    for name, made in names.derived.items():
        if name not in final:
            final[name] = next(one for one in derived_names(*made) if one.lower() not in taken)
            taken.add(final[name].lower())
    return {name: settled for name, settled in final.items() if name != settled}


def _is_derived(name: str, plain: str, hashed: str) -> bool:
    return name == plain or name[:-HASH_LENGTH] == hashed[:-HASH_LENGTH]


def _with_kept_names(table: Table, derived: Table, pair: _Pair, context: Context) -> Table:
    """The table that says which of its names are not those that would be derived."""
    names = {**context.relations.derived, **context.constraints[table.key].derived}
    found = []
    for before, part in zip(_parts(derived), _parts(table), strict=True):
        made = names.get(before.name)
        if made and not _is_derived(part.name, *islice(derived_names(*made), 2)):
            found.append((before.name, part.name))
    found += _free_type_checks(table, dict(pair.type_checks()))
    return replace(table, kept_names=tuple(found)) if found else table


def _free_type_checks(table: Table, standing: dict[str, str]) -> list[tuple[str, str]]:
    """The names of type checks that can stay, as nothing else of the table has them."""
    others = {key.name.lower() for key in table.foreign_keys} | {check.name.lower() for check in table.checks}
    while True:
        taken = others | {derived.lower() for derived, name in standing.items() if derived == name}
        lost = [derived for derived, name in standing.items() if derived != name and name.lower() in taken]
        if not lost:
            return [(derived, name) for derived, name in standing.items() if derived != name]
        standing |= {derived: derived for derived in lost}


def _parts(table: Table) -> tuple[Part | PrimaryKey, ...]:
    key: tuple[PrimaryKey, ...] = (table.primary_key,) if table.primary_key else ()
    return (*key, *table.uniques, *table.indexes, *table.foreign_keys, *table.checks)


def _named(table: Table, relations: Mapping[str, str], constraints: Mapping[str, str]) -> Table:
    key = table.primary_key
    return replace(
        table,
        primary_key=key and replace(key, name=relations.get(key.name, key.name)),
        uniques=_each(table.uniques, relations),
        indexes=_each(table.indexes, relations),
        foreign_keys=_each(table.foreign_keys, constraints),
        checks=_each(table.checks, constraints),
    )


def _each(parts: tuple[T, ...], names: Mapping[str, str]) -> tuple[T, ...]:
    return tuple(replace(part, name=names.get(part.name, part.name)) for part in parts)
