"""What a migration on SQLite has to leave as it was: the facts that its guard looks at before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string

from . import facts
from .dialect import SQLITE
from .guard import Fact
from .rebuild import counts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from schemagen.changes.changes import AlterTable
    from schemagen.changes.diff import Evolution
    from schemagen.changes.halves import Gate

    from .rebuild import Rebuild


def invariants(
    evolution: Evolution, rebuild: Rebuild, migration: str, unguarded: Collection[str], gates: Sequence[Gate]
) -> Iterator[Fact]:
    """What has to be as before; none where nothing can be lost and running it again changes nothing.

    Args:
        evolution: what changes.
        rebuild: the tables that are recreated.
        migration: the identifier under which the guard keeps its facts.
        unguarded: tables that may lose rules that no spec knows.
        gates: the steps that have to be complete before anything is dropped.
    """
    yield from map(facts.complete, gates)
    if not _is_dangerous(evolution, rebuild):
        return
    yield from _names_and_shapes(evolution)
    yield from _unknown_dependents(evolution, rebuild, unguarded)
    yield from _rows(rebuild, migration)
    yield from _references(evolution, rebuild)
    yield facts.views_that_work(evolution.old, evolution.new)


def _is_dangerous(evolution: Evolution, rebuild: Rebuild) -> bool:
    if rebuild.leaving or _takes_old_names(evolution):
        return True
    return any(change.dropped_columns for change in evolution.altered)


def _takes_old_names(evolution: Evolution) -> bool:
    """Whether a rename gives a name that another one had: run again, it would not stop by itself."""
    old, renames = evolution.old, evolution.renames
    tables = {name.lower() for name in old.by_name}
    if any(name.lower() in tables for name in renames.tables):
        return True
    return any(
        name.lower() in map(str.lower, old.table(renames.old_table(table)).by_name) for table, name in renames.columns
    )


def _names_and_shapes(evolution: Evolution) -> Iterator[Fact]:
    for table in (*(change.old for change in evolution.altered), *evolution.dropped):
        yield facts.shape(table)
    for table in evolution.created:
        if table.name not in evolution.old.by_name:
            yield facts.absent(table)


def _unknown_dependents(evolution: Evolution, rebuild: Rebuild, unguarded: Collection[str]) -> Iterator[Fact]:
    """What no spec knows and what would go with a table, or change with it."""
    for change in rebuild.tables:
        if change.converted:
            yield facts.unconverted(change, evolution.new)
        yield facts.unmanaged(change.old, evolution.old)
    if guarded := [c.old for c in rebuild.tables if c.old.name not in unguarded]:
        yield facts.rules(guarded, evolution.old)
    for table in (*(change.old for change in rebuild.tables), *evolution.dropped):
        yield facts.unmanaged_children(table, evolution.old)


def _rows(rebuild: Rebuild, migration: str) -> Iterator[Fact]:
    for change in rebuild.tables:
        yield facts.count(f"rows of {change.new.name}", change.old.name, change.new.name)
        if counts(change.old):
            of_table = f"(SELECT seq FROM sqlite_sequence WHERE name = {sql_string(change.old.name)})"
            yield Fact(counter_of(change), of_table, _counter(change, migration))


def counter_of(change: AlterTable) -> str:
    """What the guard calls the counter of a table that is recreated."""
    return f"counter of {change.new.name}"


def _counter(change: AlterTable, migration: str) -> str:
    """The counter as it is found again; one that is not kept any more counts as found."""
    if not counts(change.new):
        where = f"migration = {sql_string(migration)} AND fact = {sql_string(counter_of(change))}"
        return f"(SELECT expected FROM _schemagen_guard WHERE {where})"
    return f"(SELECT seq FROM sqlite_sequence WHERE name = {sql_string(change.new.name)})"


def _references(evolution: Evolution, rebuild: Rebuild) -> Iterator[Fact]:
    """The rows of children that stay, with what they refer to, and that no reference leads nowhere."""
    old_tables = dict(zip(evolution.moved, evolution.old.tables, strict=True))
    seen: set[str] = set()
    for table, key in rebuild.children_outside():
        before = old_tables[table.name]
        if table.name not in seen:
            seen.add(table.name)
            yield facts.count(f"rows of {table.name}", before.name, table.name)
        old_key = before.enforced_foreign_keys[table.enforced_foreign_keys.index(key)]
        was = " AND ".join(f"{SQLITE.quote(name)} IS NOT NULL" for name in old_key.columns)
        now = " AND ".join(f"{SQLITE.quote(name)} IS NOT NULL" for name in key.columns)
        yield Fact(
            f"references {key.name} of {table.name}",
            f"(SELECT count(*) FROM {SQLITE.quote(before.name)} WHERE {was})",
            f"(SELECT count(*) FROM {SQLITE.quote(table.name)} WHERE {now})",
        )
    for name in sorted(seen):
        yield facts.broken(old_tables[name].name, name)
    for change in rebuild.tables:
        if change.new.enforced_foreign_keys:
            yield facts.broken(None, change.new.name)
