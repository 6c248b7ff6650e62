"""Derived names that the lock holds: they stay, and what is new gives way to them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from schemagen.model import Check, ForeignKey, Index, Unique
from schemagen.names import HASH_LENGTH, derived_names

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping

    from schemagen.model import Schema, Table

    from .context import Context, Names

Part = Index | Unique | ForeignKey | Check
T = TypeVar("T", Index, Unique, ForeignKey, Check)


def hold_names(tables: Mapping[str, Table], held: Schema, context: Context) -> dict[str, Table]:
    """The tables, where each derived name that the lock has for the same object is that name.

    A derived name that is not in the lock is as without one: plain where nobody has it, else with a hash.
    """
    both = [(table, held.by_name[name]) for name, table in tables.items() if name in held.by_name]
    relations = _settled(context.relations, dict(pair for new, old in both for pair in _relations(new, old)))
    olds = {new.name: old for new, old in both}
    found: dict[str, Table] = {}
    for name, table in tables.items():
        held_here = dict(_constraints(table, olds[name])) if name in olds else {}
        constraints = _settled(context.constraints[name], held_here)
        found[name] = _named(table, relations, constraints) if relations or constraints else table
    return found


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
            return part.elements, part.unique, part.where, part.method, part.include, part.only
        case Unique():
            return part.columns
        case ForeignKey():
            return part.columns, part.parent, part.parent_columns
        case Check():
            return part.sql


def _settled(names: Names, held: Mapping[str, str]) -> dict[str, str]:
    """The derived names that become other ones: those that are held first, then the others in their order."""
    taken = names.taken.keys() - {name.lower() for name in names.derived}
    final: dict[str, str] = {}
    for name, made in names.derived.items():
        was, (plain, hashed) = held.get(name), islice(derived_names(*made), 2)
        if was and was.lower() not in taken and (was == plain or was[:-HASH_LENGTH] == hashed[:-HASH_LENGTH]):
            final[name] = was
            taken.add(was.lower())
    for name, made in names.derived.items():
        if name not in final:
            final[name] = next(one for one in derived_names(*made) if one.lower() not in taken)
            taken.add(final[name].lower())
    return {name: settled for name, settled in final.items() if name != settled}


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
