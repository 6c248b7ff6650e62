"""Changes on SQLite: in place where SQLite can, else by making tables anew (``sqlite_rebuild``)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.changes.migration import Statement
from schemagen.changes.renames import in_order, mentions
from schemagen.engines import attached, definitions
from schemagen.engines.sqlite.dialect import SQLITE
from schemagen.engines.table_layout import inner_comment
from schemagen.schema.triggers import triggers_of
from schemagen.sql.own_statements import made_name

from . import facts
from . import rebuild as sqlite_rebuild
from .guard import Expected, Fact, closing, held, opening
from .rebuild import Rebuild, can_be_added, counts, follows
from .triggers import trigger_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from schemagen.changes.changes import AlterTable
    from schemagen.changes.diff import Evolution
    from schemagen.changes.halves import Gate
    from schemagen.schema.model import Column, Table
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


def leaves_no_trace(change: AlterTable) -> bool:
    """Whether the text of a table stays as it is, so that nothing tells whether values have been converted."""
    return _definitions(change.old, change.moved) == _definitions(change.new, change.new)


def rebuilt_tables(evolution: Evolution) -> tuple[str, ...]:
    """The tables that SQLite has to make anew, by their new names."""
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
        leaving = {change.moved.name: change for change in evolution.altered if not _in_place(change)}
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
        """The tables that are new, and those that are made anew."""
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
        found = tuple(self._facts())
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
        standing = sqlite_rebuild.stand_ins(SQLITE, self.rebuild, self.evolution.new)
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
        """The views and own triggers that go, and are made; what reads a table that SQLite makes anew does both."""
        touched = {change.old.name for change in self.rebuild.tables} | {table.name for table in self.evolution.dropped}
        touched |= {table.name for table, name in self._old_and_moved() if name in self._renamed}
        touched |= {change.old.name for change in self.evolution.altered if _dropped_columns(change)}
        return attached.around(self.evolution.old, self.evolution.new, "sqlite", touched)

    # Facts

    def _facts(self) -> Iterator[Fact]:
        """What has to be as before; none where nothing can be lost and running it again changes nothing."""
        yield from map(facts.complete, self.gates)
        if self._is_dangerous():
            yield from self._of_tables()

    def _of_tables(self) -> Iterator[Fact]:
        for change in self.evolution.altered:
            yield facts.shape(change.old)
        for table in self.evolution.dropped:
            yield facts.shape(table)
        for table in self.evolution.created:
            if table.name not in self.evolution.old.by_name:
                absent = f"(SELECT count(*) FROM sqlite_schema WHERE name = {sql_string(table.name)} COLLATE NOCASE)"
                yield Fact(f"no table {table.name}", "0", absent, early=Expected.FREE_NAMES)
        for change in self.rebuild.tables:
            if change.converted:
                yield facts.unconverted(change, self.evolution.new)
            yield self._strangers(change)
        if guarded := [c.old for c in self.rebuild.tables if c.old.name not in self.unguarded]:
            yield facts.rules(guarded, self.evolution.old)
        for table in (*(change.old for change in self.rebuild.tables), *self.evolution.dropped):
            yield self._stranger_children(table)
        yield from self._rows()
        own = {view.name: None for schema in (self.evolution.old, self.evolution.new) for view in schema.views}
        others = f" AND v.name NOT IN ({', '.join(map(sql_string, own))})" if own else ""
        views = (
            "(SELECT count(DISTINCT v.name) FROM sqlite_schema v JOIN pragma_table_xinfo(v.name) "
            f"WHERE v.type = 'view'{others})"
        )
        yield Fact("views that work", views, views)

    def _is_dangerous(self) -> bool:
        if self.rebuild.leaving or self._takes_old_names():
            return True
        return any(_dropped_columns(change) for change in self.evolution.altered)

    def _takes_old_names(self) -> bool:
        """Whether a rename gives a name that another one had: run again, it would not stop by itself."""
        old, renames = self.evolution.old, self.evolution.renames
        tables = {name.lower() for name in old.by_name}
        if any(name.lower() in tables for name in renames.tables):
            return True
        return any(
            name.lower() in map(str.lower, old.table(renames.old_table(table)).by_name)
            for table, name in renames.columns
        )

    def _strangers(self, change: AlterTable) -> Fact:
        """Triggers and indexes that somebody else made, which would go with the table."""
        known = [name for trigger in triggers_of(change.old) for name in trigger_names(trigger, self.evolution.old)]
        known += [index.name for index in SQLITE.indexes(change.old)]
        known += [
            name
            for own in self.evolution.old.objects
            if own.sql.sqlite and (name := made_name(own.sql.sqlite)) is not None
        ]
        count = (
            f"(SELECT count(*) FROM sqlite_schema WHERE tbl_name = {sql_string(change.old.name)} COLLATE NOCASE "
            "AND type IN ('index', 'trigger') AND sql IS NOT NULL "
            f"AND name NOT IN ({', '.join(map(sql_string, known))}))"
        )
        return Fact(f"no other trigger or index on {change.old.name}", "0", count, early=Expected.NOBODY_ELSES)

    def _stranger_children(self, table: Table) -> Fact:
        """Tables that no spec knows and that refer to this one: their ON DELETE would act on its DROP TABLE."""
        known = {child.name.lower(): None for child, _ in self.evolution.old.children(table.name)}
        names = ", ".join(map(sql_string, {**known, table.name.lower(): None}))
        count = (
            "(SELECT count(*) FROM sqlite_schema AS s JOIN pragma_foreign_key_list(s.name) AS k "
            f"WHERE s.type = 'table' AND lower(k.\"table\") = {sql_string(table.name.lower())} "
            f"AND lower(s.name) NOT IN ({names}))"
        )
        return Fact(f"no other table refers to {table.name}", "0", count, early=Expected.NO_OTHER_CHILDREN)

    def _rows(self) -> Iterator[Fact]:
        old_names = {after: table.name for table, after in self._old_and_moved()}
        for change in self.rebuild.tables:
            yield facts.count(f"rows of {change.new.name}", change.old.name, change.new.name)
            if counts(change.old):
                of_table = f"(SELECT seq FROM sqlite_sequence WHERE name = {sql_string(change.old.name)})"
                yield Fact(f"counter of {change.new.name}", of_table, self._counter(change))
        seen: set[str] = set()
        for table, key in self.rebuild.children_outside():
            before = self.evolution.old.table(old_names[table.name])
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
            yield facts.broken(self.evolution.old.table(old_names[name]).name, name)
        for change in self.rebuild.tables:
            if change.new.enforced_foreign_keys:
                yield facts.broken(None, change.new.name)

    def _counter(self, change: AlterTable) -> str:
        """The counter as it is found again; one that is not kept any more counts as found."""
        if not counts(change.new):
            fact = sql_string(f"counter of {change.new.name}")
            where = f"migration = {sql_string(self.migration)} AND fact = {fact}"
            return f"(SELECT expected FROM _schemagen_guard WHERE {where})"
        return f"(SELECT seq FROM sqlite_sequence WHERE name = {sql_string(change.new.name)})"

    def _old_and_moved(self) -> Iterator[tuple[Table, str]]:
        names = iter(self.evolution.moved)
        yield from zip(self.evolution.old.tables, names, strict=True)

    # Triggers

    def _triggers(self) -> tuple[list[Trigger], list[Trigger]]:
        """Those to drop, and those to make: what has changed, and all of a table that is made anew."""
        old, new = self.evolution.old, self.evolution.new
        dropped: list[Trigger] = []
        made: list[Trigger] = []
        changes = {change.new.name: change for change in (*self.evolution.altered, *self.rebuild.tables)}
        for table in new.tables:
            follows_name = any(key.touch and key.parent in self._renamed for key in table.foreign_keys)
            if follows_name and table.name not in changes and table.name in self.evolution.moved:
                changes[table.name] = self.evolution.unchanged(table.name)
        for change in changes.values():
            before = {trigger.name: (trigger, old) for trigger in triggers_of(change.old)}
            after = {trigger.name: (trigger, new) for trigger in triggers_of(change.new)}
            names = {change.new.name, *(key.parent for key in change.moved.foreign_keys if key.touch)}
            if change.new.name in self._rebuilt or names & self.evolution.renames.tables.keys():
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

    # Structure

    def _renames(self) -> Iterator[Statement]:
        tables = {after: table.name for table, after in self._old_and_moved() if table.name != after}
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
            for column in _dropped_columns(change):
                yield Statement(f"ALTER TABLE {table} DROP COLUMN {SQLITE.quote(column.name)}")
            for column in _added_columns(change):
                yield Statement(f"ALTER TABLE {table} ADD COLUMN {_added(column, change.new)}")

    def _created(self, standing: Mapping[str, Statement]) -> Iterator[Statement]:
        """The tables that are new, and those that are made anew; ``standing`` drops what stands in their place.

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
                f"AND fact = {sql_string(f'counter of {change.new.name}')} AND expected IS NOT NULL"
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


def _definitions(named: Table, defined: Table) -> set[tuple[str, str]]:
    """Everything that stands in CREATE TABLE but the order of it."""
    found = set(definitions.columns(SQLITE, defined).items())
    found |= {(each.name, each.definition) for each in definitions.constraints(SQLITE, named, defined)}
    return found | {("", SQLITE.table_options(defined))}


def _in_place(change: AlterTable) -> bool:
    """Whether the table can be altered where it is: only plain columns come or go."""
    before, after = _definitions(change.old, change.moved), _definitions(change.new, change.new)
    added, dropped = _added_columns(change), _dropped_columns(change)
    come = {(column.name, _column(column, change.new)) for column in added}
    come |= {
        (check.name, f"CHECK ({check.sql})") for column in added if (check := SQLITE.type_check(change.new, column))
    }
    gone = {(column.name, _column(column, change.moved)) for column in dropped}
    if after - before != come or before - after != gone or change.converted or change.renamed_labels:
        return False
    return all(can_be_added(SQLITE, column) for column in added) and all(
        _can_be_dropped(column, change) for column in dropped
    )


def _can_be_dropped(column: Column, change: AlterTable) -> bool:
    """Whether nothing else names a column (SQLite, "ALTER TABLE DROP COLUMN")."""
    table = replace(change.moved, columns=tuple(each for each in change.moved.columns if each != column))
    texts = [definition for _, definition in _definitions(table, table)]
    texts += definitions.indexes(SQLITE, change.moved, change.moved).values()
    return not column.generated and not mentions("\n".join(texts), [column.name])


def _column(column: Column, table: Table) -> str:
    return definitions.columns(SQLITE, table)[column.name]


def _added(column: Column, table: Table) -> str:
    check = SQLITE.type_check(table, column)
    suffix = f" CONSTRAINT {SQLITE.quote(check.name)} CHECK ({check.sql})" if check else ""
    comment = inner_comment(SQLITE.column_comment(column, table))
    return f"{_column(column, table)}{suffix}  {comment}".rstrip()


def _added_columns(change: AlterTable) -> tuple[Column, ...]:
    continued = {name for name, _ in change.columns}
    return tuple(column for column in change.new.columns if column.name not in continued)


def _dropped_columns(change: AlterTable) -> tuple[Column, ...]:
    """The columns that go, as they are called after the renames."""
    continued = {name for name, _ in change.columns}
    return tuple(column for column in change.moved.columns if column.name not in continued)
