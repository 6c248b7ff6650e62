"""(old, new) → ordered changes, without a dialect.

The way back is the same function with the schemas and the renames turned round.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from schemagen.schema.index import Index
from schemagen.schema.model import Check, Column, ForeignKey, Unique
from schemagen.schema.places import PlacedName, place_of
from schemagen.schema.triggers import REFUSING_DELETES, TriggerKind, comes_back, rules_of
from schemagen.schema.types import Enum

from . import changes as c
from .attached import attached_changes
from .conversions import stored_type, without_conversions
from .renames import Renames, in_cycles, mentions, move_tables
from .type_definitions import TypeDefinitionChange, dropped_types, made_types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from schemagen.schema.model import Schema, Table
    from schemagen.schema.triggers import Trigger

    from .changes import Change, ConstraintKind, Part

T = TypeVar("T", Unique, Check, ForeignKey, Index)
S = TypeVar("S", Check, ForeignKey)


@dataclass(frozen=True)
class Evolution:
    """Two schemas and everything that leads from one to the other.

    ``moved`` are the tables of ``old`` under their new names, by those names; what was dropped is among them, under a
    name of its own where its old one is taken.
    """

    old: Schema
    new: Schema
    renames: Renames
    changes: tuple[Change, ...]
    moved: Mapping[str, Table]

    @cached_property
    def created(self) -> tuple[Table, ...]:
        """The new tables, parents first."""
        return tuple(change.table for change in self.changes if isinstance(change, c.CreateTable))

    @cached_property
    def dropped(self) -> tuple[Table, ...]:
        """The tables that are gone, as they were, children first."""
        return tuple(change.table for change in self.changes if isinstance(change, c.DropTable))

    @cached_property
    def altered(self) -> tuple[c.AlterTable, ...]:
        """The tables in which something changes."""
        return tuple(change for change in self.changes if isinstance(change, c.AlterTable))

    @cached_property
    def types(self) -> tuple[TypeDefinitionChange, ...]:
        """What changes among the named types and the extensions."""
        return tuple(change for change in self.changes if isinstance(change, TypeDefinitionChange))

    @cached_property
    def back(self) -> Evolution:
        """What leads back from the new schema to the old one."""
        return evolve(self.new, self.old, self.renames.reversed(), converts=False)

    @property
    def new_names(self) -> Mapping[str, str]:
        """The name of each old table after the renames, in the old order."""
        return dict(zip(self.old.by_name, self.moved, strict=True))

    def renamed_columns(self, table: Table) -> set[str]:
        """The old and new names of what is renamed in a table, or in a parent whose column it touches."""
        owners = {table.name, *(key.parent for key in table.foreign_keys if key.touch or key.set_null)}
        return {name for owner in owners for name in self.renames.of_columns(owner)}

    @property
    def swapping(self) -> tuple[c.AlterTable, ...]:
        """The altered tables whose columns change places: run twice, that would undo itself."""
        return tuple(change for change in self.altered if _swaps_columns(change))

    @property
    def refused_swaps(self) -> tuple[c.AlterTable, ...]:
        """Tables that change places, and those whose columns do so that the table has the same names as before."""
        tables = in_cycles(self.renames.tables)
        same = [change for change in self.swapping if change.old.by_name.keys() == change.new.by_name.keys()]
        return tuple(change for change in self.altered if change.new.name in tables or change in same)

    def unchanged(self, name: str) -> c.AlterTable:
        """A table that stays as it is, as if it were altered: for what has to be recreated because of another one."""
        old = self.old.table(self.renames.old_table(name))
        new = self.new.table(name)
        return c.AlterTable(old, self.moved[name], new, (), _continued(old, new, self.renames))


def evolve(old: Schema, new: Schema, renames: Renames, *, converts: bool = True) -> Evolution:
    """Everything that leads from one schema to another; ``converts`` is false where backfills convert no values."""
    new = new if converts else without_conversions(old, new, renames)
    moved = move_tables(old, new, renames)
    return Evolution(old, new, renames, _diff(old, new, renames, moved), moved)


def diff(old: Schema, new: Schema, renames: Renames) -> tuple[Change, ...]:
    """Every change that leads from one schema to the other.

    Renamed tables come first, then new ones with parents before children, altered ones, and dropped ones with children
    before parents.
    """
    return evolve(old, new, renames).changes


def _diff(old: Schema, new: Schema, renames: Renames, moved: Mapping[str, Table]) -> tuple[Change, ...]:
    renamed = [c.RenameTable(before, after) for after, before in renames.tables.items()]
    continued = {name: before for name in new.by_name if (before := renames.continued_table(name, old))}
    created = [c.CreateTable(table) for table in new.tables if table.name not in continued]
    altered = [
        change
        for table in new.tables
        if table.name in continued
        and (change := _alter(old.table(continued[table.name]), moved[table.name], table, old, new, renames))
    ]
    kept = set(continued.values())
    dropped = [c.DropTable(table) for table in reversed(old.tables) if table.name not in kept]
    types = made_types(old, new, renames)
    own = attached_changes(old, new)
    return (*types, *renamed, *created, *altered, *dropped, *own, *dropped_types(old, new))


def _swaps_columns(change: c.AlterTable) -> bool:
    return bool(in_cycles({new: old for new, old in change.columns if new != old}))


def _continued(old: Table, new: Table, renames: Renames) -> tuple[tuple[str, str], ...]:
    pairs = ((column.name, renames.continued_column(new.name, column.name, old)) for column in new.columns)
    return tuple((name, before) for name, before in pairs if before)


def _alter(
    old: Table, moved: Table, new: Table, old_schema: Schema, new_schema: Schema, renames: Renames
) -> c.AlterTable | None:
    if old == new and not renames.touches(old, new) and not renames.labels:
        before, after = _signatures(old, old_schema), _signatures(new, new_schema)
        if before == after:
            return None
    columns = _continued(old, new, renames)
    parts = (
        *_columns(old, moved, new, dict(columns), renames),
        *_constraints(moved, new),
        *_changed_triggers(old, new, old_schema, new_schema),
        *([c.ChangeOptions(moved.sqlite, new.sqlite)] if moved.sqlite != new.sqlite else []),
        *([c.ChangePartition(moved.partition, new.partition)] if moved.partition != new.partition else []),
        *_places(old, new),
    )
    if not parts and old.name == new.name:
        return None
    return c.AlterTable(old, moved, new, tuple(sorted(parts, key=_phase)), columns)


def _places(old: Table, new: Table) -> Iterator[Part]:
    before, after = place_of(old.name), place_of(new.name)
    if before != after and (isinstance(old.name, PlacedName) or isinstance(new.name, PlacedName)):
        yield c.ChangePlace(before, after)


_PHASES: tuple[type, ...] = (
    c.ChangePlace,
    c.DropTrigger,
    c.DropIndex,
    c.DropConstraint,
    c.DropColumn,
    c.RenameColumn,
    c.RenameConstraint,
    c.RenameLabels,
    c.AddColumn,
    c.AlterColumn,
    c.ReplacePrimaryKey,
    c.ChangeState,
    c.AddConstraint,
    c.AddIndex,
    c.ChangeOptions,
    c.ChangePartition,
    c.AddTrigger,
)


def _phase(part: Part) -> tuple[int, int]:
    """Drops before renames before additions; foreign keys go first and come last."""
    constraint = getattr(part, "constraint", None)
    first = isinstance(part, c.DropConstraint) and isinstance(constraint, ForeignKey)
    last = isinstance(part, c.AddConstraint) and isinstance(constraint, ForeignKey)
    return _PHASES.index(type(part)), -1 if first else 1 if last else 0


def _columns(old: Table, moved: Table, new: Table, continued: Mapping[str, str], renames: Renames) -> Iterator[Part]:
    for column in new.columns:
        if column.name not in continued:
            yield c.AddColumn(column)
            continue
        if continued[column.name] != column.name:
            yield c.RenameColumn(continued[column.name], column.name)
        before = moved.column(column.name)
        if labels := renames.labels_of(before.type.name) if isinstance(before.type, Enum) else ():
            yield c.RenameLabels(column.name, labels)
        if stored(before) != stored(column):
            yield c.AlterColumn(before, column)
    kept = set(continued.values())
    yield from (c.DropColumn(column) for column in old.columns if column.name not in kept)


def stored(column: Column) -> tuple[object, ...]:
    """What of a column is in the table itself; its triggers and its prose are not."""
    return (
        stored_type(column.type),
        column.nullable,
        column.default,
        column.computation,
        column.identity,
        column.serial,
        column.always,
        column.collation,
    )


def _constraints(old: Table, new: Table) -> Iterator[Part]:
    yield from _primary_key(old, new)
    yield from _matched(old.uniques, new.uniques, lambda u: (u.columns, u.nulls_distinct), "unique constraint")
    yield from _with_states(old.checks, new.checks, lambda k: k.sql.postgres, "check")
    yield from _with_states(old.declared_foreign_keys, new.declared_foreign_keys, _key_definition, "foreign key")
    yield from _matched(old.indexes, new.indexes, _index_definition, "index")


def _key_definition(key: ForeignKey) -> object:
    return key.columns, key.parent, key.parent_columns, key.deletion, key.on_update, key.deferrable


def _changed_states(old: Iterable[S], new: Iterable[S], definition: Callable[[S], object]) -> Iterator[c.ChangeState]:
    """Rules that are the same, but for which rows: for all, for new ones, or for none."""
    before = {rule.name: rule for rule in old}
    for rule in new:
        was = before.get(rule.name)
        if was and was.state is not rule.state and definition(was) == definition(rule):
            yield c.ChangeState(was, rule)


def _with_states(
    old: tuple[S, ...], new: tuple[S, ...], definition: Callable[[S], object], kind: ConstraintKind
) -> Iterator[Part]:
    """Differences of rules that have states; ``definition`` is what PostgreSQL's catalog has of one beside it."""
    changed = tuple(_changed_states(old, new, definition))
    names = {change.new.name for change in changed}
    before, after = (tuple(rule for rule in side if rule.name not in names) for side in (old, new))
    yield from changed
    yield from _matched(
        before, after, lambda rule: (rule.sql if isinstance(rule, Check) else definition(rule), rule.state), kind
    )


def _index_definition(index: Index) -> object:
    return index.elements, index.unique, index.where, index.method, index.include, index.only, index.nulls_distinct


def _primary_key(old: Table, new: Table) -> Iterator[Part]:
    before, after = old.primary_key, new.primary_key
    if before and after and before.columns == after.columns:
        if before.name != after.name:
            yield c.RenameConstraint("primary key", before.name, after.name)
    elif before != after:
        yield c.ReplacePrimaryKey(before, after)


def _matched(
    old: tuple[T, ...], new: tuple[T, ...], definition: Callable[[T], object], kind: ConstraintKind
) -> Iterator[Part]:
    """Drops, additions and renames among named parts; the same definition under another name is a rename."""
    before, after = {part.name: part for part in old}, {part.name: part for part in new}
    gone, come = dict(before), dict(after)
    for name in before.keys() & after.keys():
        if definition(before[name]) == definition(after[name]):
            del gone[name], come[name]
    free = {definition(part): name for name, part in reversed(gone.items())}
    for name, part in come.items():
        was = free.pop(definition(part), None)
        if was is not None:
            del gone[was]
            yield c.RenameConstraint(kind, was, name)
        else:
            yield c.AddIndex(part) if isinstance(part, Index) else c.AddConstraint(part)
    for part in gone.values():
        yield c.DropIndex(part) if isinstance(part, Index) else c.DropConstraint(part)


def _signatures(table: Table, schema: Schema) -> dict[str, tuple[Trigger, object]]:
    """Each trigger of a table with everything that its text depends on; those of a full-text index change with it."""
    return {trigger.name: (trigger, _signature(trigger, table, schema)) for trigger in rules_of(table)}


def _signature(trigger: Trigger, table: Table, schema: Schema) -> object:
    key = trigger.foreign_key
    if key and trigger.kind is TriggerKind.SET_NULL:
        return trigger.kind, trigger.table, key.columns, key.parent, key.parent_columns, key.set_null
    if key:
        parent = schema.table(key.parent)
        touched = parent.column(trigger.column)
        names = (key.columns, key.parent, key.parent_columns, comes_back(schema, trigger.table, key.parent))
        return trigger.kind, trigger.table, trigger.column, names, touched.on_row_update, stored_type(touched.type)
    if trigger.kind in {TriggerKind.APPEND_ONLY, *REFUSING_DELETES}:
        return trigger.kind, trigger.table
    column = table.column(trigger.column)
    identity = trigger.kind, trigger.table, trigger.column, stored_type(column.type)
    if trigger.kind is TriggerKind.IMMUTABLE:
        return identity
    # Where several columns are filled, or an expression reads its row, the text names other columns of the table.
    row = tuple((other.name, other.on_row_update, bool(other.generated)) for other in table.columns)
    alone = sum(1 for other in table.columns if other.on_row_update) == 1 and not _reads(column, table)
    return (
        *identity,
        column.on_row_update,
        table.primary_key and table.primary_key.columns,
        None if alone else row,
    )


def _reads(column: Column, table: Table) -> bool:
    texts = (column.on_row_update.postgres, column.on_row_update.sqlite) if column.on_row_update else ()
    return any(mentions(text or "", table.by_name) for text in texts)


def _changed_triggers(old: Table, new: Table, old_schema: Schema, new_schema: Schema) -> Iterator[Part]:
    before, after = _signatures(old, old_schema), _signatures(new, new_schema)
    for name, (trigger, signature) in before.items():
        if name not in after or after[name][1] != signature:
            yield c.DropTrigger(trigger)
    for name, (trigger, signature) in after.items():
        if name not in before or before[name][1] != signature:
            yield c.AddTrigger(trigger)
