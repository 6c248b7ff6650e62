"""What becomes of each table on PostgreSQL: which constraints and indexes go, come, last, or are only renamed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from schemagen.changes.conversions import conversion_of
from schemagen.changes.renames import mentions
from schemagen.changes.type_definitions import is_rebuilt
from schemagen.engines import definitions
from schemagen.engines.postgres.dialect import POSTGRES
from schemagen.sql.own_statements import made_name

from . import statements as sql
from .dialect import declared_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schemagen.changes.changes import AlterTable
    from schemagen.changes.diff import Evolution
    from schemagen.engines.definitions import Constraint, ConstraintKind
    from schemagen.schema.index import Index
    from schemagen.schema.model import Column, ForeignKey, Schema, Table

KEYS: frozenset[ConstraintKind] = frozenset({"PRIMARY KEY", "UNIQUE"})


@dataclass
class TablePlan:
    """One altered table: what of it goes, comes, is renamed or recreated."""

    change: AlterTable
    recreated: frozenset[str]
    """Columns that are dropped and added again: PostgreSQL cannot alter their expression."""
    retyped: frozenset[str]
    """Columns that are declared otherwise, or whose values are converted."""
    claimed: frozenset[str] = frozenset()
    """The names that objects of the author's own take."""
    dropped: list[Constraint] = field(default_factory=list)
    added: list[Constraint] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    validated: list[str] = field(default_factory=list)
    """The constraints that were kept for new rows alone, and are for all from now on."""

    @property
    def name(self) -> str:
        """The table's name in SQL, after the renames."""
        return POSTGRES.quote(self.change.new.name)

    @property
    def old_name(self) -> str:
        """Its name before."""
        return POSTGRES.quote(self.change.old.name)

    def indexes(self) -> tuple[list[str], dict[str, str], list[str]]:
        """The names of indexes to drop, those to rename (new → old), and those to make."""
        change = self.change
        before = definitions.indexes(POSTGRES, change.old, change.moved)
        after = definitions.indexes(POSTGRES, change.new, change.new)
        # ALTER COLUMN … TYPE would build them anew under its lock, with casts or not at all
        computed = {
            old.name
            for old, index in zip(change.old.indexes, change.moved.indexes, strict=True)
            if (expressions := _expressions(index))
            and (self.retyped.intersection(index.columns) or mentions(expressions, self.retyped))
        }
        lasting = {
            name: text for name, text in before.items() if name not in computed and not mentions(text, self.recreated)
        }
        kept = {name for name, text in after.items() if lasting.get(name) == text}
        free = {text: name for name, text in lasting.items() if name not in kept}
        renamed = {name: free.pop(text) for name, text in after.items() if name not in kept and text in free}
        dropped = [name for name in before if name not in kept and name not in renamed.values()]
        return dropped, renamed, [name for name in after if name not in kept and name not in renamed]

    @cached_property
    def replaced(self) -> frozenset[str]:
        """The names of keys, and of indexes, that become other ones of the same name."""
        dropped, _, made = self.indexes()
        keys = {each.name for each in self.dropped if each.kind in KEYS}
        return frozenset(
            set(dropped).intersection(made)
            | {each.name for each in self.added if each.kind in KEYS and each.name in keys}
        )

    @cached_property
    def crossed(self) -> frozenset[str]:
        """The names of keys that become indexes of the same name, and of indexes that become keys."""
        dropped, _, made = self.indexes()
        old_keys = {each.name for each in self.dropped if each.kind in KEYS}
        new_keys = {each.name for each in self.added if each.kind in KEYS}
        return frozenset((old_keys & set(made)) | (new_keys & set(dropped)))

    @cached_property
    def swapped(self) -> frozenset[str]:
        """Those of them whose old one can stand until the new one is there.

        It cannot where a column of it goes, is declared otherwise, or is to be nullable in a primary key.
        """
        change = self.change
        loosened = {old.name for old, new in change.pairs if new.nullable and not old.nullable}
        keys = {each.name for each in self.dropped if not (self.gone | loosened) & set(each.columns)}
        return self.replaced & (keys | self.standing)

    @cached_property
    def outgoing(self) -> frozenset[str]:
        """The indexes that are dropped after all else, and without a lock: queries may go over to others by then."""
        unique = {index.name for index in self.change.old.indexes if index.unique}
        return (frozenset(self.indexes()[0]) & self.standing) - self.replaced - unique - self.claimed

    @cached_property
    def gone(self) -> frozenset[str]:
        """The columns, by their new names, that go or are declared otherwise."""
        return frozenset(column.name for column in self.change.dropped_columns) | self.recreated | self.retyped

    @cached_property
    def standing(self) -> frozenset[str]:
        """The old indexes that nothing else takes away."""
        before = definitions.indexes(POSTGRES, self.change.old, self.change.moved)
        return frozenset(name for name, text in before.items() if not mentions(text, self.gone))


def table_plans(evolution: Evolution) -> tuple[TablePlan, ...]:
    """The altered tables, and those whose foreign keys have to be recreated because of their parents."""
    changes = {change.new.name: change for change in evolution.altered}
    recreated = {name: recreated_columns(change) for name, change in changes.items()}
    claimed = frozenset(_claimed(evolution.new))
    plans = {
        name: TablePlan(change, recreated[name], retyped_columns(change), claimed) for name, change in changes.items()
    }
    gone = {name: lost_keys(change) for name, change in changes.items()}
    for table in evolution.new.tables:
        if any(key.parent in changes for key in table.declared_foreign_keys) and table.name in evolution.moved:
            moved = evolution.moved[table.name]
            if table.name not in plans and any(
                _is_broken(key, moved, plans, gone) for key in moved.declared_foreign_keys
            ):
                plans[table.name] = TablePlan(evolution.unchanged(table.name), frozenset(), frozenset())
    for plan in plans.values():
        _match(plan, plans, gone)
    return tuple(plans.values())


def _claimed(schema: Schema) -> Iterator[str]:
    """The names of indexes and constraints that are objects."""
    for item in schema.objects:
        if item.kind in {"constraint", "index"} and item.sql.postgres and (name := made_name(item.sql.postgres)):
            yield name


def _is_broken(
    key: ForeignKey, table: Table, plans: Mapping[str, TablePlan], gone: Mapping[str, list[frozenset[str]]]
) -> bool:
    """Whether a foreign key cannot outlive what is done to its columns, or to its parent's."""
    own, parent = plans.get(table.name), plans.get(key.parent)
    if own and (own.recreated | own.retyped) & set(key.columns):
        return True
    if parent and (parent.recreated | parent.retyped) & set(key.parent_columns):
        return True
    return frozenset(key.parent_columns) in gone.get(key.parent, [])


def _match(plan: TablePlan, plans: Mapping[str, TablePlan], gone: Mapping[str, list[frozenset[str]]]) -> None:
    """Pair the constraints by name and definition."""
    change = plan.change
    before = {each.name: each for each in definitions.constraints(POSTGRES, change.old, change.moved)}
    after = {each.name: each for each in definitions.constraints(POSTGRES, change.new, change.new)}

    def lasts(each: Constraint) -> bool:
        if each.foreign_key:
            return not _is_broken(each.foreign_key, change.moved, plans, gone)
        if each.kind == "CHECK":  # ALTER COLUMN … TYPE would read the whole table for it, under its lock
            return not mentions(each.definition, plan.recreated | plan.retyped)
        return not set(each.columns) & plan.recreated

    kept = {
        name
        for name in before.keys() & after.keys()
        if before[name].definition == after[name].definition and lasts(before[name])
    }
    plan.validated = [
        name
        for name in before.keys() & after.keys()
        if before[name].definition == sql.unchecked(after[name]) != after[name].definition and lasts(before[name])
    ]
    kept |= set(plan.validated)
    free = {each.definition: name for name, each in before.items() if name not in kept and lasts(each)}
    for name, each in after.items():
        if name in kept:
            continue
        was = free.pop(each.definition, None)
        if was is None:
            plan.added.append(each)
        else:
            plan.renamed[name] = was
    renamed = set(plan.renamed.values())
    plan.dropped = [each for name, each in before.items() if name not in kept and name not in renamed]


def expression(column: Column) -> str | None:
    """The expression of a generated column on PostgreSQL."""
    return column.generated.postgres if column.generated else None


def declared(column: Column) -> tuple[str, str | None]:
    """Type and collation as they are declared."""
    return declared_type(column.type), column.collation


def retyped_columns(change: AlterTable) -> frozenset[str]:
    """The columns that are declared otherwise, or whose values are converted."""
    return frozenset(
        new.name
        for old, new in change.pairs
        if declared(old) != declared(new) or is_rebuilt(old.type, new.type) or conversion_of(old, new)
    )


def recreated_columns(change: AlterTable) -> frozenset[str]:
    """Columns whose expression is another one, or that read a column whose type changes or that is gone.

    A virtual one that is to keep its values is among them: DROP EXPRESSION has no such form ("ALTER TABLE").
    """
    moving = retyped_columns(change)
    return frozenset(
        new.name
        for old, new in change.pairs
        if (old.virtual and expression(new) is None)
        or (
            (text := expression(new)) is not None
            and ((text, new.virtual) != (expression(old), old.virtual) or new.name in moving or mentions(text, moving))
        )
    )


def lost_keys(change: AlterTable) -> list[frozenset[str]]:
    """The column sets whose uniqueness is dropped, so that foreign keys to them have to be recreated."""
    lost = []
    before, after = change.moved.primary_key, change.new.primary_key
    if before and (after is None or before.columns != after.columns):
        lost.append(frozenset(before.columns))
    kept = {(unique.columns, unique.nulls_distinct) for unique in change.new.uniques}
    lost += [
        frozenset(each.columns) for each in change.moved.uniques if (each.columns, each.nulls_distinct) not in kept
    ]
    texts = set(definitions.indexes(POSTGRES, change.new, change.new).values())
    before_texts = definitions.indexes(POSTGRES, change.old, change.moved)
    for was, index in zip(change.old.indexes, change.moved.indexes, strict=True):
        if index.unique and before_texts.get(was.name) not in texts:
            lost.append(frozenset(index.columns))
    return lost


def _expressions(index: Index) -> str:
    """What PostgreSQL computes for an index: its predicate and its expressions."""
    parts = [index.where, *(element.sql for element in index.elements)]
    return "\n".join(part.postgres for part in parts if part and part.postgres)


def dropped_columns(plan: TablePlan) -> list[str]:
    """The old names of columns to drop: those with expressions first, because they read the others."""
    change = plan.change
    new_names = {old: new for new, old in change.columns}
    gone = [
        column
        for column in change.old.columns
        if column.name not in new_names or new_names[column.name] in plan.recreated
    ]
    return [column.name for column in sorted(gone, key=lambda column: expression(column) is None)]
