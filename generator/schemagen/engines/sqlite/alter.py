"""Changes on SQLite: in place where SQLite can, else by making tables anew (``rebuild``)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.changes.migration import Statement
from schemagen.changes.renames import in_order
from schemagen.engines import attached, definitions
from schemagen.engines.sqlite.dialect import SQLITE
from schemagen.schema.triggers import triggers_of

from . import rebuild as sqlite_rebuild
from .guard import closing, held, opening
from .in_place import added_definition, can_alter
from .invariants import counter_of, invariants
from .rebuild import Rebuild, counts, follows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from schemagen.changes.changes import AlterTable
    from schemagen.changes.diff import Evolution
    from schemagen.changes.halves import Gate
    from schemagen.schema.model import Table
    from schemagen.schema.triggers import Trigger


def sqlite_statements(
    evolution: Evolution, migration: str, unguarded: Collection[str] = (), gates: Sequence[Gate] = ()
) -> tuple[Statement, ...]:
    """The statements that lead from one schema to the other.

    Args:
        evolution: what changes.
        migration: the identifier under which the guard keeps its facts.
        unguarded: tables that may lose rules that no spec knows.
        gates: the steps that have to be complete before anything is dropped.
    """
    return tuple(_Planner(evolution, migration, unguarded, gates).statements())


def rebuilt_tables(evolution: Evolution) -> tuple[str, ...]:
    """The tables that SQLite has to recreate, by their new names."""
    return tuple(change.new.name for change in _Planner(evolution, "").rebuild.tables)


@dataclass(frozen=True)
class _Planner:
    evolution: Evolution
    migration: str
    unguarded: Collection[str] = ()
    gates: Sequence[Gate] = ()

    @cached_property
    def rebuild(self) -> Rebuild:
        """The tables that cannot be altered in place, with those whose rows would follow their keys."""
        evolution = self.evolution
        leaving = {change.moved.name: change for change in evolution.altered if not can_alter(change)}
        gone = {table.name: table for table in self._dropped()}
        live = tuple(evolution.moved.values())
        by_name = {table.name: table for table in live}
        found = True
        while found:
            found = False
            for table in live:
                if table.name in leaving or table.name in gone:
                    continue
                keys = [key for key in table.enforced_foreign_keys if key.parent in leaving or key.parent in gone]
                if any(key.parent in gone or follows(key, by_name[key.parent]) for key in keys):
                    leaving[table.name] = self._altered.get(table.name) or evolution.unchanged(table.name)
                    found = True
        order = [table.name for table in evolution.new.tables if table.name in leaving]
        return Rebuild(tuple(leaving[name] for name in order), tuple(gone.values()), live)

    @cached_property
    def _altered(self) -> Mapping[str, AlterTable]:
        return {change.new.name: change for change in self.evolution.altered}

    @cached_property
    def _rebuilt(self) -> frozenset[str]:
        return frozenset(change.new.name for change in self.rebuild.tables)

    @cached_property
    def _made(self) -> frozenset[str]:
        """The tables that are new, and those that are recreated."""
        return self._rebuilt | {table.name for table in self.evolution.created}

    @cached_property
    def _renamed(self) -> frozenset[str]:
        """The tables of which any name changes, by their new names."""
        renames = self.evolution.renames
        return frozenset(renames.tables) | {table for table, _ in renames.columns}

    def _dropped(self) -> Iterator[Table]:
        """The tables that go, as they are called after the renames."""
        kept = self.evolution.new.by_name
        yield from (table for name, table in self.evolution.moved.items() if name not in kept)

    def statements(self) -> Iterator[Statement]:
        found = tuple(invariants(self.evolution, self.rebuild, self.migration, self.unguarded, self.gates))
        body = (*self._body(),)
        if not body:
            return
        if found:
            yield from opening(self.migration, found)
            yield Statement("PRAGMA defer_foreign_keys = ON")
        yield from held(body)
        if found:
            yield from closing(self.migration, found)

    def _body(self) -> Iterator[Statement]:
        dropped, made = self._triggers()
        for item in (*self._around.dropped, *self._around.leaving):
            yield from attached.removal(SQLITE, item)
        for trigger in dropped:
            yield from SQLITE.drop_trigger(trigger, self.evolution.old)
        yield from self._renames()
        yield from self._in_place()  # ALTER TABLE reads every trigger: the tables that they name must be there
        for table in self.evolution.new.tables:
            if table.name not in self._made:
                yield from self._indexes(table, unique=True)  # foreign keys of the tables that are made may need them
        yield from sqlite_rebuild.copies(SQLITE, self.rebuild)
        lookups = sqlite_rebuild.lookups(SQLITE, self.rebuild)
        yield from lookups.values()
        standing = sqlite_rebuild.placeholder_tables(SQLITE, self.rebuild, self.evolution.new)
        yield from sqlite_rebuild.removals(SQLITE, self.rebuild, standing)
        yield from self._created({name: drop for name, (_, drop) in standing.items()})
        again = sqlite_rebuild.refill_lookups(SQLITE, self.rebuild)
        yield from again.values()
        yield from sqlite_rebuild.refills(SQLITE, self.rebuild)
        yield from sqlite_rebuild.drop_lookups(SQLITE, {**lookups, **again})
        yield from self._counters()
        for table in self.evolution.new.tables:
            yield from self._indexes(table, unique=False)
        for trigger in made:
            yield from SQLITE.create_trigger(trigger, self.evolution.new)
        for item in (*self._around.early, *self._around.made):
            yield from attached.creation(SQLITE, item)

    @cached_property
    def _around(self) -> attached.Around:
        """The views and own triggers that go, and are made; what reads a table that SQLite recreates does both."""
        touched = {change.old.name for change in self.rebuild.tables} | {table.name for table in self.evolution.dropped}
        touched |= {before for before, after in self.evolution.new_names.items() if after in self._renamed}
        touched |= {change.old.name for change in self.evolution.altered if change.dropped_columns}
        return attached.around(self.evolution.old, self.evolution.new, "sqlite", touched)

    # Triggers

    def _triggers(self) -> tuple[list[Trigger], list[Trigger]]:
        """Those to drop, and those to make: what has changed, and all of a table that is recreated."""
        old, new = self.evolution.old, self.evolution.new
        dropped: list[Trigger] = []
        made: list[Trigger] = []
        changes = {change.new.name: change for change in (*self.evolution.altered, *self.rebuild.tables)}
        for table in new.tables:
            touching = [key for key in table.foreign_keys if key.touch or key.set_null]
            follows_name = any(key.parent in self._renamed for key in touching)
            if (
                (follows_name or self._loses_triggers(table))
                and table.name not in changes
                and table.name in self.evolution.moved
            ):
                changes[table.name] = self.evolution.unchanged(table.name)
        for change in changes.values():
            before = {trigger.name: (trigger, old) for trigger in triggers_of(change.old)}
            after = {trigger.name: (trigger, new) for trigger in triggers_of(change.new)}
            names = {change.new.name, *(key.parent for key in change.moved.foreign_keys if key.touch or key.set_null)}
            is_rebuilt = change.new.name in self._rebuilt or self._loses_triggers(change.new)
            if is_rebuilt or names & self.evolution.renames.tables.keys():
                gone, come = [trigger for trigger, _ in before.values()], [trigger for trigger, _ in after.values()]
            else:
                renamed = self.evolution.renamed_columns(change.new)
                gone, come = definitions.changed_triggers(SQLITE, before, after, renamed=renamed)
            dropped += gone
            made += come
        for table in self.evolution.dropped:
            dropped += triggers_of(table)
        for table in self.evolution.created:
            made += triggers_of(table)
        return dropped, made

    def _loses_triggers(self, table: Table) -> bool:
        """Whether triggers of a table stand on another one that is recreated."""
        return any(trigger.stands_on in self._rebuilt for trigger in triggers_of(table))

    # Structure

    def _renames(self) -> Iterator[Statement]:
        tables = {after: before for before, after in self.evolution.new_names.items() if before != after}
        for before, after in in_order(tables):
            yield Statement(f"ALTER TABLE {SQLITE.quote(before)} RENAME TO {SQLITE.quote(after)}")
        changes = {change.new.name: change for change in self.evolution.altered}
        for change in changes.values():
            pairs = zip(change.old.columns, change.moved.columns, strict=True)
            columns = {after.name: before.name for before, after in pairs if before.name != after.name}
            table = SQLITE.quote(change.new.name)
            for before, after in in_order(columns):
                yield Statement(f"ALTER TABLE {table} RENAME COLUMN {SQLITE.quote(before)} TO {SQLITE.quote(after)}")

    def _in_place(self) -> Iterator[Statement]:
        for change in self.evolution.altered:
            if change.new.name in self._rebuilt:
                continue
            before = definitions.indexes(SQLITE, change.old, change.moved)
            after = definitions.indexes(SQLITE, change.new, change.new)
            for name in before:
                if after.get(name) != before[name]:
                    yield Statement(f"DROP INDEX IF EXISTS {SQLITE.quote(name)}")
            table = SQLITE.quote(change.new.name)
            for column in change.dropped_columns:
                yield Statement(f"ALTER TABLE {table} DROP COLUMN {SQLITE.quote(column.name)}")
            for column in change.added_columns:
                yield Statement(f"ALTER TABLE {table} ADD COLUMN {added_definition(column, change.new)}")

    def _created(self, standing: Mapping[str, Statement]) -> Iterator[Statement]:
        """The tables that are new, and those that are recreated; ``standing`` drops what stands in their place.

        Such a DROP TABLE wants to see the tables that are new, and the stand-ins of those that are not made yet.
        """
        yield from (drop for name, drop in standing.items() if name not in self._rebuilt)
        made = [table for table in self.evolution.new.tables if table.name in self._made]
        for table in sorted(made, key=lambda table: table.name in standing):
            if table.name in self._rebuilt and table.name in standing:
                yield standing[table.name]
            yield from SQLITE.create_table(table, self.evolution.new)
            yield from self._indexes(table, unique=True)

    def _counters(self) -> Iterator[Statement]:
        for change in self.rebuild.tables:
            if not (counts(change.old) and counts(change.new)):
                continue
            name = sql_string(change.new.name)
            kept = (
                f"SELECT {name}, expected FROM _schemagen_guard WHERE migration = {sql_string(self.migration)} "
                f"AND fact = {sql_string(counter_of(change))} AND expected IS NOT NULL"
            )
            yield Statement(f"DELETE FROM sqlite_sequence WHERE name = {name}")
            yield Statement(f"INSERT INTO sqlite_sequence (name, seq) {kept}")

    def _indexes(self, table: Table, *, unique: bool) -> Iterator[Statement]:
        """The unique indexes of a table that are not there, or the others."""
        change = self._altered.get(table.name)
        if table.name in self._made:
            before: Mapping[str, str] = {}
        elif change:
            before = definitions.indexes(SQLITE, change.old, change.moved)
        else:
            return
        after = definitions.indexes(SQLITE, table, table)
        for index in SQLITE.indexes(table):
            if index.unique == unique and before.get(index.name) != after[index.name]:
                yield SQLITE.create_index(table, index)
