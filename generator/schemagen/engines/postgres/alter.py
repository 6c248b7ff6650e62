"""Changes on PostgreSQL: what is quick in one transaction, what takes long outside of it while others read and write.

Sources: PostgreSQL, "ALTER TABLE" (notes), "CREATE INDEX" (building indexes concurrently), "Explicit Locking".
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from schemagen.changes.domains import DropDomain
from schemagen.changes.migration import Statement
from schemagen.changes.placed import on_postgres
from schemagen.changes.renames import in_order, mentions
from schemagen.changes.type_definitions import AlterType, DropType
from schemagen.engines import attached, definitions, partitions
from schemagen.schema.rule_state import RuleState
from schemagen.schema.triggers import TriggerKind, triggers_of

from . import statements as sql
from .adopted_triggers import drop_adopted
from .columns import column_changes, fill_of
from .dialect import POSTGRES
from .enum_types import after_columns, before_columns, create_schemas
from .gates import gate_statement
from .locks import locked
from .needed_version import needed_version, unenforced_rules
from .prechecks import prechecks
from .recreated import looks_at_recreated
from .swaps import Swaps
from .tables import KEYS, dropped_columns, table_plans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from schemagen.changes.diff import Evolution
    from schemagen.changes.halves import Gate
    from schemagen.engines.definitions import Constraint
    from schemagen.schema.model import ForeignKey, Schema, Table
    from schemagen.schema.objects import Attached
    from schemagen.schema.triggers import Trigger

    from .tables import TablePlan


def postgres_statements(
    evolution: Evolution, *, online: bool = True, gates: Sequence[Gate] = ()
) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    """The statements of the transaction, and those that are to be run one by one after it.

    Args:
        evolution: what changes.
        online: whether others are to read and write meanwhile; if not, everything is in the transaction, as a rollback
            is that has to be whole.
        gates: the steps that have to be complete before anything is dropped.
    """
    evolution = on_postgres(evolution)
    planner = _Planner(evolution, online)
    planner.now += (gate_statement(gate, evolution) for gate in gates)
    planner.plan()
    return planner.transaction(), tuple(planner.later)


@dataclass
class _Planner:
    evolution: Evolution
    online: bool
    now: list[Statement] = field(default_factory=list)
    later: list[Statement] = field(default_factory=list)
    altered: set[str] = field(default_factory=set)
    """The old names of tables that the transaction changes."""
    referenced: set[str] = field(default_factory=set)
    """Those to which it adds foreign keys."""

    @cached_property
    def tables(self) -> tuple[TablePlan, ...]:
        """The altered tables, and those whose foreign keys have to be recreated because of their parents."""
        return table_plans(self.evolution)

    @cached_property
    def swaps(self) -> Swaps:
        """The old rules that stand until new ones are there; none in one transaction."""
        return Swaps(self.evolution, [plan for plan in self.tables if self._is_online(plan)])

    def _is_online(self, plan: TablePlan) -> bool:
        """Whether keys and indexes are made beside those who write; not so in a partitioned table.

        It has no index that is built concurrently, no key that takes one over, and before PostgreSQL 18 no foreign key
        that is NOT VALID ("CREATE INDEX", "ALTER TABLE").
        """
        return self.online and plan.change.new.partition is None

    def plan(self) -> None:
        """Fill the lists."""
        dropped, made = self._triggers()
        self._drop_attached()
        for trigger in dropped:
            self.now += POSTGRES.drop_trigger(trigger, self.evolution.old)
            if self.online and trigger.kind is TriggerKind.ROW_UPDATE:
                self.now.append(drop_adopted(trigger, {item.name for item in self.evolution.new.objects}))
        self._drop()
        self.now += create_schemas(self.evolution.types)
        self._rename()
        self.now += before_columns(self.evolution.types)
        self._make_attached(self._around.early)
        self._of_each_table(lambda plan: self.now.extend(partitions.redivided(POSTGRES, plan.change)))
        self._of_each_table(self._columns)
        self._of_each_table(self._keys)
        self._create()
        self._of_each_table(self._checks)
        self._of_each_table(self._add_indexes)
        self._of_each_table(self._foreign_keys)
        self._of_each_table(self._validate)
        self._late_foreign_keys()
        for trigger in made:
            self.now += POSTGRES.create_trigger(trigger, self.evolution.new)
        self.now += (each for item in self._around.leaving for each in attached.removal(POSTGRES, item))
        self.now += after_columns(self.evolution.types)
        self.altered |= {self.evolution.renames.old_table(trigger.table) for trigger in made}
        self.altered |= {trigger.table for trigger in dropped}
        self._make_attached(self._around.made)

    def transaction(self) -> tuple[Statement, ...]:
        """What runs as a whole: a look at the rows, every lock, and the work."""
        if not self.now:
            return ()
        altered, referenced = (names & self.evolution.old.by_name.keys() for names in (self.altered, self.referenced))
        locks = [locked(altered, referenced)] if altered or len(referenced) > 1 else []
        looks = prechecks(self.evolution, self.tables, online=self.online)
        roles = attached.needed_roles((*self._around.early, *self._around.made))
        recreated = looks_at_recreated(self._around, self.evolution.old)
        version = needed_version(self._unenforced())
        return (sql.LOCK_TIMEOUT, *version, *roles, *recreated, *looks, *locks, *self.now)

    def _unenforced(self) -> Iterator[str]:
        """The rules that PostgreSQL 18 knows, and none before it."""
        yield from (each.name for plan in self.tables for each in plan.added if each.state is RuleState.NOT_ENFORCED)
        yield from (name for table in self.evolution.created for name in unenforced_rules(table))

    def _of_each_table(self, step: Callable[[TablePlan], None], plans: Sequence[TablePlan] | None = None) -> None:
        """A step for each table, and which of them it changes."""
        for plan in self.tables if plans is None else plans:
            before = len(self.now)
            step(plan)
            if len(self.now) > before:
                self.altered.add(plan.change.old.name)

    def _parents(self, keys: Iterable[ForeignKey | None]) -> set[str]:
        """The old names of the tables to which foreign keys lead."""
        return {self.evolution.renames.old_table(key.parent) for key in keys if key}

    # Views and objects of one's own

    @cached_property
    def _around(self) -> attached.Around:
        touched = {plan.change.old.name for plan in self.tables if plan.gone or _loses_its_key(plan)}
        touched |= {table.name for table in self.evolution.dropped}
        types = {each.old.name for each in self.evolution.types if isinstance(each, AlterType) and each.is_rebuilt}
        types |= {each.type.name for each in self.evolution.types if isinstance(each, DropType | DropDomain)}
        return attached.around(self.evolution.old, self.evolution.new, "postgres", touched, types)

    @cached_property
    def _old_attached(self) -> dict[str, Attached]:
        return {item.name: item for item in self.evolution.old.attached}

    def _drop_attached(self) -> None:
        for item in self._around.dropped:
            self.now += attached.removal(POSTGRES, item)
        for item in (item for item in self.evolution.new.attached if item.name in self._around.replaced):
            self.now += attached.set_aside(self._old_attached[item.name], item)
        self._lock_under(self._around.dropped, self.evolution.old)

    def _make_attached(self, items: Iterable[Attached]) -> None:
        for item in items:
            before = self._old_attached[item.name] if item.name in self._around.replaced else None
            altered = tuple(attached.altered(before, item)) if before else ()
            self.now += altered or attached.creation(POSTGRES, item)
        self._lock_under(items, self.evolution.new)

    def _lock_under(self, items: Iterable[Attached], schema: Schema) -> None:
        """Lock the tables that triggers, policies and rules belong to, with the others."""
        beneath = {name for item in items for name in attached.belongs_to(item, schema.by_name)}
        self.altered |= {self.evolution.renames.old_table(name) for name in beneath}

    # What goes

    def _drop(self) -> None:
        self._drop_foreign_keys()
        self.now += (POSTGRES.drop_table(table) for table in self.evolution.dropped)  # first: they refer to keys
        self._of_each_table(self._drop_indexes)
        self._of_each_table(self._drop_constraints)
        self._of_each_table(self._drop_columns)

    def _drop_columns(self, plan: TablePlan) -> None:
        for name in dropped_columns(plan):
            self.now.append(Statement(f"ALTER TABLE {plan.old_name} DROP COLUMN IF EXISTS {POSTGRES.quote(name)}"))

    def _drop_foreign_keys(self) -> None:
        self._of_each_table(self._drop_foreign_keys_of)
        gone = {table.name for table in self.evolution.dropped}
        for table in self.evolution.dropped:
            self.altered |= {table.name, *(key.parent for key in table.declared_foreign_keys)}
            cycles = (key for key in table.declared_foreign_keys if key.parent in gone - {table.name})
            self.now += (sql.drop_constraint(POSTGRES.quote(table.name), key.name) for key in cycles)

    def _drop_foreign_keys_of(self, plan: TablePlan) -> None:
        dropped = [
            each
            for each in plan.dropped
            if each.foreign_key and not self.swaps.exchanges(plan.change.new.name, each.name)
        ]
        self.now += (sql.drop_constraint(plan.old_name, each.name) for each in dropped)
        self.altered |= self._parents(each.foreign_key for each in dropped)

    def _drop_constraints(self, plan: TablePlan) -> None:
        for each in plan.dropped:
            if each.kind != "FOREIGN KEY" and not self._swaps(plan, each.name) and each.name not in self._proofs(plan):
                self.now.append(sql.drop_constraint(plan.old_name, each.name))
            if each.kind in KEYS and not self._is_online(plan):
                self._drop_left_over(plan, each.name)

    def _proofs(self, plan: TablePlan) -> set[str]:
        """The checks that NOT NULL takes the place of: they go when it is there."""
        tightened = (new.name for old, new in plan.change.pairs if old.nullable and not new.nullable)
        return {name for column in tightened if (name := plan.change.proof_of_not_null(column))}

    def _drop_indexes(self, plan: TablePlan) -> None:
        for name in plan.indexes()[0]:
            if not self._is_online(plan):
                self._drop_left_over(plan, name)
            elif not self._swaps(plan, name) and name not in plan.outgoing:
                self.now.append(sql.drop_index(plan.change.old.name, name))

    def _drop_left_over(self, plan: TablePlan, name: str) -> None:
        """The index of a second step that has not come, has come in part, or has come as a whole."""
        keys = {each.name for each in plan.added if each.kind in KEYS}
        table = plan.change.old.name
        self.now.append(sql.drop_loose_index(table, name) if name in keys else sql.drop_index(table, name))
        if name in plan.replaced | plan.crossed:
            self.now.append(sql.drop_index(table, sql.coming_name(name)))

    def _swaps(self, plan: TablePlan, name: str) -> bool:
        """Whether the old one stands until the new one is complete."""
        return self._is_online(plan) and (name in plan.swapped or self.swaps.stands(plan, name))

    # What is called otherwise

    def _rename(self) -> None:
        moved = in_order(self.evolution.renames.tables)
        self.altered |= {before for before, _ in moved}
        for before, after in moved:
            self.now += sql.move("TABLE", before, after)
        order = {after: place for place, (_, after) in enumerate(moved)}  # names of indexes are those of all tables
        plans = sorted(self.tables, key=lambda plan: order.get(plan.change.new.name, -1))
        self._of_each_table(self._rename_parts, plans)

    def _rename_parts(self, plan: TablePlan) -> None:
        columns = {new: old for new, old in plan.change.columns if new != old and new not in plan.recreated}
        for before, after in in_order(columns):
            renamed = f"{POSTGRES.quote(before)} TO {POSTGRES.quote(after)}"
            self.now.append(Statement(f"ALTER TABLE {plan.name} RENAME COLUMN {renamed}"))
        for before, after in in_order(plan.renamed):
            self.now.append(sql.rename_constraint(plan.change.new.name, before, after))
        for before, after in in_order(plan.indexes()[1]):
            renamed = f"{sql.index_name(plan.change.new.name, before)} RENAME TO {POSTGRES.quote(after)}"
            self.now.append(Statement(f"ALTER INDEX IF EXISTS {renamed}"))

    def _columns(self, plan: TablePlan) -> None:
        changes = column_changes(plan, online=self.online)
        self.now += changes.now
        self.later += changes.later

    def _after(self, waits: bool) -> list[Statement]:  # noqa: FBT001
        return self.later if self.online and waits else self.now

    # Constraints and indexes

    def _keys(self, plan: TablePlan) -> None:
        for each in plan.added:
            if each.kind not in KEYS:
                continue
            index = self.swaps.taken.get((plan.change.new.name, each.name))
            if index:
                self.now.append(sql.take_index(plan.change.new.name, each, index))
            elif not self._is_online(plan):
                self.now.append(sql.add_missing(plan.change.new.name, each))
            elif not self.swaps.makes(plan, each.name):
                add = sql.swap_key_concurrently if each.name in plan.swapped else sql.add_key_concurrently
                self.later += add(plan.change.new.name, each, POSTGRES.quote_all(each.columns))
        if plan.change.new.name in self.swaps.of_tables:
            self.later += self.swaps.of_tables[plan.change.new.name].statements()

    def _checks(self, plan: TablePlan) -> None:
        proofs = self._proofs(plan)
        self.now += (sql.drop_constraint(plan.name, each.name) for each in plan.dropped if each.name in proofs)
        filled = [column.name for column in plan.change.added_columns if fill_of(column) is not None]
        for each in plan.added:
            if each.kind == "CHECK":
                self._add_constraint(plan, each, waits=mentions(each.definition, filled))

    def _foreign_keys(self, plan: TablePlan) -> None:
        for each in plan.added:
            if each.foreign_key and not self.swaps.exchanges(plan.change.new.name, each.name):
                waits = self.online and self.swaps.makes_later(each.foreign_key)
                self._add_constraint(plan, each, waits=waits)
                if not waits:
                    self.referenced |= self._parents([each.foreign_key])

    def _add_constraint(self, plan: TablePlan, each: Constraint, *, waits: bool) -> None:
        if not (self.online and (each.kind == "CHECK" or self._is_online(plan))):
            add = sql.add_missing(plan.change.new.name, each) if waits else sql.add_constraint(plan.name, each)
            self._after(waits).append(add)
            return
        add, *validate = sql.add_valid_later(plan.change.new.name, each)
        self._after(waits).append(add)
        self.later += validate

    def _validate(self, plan: TablePlan) -> None:
        after = self._after(waits=True)
        after += (sql.validate(plan.change.new.name, name) for name in plan.validated)

    def _late_foreign_keys(self) -> None:
        """Those of new tables to what is only made outside the transaction."""
        for table in self.evolution.created:
            if any(map(self.swaps.makes_later, table.declared_foreign_keys)):
                for each in definitions.constraints(POSTGRES, table, table):
                    if each.foreign_key and self.swaps.makes_later(each.foreign_key):
                        self.later += sql.add_valid_later(table.name, each)

    def _create(self) -> None:
        schema = self.evolution.new
        self._of_each_table(self._create_indexes, [plan for plan in self.tables if not self._is_online(plan)])
        late: list[tuple[Table, ForeignKey]] = []
        for table in self.evolution.created:
            inline = tuple(
                key
                for key in table.foreign_keys
                if not key.is_declared or not (schema.is_late(table, key) or self.swaps.makes_later(key))
            )
            late += [(table, key) for key in table.declared_foreign_keys if key not in inline]
            self.referenced |= self._parents(
                key for key in table.declared_foreign_keys if not self.swaps.makes_later(key)
            )
            self.now += POSTGRES.create_table(replace(table, foreign_keys=inline), schema)
            self.now += [POSTGRES.create_index(table, index) for index in POSTGRES.indexes(table)]
        for table, key in late:
            if not self.swaps.makes_later(key):
                self.now += POSTGRES.add_foreign_key(table, key)

    def _create_indexes(self, plan: TablePlan) -> None:
        made = plan.indexes()[2]
        self.now += (
            POSTGRES.create_index(plan.change.new, each) for each in plan.change.new.indexes if each.name in made
        )

    def _add_indexes(self, plan: TablePlan) -> None:
        if not self._is_online(plan):
            return
        for name in (name for name in plan.indexes()[2] if not self.swaps.makes(plan, name)):
            index = next(index for index in plan.change.new.indexes if index.name == name)
            add = sql.swap_index_concurrently if name in plan.swapped else sql.create_index_concurrently
            self.later += add(plan.change.new, index)
        self.later += (
            sql.drop_index_concurrently(plan.change.new.name, name)
            for name in plan.indexes()[0]
            if name in plan.outgoing
        )

    # Triggers

    def _triggers(self) -> tuple[list[Trigger], list[Trigger]]:
        old, new = self.evolution.old, self.evolution.new
        dropped: list[Trigger] = []
        made: list[Trigger] = []
        for plan in self.tables:
            change = plan.change
            before = {trigger.name: (trigger, old) for trigger in triggers_of(change.old)}
            after = {trigger.name: (trigger, new) for trigger in triggers_of(change.new)}
            if change.old.name != change.new.name:
                gone, come = [trigger for trigger, _ in before.values()], [trigger for trigger, _ in after.values()]
            else:
                fixed = plan.retyped | plan.recreated  # no such column may stand in the condition of a trigger
                renamed = self.evolution.renamed_columns(change.new)
                gone, come = definitions.changed_triggers(POSTGRES, before, after, fixed, renamed)
            dropped += gone
            made += come
        for table in self.evolution.dropped:
            dropped += triggers_of(table)
        for table in self.evolution.created:
            made += triggers_of(table)
        return dropped, made


def _loses_its_key(plan: TablePlan) -> bool:
    """Whether the primary key goes, on which the GROUP BY of a view may rely."""
    return any(each.kind == "PRIMARY KEY" for each in plan.dropped)
