"""Keys and unique indexes that change their form: the old rule stands until the new one takes its place.

An index that fits becomes the key at once (PostgreSQL, "ALTER TABLE", ADD table_constraint_using_index). Otherwise the
new one is built aside while others write, and one short transaction drops the old, and the foreign keys that need it,
and adds the new ones.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from schemagen.engines import definitions
from schemagen.schema.index import Nulls

from . import statements as sql
from .dialect import POSTGRES
from .tables import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schemagen.changes.diff import Evolution
    from schemagen.changes.migration import Statement
    from schemagen.engines.definitions import Constraint
    from schemagen.schema.index import Index
    from schemagen.schema.model import ForeignKey, Table

    from .tables import TablePlan


@dataclass(frozen=True)
class Rule:
    """A key or a unique index: what it is called, and its columns; ``constraint`` is None for an index."""

    name: str
    columns: tuple[str, ...]
    constraint: Constraint | None = None
    index: Index | None = None

    @property
    def is_primary(self) -> bool:
        """Whether it is a primary key, of which there is one."""
        return self.constraint is not None and self.constraint.kind == "PRIMARY KEY"

    def is_about(self, other: Rule) -> bool:
        """Whether it may be another form of a rule: it has the same name, a column in common, or both are the key."""
        return (
            self.name == other.name
            or bool(set(self.columns) & set(other.columns))
            or (self.is_primary and other.is_primary)
        )


@dataclass(frozen=True)
class Reference:
    """A foreign key that is dropped with the rule that it needs, and what comes back for it with the new one."""

    table: str
    name: str
    constraint: Constraint | None


@dataclass
class Swap:
    """What of one table changes places in one transaction."""

    plan: TablePlan
    coming: tuple[Rule, ...]
    leaving: tuple[Rule, ...]
    references: tuple[Reference, ...] = ()

    def statements(self) -> Iterator[Statement]:
        """Everything that runs outside the migration's transaction."""
        table = self.plan.change.new
        for rule in self.coming:
            if rule.index:
                yield from sql.create_index_concurrently(table, replace(rule.index, name=self._built(rule)))
            else:
                yield from sql.unique_index_concurrently(
                    table.name, self._built(rule), POSTGRES.quote_all(rule.columns), rule.constraint
                )
        tables = list(dict.fromkeys([table.name, *(each.table for each in self.references)]))
        yield sql.change_places(tables, self._built_aside, list(self._unfinished()), list(self._actions()))
        for each in self.references:
            if each.constraint and each.constraint.is_kept_for_all:
                yield sql.validate(each.table, each.constraint.name)

    @cached_property
    def _taken(self) -> frozenset[str]:
        return frozenset(rule.name for rule in self.leaving)

    def _built(self, rule: Rule) -> str:
        return sql.coming_name(rule.name) if rule.name in self._taken else rule.name

    @property
    def _built_aside(self) -> list[str]:
        return [self._built(rule) for rule in self.coming if rule.name in self._taken]

    def _unfinished(self) -> Iterator[str]:
        """The conditions, of which one holds until they have changed places."""
        table = self.plan.change.new.name
        for rule in self.coming:
            if rule.constraint:
                kind = f"contype = '{rule.constraint.kind[0].lower()}'"
                yield f"NOT {sql.has_constraint(table, rule.name, kind)}"
            if rule.name in self._taken:
                yield sql.differ(table, rule.name)
        keys = {rule.name for rule in self.coming if rule.constraint}
        indexes = {rule.name for rule in self.coming if rule.index}
        for rule in self.leaving:
            if rule.constraint and rule.name not in keys:
                yield sql.has_constraint(table, rule.name)
            elif rule.index and rule.name not in keys | indexes:
                yield f"{sql.regclass(table, rule.name)} IS NOT NULL"

    def _actions(self) -> Iterator[str]:
        table = self.plan.change.new.name
        name = POSTGRES.quote(table)
        yield from (sql.drop_constraint(POSTGRES.quote(each.table), each.name).sql for each in self.references)
        for rule in self.leaving:
            yield (sql.drop_constraint(name, rule.name) if rule.constraint else sql.drop_index(table, rule.name)).sql
        for rule in self.coming:
            if rule.constraint:
                yield sql.add_key(table, rule.constraint, self._built(rule))
            elif rule.name in self._taken:
                yield sql.rename_index(table, self._built(rule), rule.name)
        for each in self.references:
            if each.constraint:
                added = f"{POSTGRES.quote(each.constraint.name)} {sql.unchecked(each.constraint)}"
                yield f"ALTER TABLE {POSTGRES.quote(each.table)} ADD CONSTRAINT {added}"


@dataclass
class Swaps:
    """What stands until something else is there, in all tables; nothing of it in a rollback, which is one transaction.

    ``taken`` are the unique indexes that become keys as they are, by table and the key's name. ``unkept`` are the rules
    that nothing keeps between the two migrations, as an old form of them could not stand until then.
    """

    evolution: Evolution
    plans: Sequence[TablePlan]
    taken: dict[tuple[str, str], str] = field(default_factory=dict)
    of_tables: dict[str, Swap] = field(default_factory=dict)
    unkept: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        """Decide it for every table, then see which foreign keys are left."""
        for plan in self.plans:
            self._plan(plan)
        for plan in self.plans:
            for each in plan.added:
                if each.foreign_key and self._is_unkept(plan, each):
                    self.unkept[plan.change.new.name].append(each.name)

    def stands(self, plan: TablePlan, name: str) -> bool:
        """Whether an old rule is not dropped with everything else: it has been taken over, or waits for another."""
        table = plan.change.new.name
        taken = any(index == name for (owner, _), index in self.taken.items() if owner == table)
        return taken or self.waits(plan, name)

    def waits(self, plan: TablePlan, name: str) -> bool:
        """Whether an old rule goes in an exchange."""
        swap = self.of_tables.get(plan.change.new.name)
        return swap is not None and any(rule.name == name for rule in swap.leaving)

    def makes(self, plan: TablePlan, name: str) -> bool:
        """Whether a key or index is made by the exchange."""
        swap = self.of_tables.get(plan.change.new.name)
        return swap is not None and any(rule.name == name for rule in swap.coming)

    def exchanges(self, table: str, key: str) -> bool:
        """Whether a foreign key of a table goes or comes with the exchange in its parent."""
        found = (each for swap in self.of_tables.values() for each in swap.references)
        return any(
            each.table == table and key in {each.name, each.constraint.name if each.constraint else ""}
            for each in found
        )

    @cached_property
    def _by_table(self) -> dict[str, TablePlan]:
        return {plan.change.new.name: plan for plan in self.plans}

    @cached_property
    def _owners(self) -> dict[str, set[str]]:
        """The tables of the new schema that have a key or index of a name."""
        found: dict[str, set[str]] = {}
        for table in self.evolution.new.tables:
            for name in _relations(table):
                found.setdefault(name, set()).add(table.name)
        return found

    def makes_later(self, key: ForeignKey) -> bool:
        """Whether what a foreign key refers to becomes unique by a second migration alone, so that it has to wait."""
        plan = self._by_table.get(key.parent)
        if plan is None:
            return False
        wanted, table = set(key.parent_columns), key.parent
        made = [set(rule.columns) for rule in coming(plan) if (table, rule.name) not in self.taken]
        kept = [
            set(each.columns)
            for each in definitions.constraints(POSTGRES, plan.change.new, plan.change.new)
            if each not in plan.added or (table, each.name) in self.taken
        ]
        return wanted in made and wanted not in kept

    def _plan(self, plan: TablePlan) -> None:
        table = plan.change.new.name
        self.taken |= {(table, key): index for key, index in _taken_over(plan)}
        own = {name for owner, name in self.taken if owner == table}
        used = {index for (owner, _), index in self.taken.items() if owner == table}
        new = [rule for rule in coming(plan) if rule.name not in own]
        old = [rule for rule in _leaving(plan) if rule.name not in used]
        simple = {rule.name for rule in old if self._is_simple(plan, rule, new)}
        new, old = ([rule for rule in rules if rule.name not in simple] for rules in (new, old))
        old = [rule for rule in old if any(rule.is_about(other) for other in new)]
        standing = [rule for rule in old if self._can_stand(plan, rule)]
        for rule in new:
            if any(rule.is_about(other) for other in old if other not in standing):
                self.unkept[table].append(rule.name)
        if standing and not any(rule.is_primary for rule in old if rule not in standing):
            self.of_tables[table] = Swap(plan, tuple(new), tuple(standing), tuple(self._references(table, standing)))
        elif standing:
            self.unkept[table] += [rule.name for rule in new if rule.name not in self.unkept[table]]

    def _is_simple(self, plan: TablePlan, rule: Rule, new: Sequence[Rule]) -> bool:
        """Whether it becomes another of its name and kind that no foreign key needs: those change places one by one."""
        same = any(other.name == rule.name and bool(other.index) == bool(rule.index) for other in new)
        return same and rule.name in plan.swapped and not any(self._references(plan.change.new.name, [rule]))

    def _can_stand(self, plan: TablePlan, rule: Rule) -> bool:
        """Whether nothing takes an old rule away, or wants its name, before the new one is there."""
        loosened = {old.name for old, new in plan.change.pairs if new.nullable and not old.nullable}
        if rule.constraint and plan.gone & set(rule.columns):
            return False
        if (rule.index and rule.name not in plan.standing) or (rule.is_primary and loosened & set(rule.columns)):
            return False
        renamed = {*plan.renamed, *plan.indexes()[1]}
        return rule.name not in renamed and self._owners.get(rule.name, set()) <= {plan.change.new.name}

    def _references(self, parent: str, leaving: Sequence[Rule]) -> Iterator[Reference]:
        """The foreign keys to columns whose uniqueness leaves, with what comes back for them."""
        lost = [set(rule.columns) for rule in leaving]
        for plan in self.plans:
            for each in plan.dropped:
                key = each.foreign_key
                if key and key.parent == parent and set(key.parent_columns) in lost and not self._is_torn(plan, each):
                    same = (
                        other
                        for other in plan.added
                        if (new := other.foreign_key)
                        and (new.columns, new.parent, new.parent_columns)
                        == (key.columns, key.parent, key.parent_columns)
                    )
                    yield Reference(plan.change.new.name, each.name, next(same, None))

    def _is_torn(self, plan: TablePlan, each: Constraint) -> bool:
        """Whether a column of a foreign key goes or is declared otherwise, so that the key has to go before."""
        key = each.foreign_key
        parent = self._by_table.get(key.parent) if key else None
        here = bool(plan.gone & set(each.columns))
        return here or (parent is not None and key is not None and bool(parent.gone & set(key.parent_columns)))

    def _is_unkept(self, plan: TablePlan, each: Constraint) -> bool:
        """Whether a foreign key is dropped in the transaction and comes back after it."""
        key = each.foreign_key
        if key is None or self.exchanges(plan.change.new.name, each.name):
            return False
        was = any(old.foreign_key and old.foreign_key.columns == key.columns for old in plan.dropped)
        return was and self.makes_later(key)


def _relations(table: Table) -> set[str]:
    found = {index.name for index in table.indexes} | {unique.name for unique in table.uniques}
    return found | ({table.primary_key.name} if table.primary_key else set())


def coming(plan: TablePlan) -> list[Rule]:
    """The keys and unique indexes that a table gets."""
    keys = [Rule(each.name, each.columns, constraint=each) for each in plan.added if each.kind in KEYS]
    made = plan.indexes()[2]
    indexes = POSTGRES.indexes(plan.change.new)
    return keys + [Rule(each.name, each.columns, index=each) for each in indexes if each.unique and each.name in made]


def _leaving(plan: TablePlan) -> list[Rule]:
    keys = [Rule(each.name, each.columns, constraint=each) for each in plan.dropped if each.kind in KEYS]
    dropped = plan.indexes()[0]
    both = zip(plan.change.old.indexes, plan.change.moved.indexes, strict=True)
    indexes = ((old.name, moved) for old, moved in both if old.unique and old.name in dropped)
    return keys + [Rule(name, index.columns, index=index) for name, index in indexes]


def _taken_over(plan: TablePlan) -> Iterator[tuple[str, str]]:
    """The keys that a unique index becomes as it is, each with that index."""
    leaving = [rule for rule in _leaving(plan) if rule.index and rule.name in plan.standing and _fits(rule.index)]
    dropped = {*plan.indexes()[0], *(each.name for each in plan.dropped)}
    null = {old.name for old, _ in plan.change.pairs if old.nullable}
    for key in coming(plan):
        if key.constraint is None or (key.is_primary and null & set(key.columns)):
            continue
        for rule in leaving:
            alike = rule.index and rule.index.nulls_distinct == key.constraint.nulls_distinct
            if alike and rule.columns == key.columns and (key.name == rule.name or key.name not in dropped):
                leaving.remove(rule)
                yield key.name, rule.name
                break


def _fits(index: Index) -> bool:
    """Whether PostgreSQL takes an index for a key: b-tree, no expression or predicate, and the usual order."""
    if index.where or index.include or index.method != "btree":
        return False
    return all(
        each.column and not (each.descending or each.opclass or each.collation or each.nulls is Nulls.FIRST)
        for each in index.elements
    )
