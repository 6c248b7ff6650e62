"""What a change means for the engines that run it, in a few words for whoever reviews it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from schemagen.changes import changes as c
from schemagen.changes.attached import ChangeAttached, DropAttached, differs
from schemagen.changes.conversions import conversion_of
from schemagen.changes.renames import mentions
from schemagen.changes.type_changes import type_change
from schemagen.schema.index import Index
from schemagen.schema.model import Check, ForeignKey, PrimaryKey
from schemagen.schema.rule_state import RuleState

from .dialects import POSTGRES, SQLITE
from .postgres import retyping as postgres
from .postgres.columns import fill_of
from .postgres.swaps import Swaps
from .postgres.tables import declared, expression, table_plans
from .sqlite import in_place as sqlite
from .sqlite.alter import rebuilt_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from schemagen.changes.attached import AttachedChange
    from schemagen.changes.diff import Evolution
    from schemagen.schema.model import Column

    from .postgres.tables import TablePlan
    from .standard import StandardDialect


class OnPostgres(StrEnum):
    """What a change does to those who use the table meanwhile."""

    NOTHING = "nothing to do"
    CATALOG = "catalog only"
    ONLINE = "online, in a second migration"
    UNKEPT = "online, in a second migration, until which nothing keeps the rule"
    READS = "reads every row of its partitions under a lock"
    REWRITES = "rewrites the table, or its indexes, under a lock"


_BUILT = frozenset({"constraint", "index"})
"""Kinds of objects for which every row of their table is read."""


def of_attached(change: AttachedChange) -> OnPostgres:
    """What making, changing or dropping a view or an object does to those who use its table."""
    if not differs(change, "postgres"):
        return OnPostgres.NOTHING
    item = change.new if isinstance(change, ChangeAttached) else change.item
    is_built = item.kind in _BUILT and not isinstance(change, DropAttached)
    is_rewritten = item.kind == "option" and (item.sql.postgres or "").upper().endswith("UNLOGGED")
    return OnPostgres.REWRITES if is_built or is_rewritten else OnPostgres.CATALOG


class OnSqlite(StrEnum):
    """How a change is made."""

    NOTHING = "nothing to do"
    IN_PLACE = "in place"
    REBUILD = "rebuild of the table"


class Verdicts:
    """The verdicts on everything in one evolution."""

    def __init__(self, evolution: Evolution) -> None:
        self._plans = {plan.change.new.name: plan for plan in table_plans(evolution)}
        self._swaps = Swaps(evolution, [plan for plan in self._plans.values() if not plan.change.new.partition])
        self.rebuilt = rebuilt_tables(evolution)

    @property
    def unkept(self) -> Mapping[str, Sequence[str]]:
        """The rules, by table, that nothing keeps on PostgreSQL between the two migrations."""
        return self._swaps.unkept

    def on_postgres(self, change: c.AlterTable, part: c.Part) -> OnPostgres:
        """What one part of an altered table does on PostgreSQL."""
        if not _exists(part, POSTGRES):
            return OnPostgres.NOTHING
        return (change.new.partition and _in_partitions(part)) or self._in_table(change, part)

    def _in_table(self, change: c.AlterTable, part: c.Part) -> OnPostgres:  # noqa: PLR0911  (a table of cases)
        plan = self._plans[change.new.name]
        match part:
            case c.ChangeState() | c.AddConstraint() if found := _of_state(part):
                return found
            case c.AddConstraint(Check(name)) if name not in {each.name for each in plan.added}:
                return OnPostgres.NOTHING
            case c.DropConstraint(Check(name)) if name not in {each.name for each in plan.dropped}:
                return OnPostgres.NOTHING
            case c.AddColumn(column):
                return _added(column, plan)
            case c.AlterColumn(old, new):
                return _altered(old, new, plan)
            case c.AddConstraint(named) | c.ReplacePrimaryKey(_, PrimaryKey() as named):
                return self._made(plan, named.name)
            case c.AddIndex(index) | c.DropIndex(index) if index.name in _of_second_step(part, plan):
                return self._made(plan, index.name)
            case c.DropIndex(named) | c.DropConstraint(named) if self._swaps.waits(plan, named.name):
                return OnPostgres.ONLINE
            case c.DropConstraint(named) if named.name in plan.swapped or self._swaps.exchanges(
                change.new.name, named.name
            ):
                return OnPostgres.ONLINE
        return OnPostgres.CATALOG

    def is_added_later(self, table: str, key: ForeignKey) -> bool:
        """Whether a new foreign key of a table waits for a key or index of the second migration."""
        return self._swaps.makes_later(key) or self._swaps.exchanges(table, key.name)

    def _made(self, plan: TablePlan, name: str) -> OnPostgres:
        """How something is made that an index that is there may serve for."""
        table = plan.change.new.name
        if (table, name) in self._swaps.taken:
            return OnPostgres.CATALOG
        return OnPostgres.UNKEPT if name in self.unkept.get(table, ()) else OnPostgres.ONLINE

    def on_sqlite(self, change: c.AlterTable, part: c.Part) -> OnSqlite:
        """How one part of an altered table is made on SQLite."""
        if not _exists(part, SQLITE):
            return OnSqlite.NOTHING
        return OnSqlite.REBUILD if change.new.name in self.rebuilt else OnSqlite.IN_PLACE


def _in_partitions(part: c.Part) -> OnPostgres | None:
    """What a key, an index or a foreign key does in a partitioned table: none is built beside those who write."""
    match part:
        case c.ChangePartition(old, new) if old and new:
            return OnPostgres.NOTHING if bool(old.period) is bool(new.period) else OnPostgres.READS
        case c.AddConstraint(Check()) | c.DropConstraint(Check()):
            return None
        case c.DropIndex() | c.DropConstraint() | c.ReplacePrimaryKey(new=None):
            return OnPostgres.CATALOG
        case c.AddConstraint() | c.AddIndex() | c.ReplacePrimaryKey():
            return OnPostgres.READS
    return None


def untraceable(evolution: Evolution) -> Iterator[tuple[Column, str]]:
    """Converted columns, each with the engine on which a second run could not be distinguished from the first."""
    for change in evolution.altered:
        for column in change.converted:
            if sqlite.leaves_no_trace(change):
                yield column, SQLITE.title
            elif postgres.leaves_no_trace(change.moved.column(column.name), column, change):
                yield column, POSTGRES.title


def _of_second_step(part: c.Part, plan: TablePlan) -> frozenset[str]:
    """The indexes that a second migration makes, or drops."""
    return frozenset(plan.indexes()[2]) if isinstance(part, c.AddIndex) else plan.outgoing | plan.swapped


def _exists(part: c.Part, dialect: StandardDialect) -> bool:
    """Whether an engine has what a part speaks of."""
    match part:
        case (
            c.AddConstraint(Check() as named)
            | c.DropConstraint(Check() as named)
            | c.AddIndex(named)
            | c.DropIndex(named)
        ):
            if isinstance(named, Index):
                return named.is_full_text or dialect.supports(named)
            return named.sql.for_dialect(dialect.name) is not None
        case c.ChangeState(old, new) if dialect is SQLITE:
            return _is_on_sqlite(old) != _is_on_sqlite(new)
        case c.ChangeOptions():
            return dialect is SQLITE
        case c.ChangePartition() | c.ChangePlace():
            return dialect is POSTGRES
    return True


def _of_state(part: c.Part) -> OnPostgres | None:
    """What a rule does that is kept for new rows, or for none, before or after; None of any other."""
    match part:
        case c.ChangeState(_, new):
            return OnPostgres.ONLINE if new.state is RuleState.VALID else OnPostgres.CATALOG
        case c.AddConstraint(Check() | ForeignKey() as new) if new.state is not RuleState.VALID:
            return OnPostgres.CATALOG
    return None


def _is_on_sqlite(rule: Check | ForeignKey) -> bool:
    return rule.enforced if isinstance(rule, ForeignKey) else rule.sql.sqlite is not None


def _added(column: Column, plan: TablePlan) -> OnPostgres:
    if column.virtual:
        return _virtual(column)
    if column.identity or expression(column) is not None:
        return OnPostgres.REWRITES
    if fill_of(column) is not None or _type_check_added(column, plan):
        return OnPostgres.ONLINE
    return OnPostgres.CATALOG


def _virtual(column: Column) -> OnPostgres:
    """What making a virtual column does: nothing is written, but NOT NULL reads every row."""
    return OnPostgres.CATALOG if column.nullable else OnPostgres.ONLINE


def _altered(old: Column, new: Column, plan: TablePlan) -> OnPostgres:
    if new.name in plan.recreated and new.virtual:
        return _virtual(new)
    change = type_change(old.type, new.type)
    if new.name in plan.recreated or change.rewrites or conversion_of(old, new) or old.collation != new.collation:
        return OnPostgres.REWRITES
    tightened = old.nullable and not new.nullable and not plan.change.proof_of_not_null(new.name)
    if tightened or _type_check_added(new, plan) or _is_recomputed(new, plan):
        return OnPostgres.ONLINE
    return OnPostgres.NOTHING if _declaration(old) == _declaration(new) else OnPostgres.CATALOG


def _is_recomputed(column: Column, plan: TablePlan) -> bool:
    """Whether checks or indexes that read a column are recreated because of its type."""
    if column.name not in plan.retyped:
        return False
    checks = [each.definition for each in plan.added if each.kind == "CHECK"]
    return any(mentions(text, [column.name]) for text in checks) or bool(plan.replaced)


def _type_check_added(column: Column, plan: TablePlan) -> bool:
    check = POSTGRES.type_check(plan.change.new, column)
    return check is not None and any(each.name == check.name for each in plan.added)


def _declaration(column: Column) -> tuple[object, ...]:
    numbered = column.identity, column.serial, column.always
    return declared(column), column.nullable, numbered, POSTGRES.default(column), expression(column)
