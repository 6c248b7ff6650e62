"""A change in two halves, for steps that stand between them: what adds comes first, what drops and restricts last.

Between the halves both sides are there: what only one of them has may be NULL, and no rule is new that rows which a
step has still to change might break.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from schemagen.schema.index import Index
from schemagen.schema.model import Check, ForeignKey, Schema, Table, Unique
from schemagen.schema.objects import STANDALONE
from schemagen.schema.ordering import in_creation_order

from .conversions import conversion_of, fill_of_nulls
from .diff import evolve
from .domains import DropDomain
from .renames import Renames, gone_name, mentions
from .type_changes import type_change
from .type_definitions import AlterType, DropType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schemagen.schema.dialect import Sql
    from schemagen.schema.enum_types import EnumType
    from schemagen.schema.model import Column
    from schemagen.schema.objects import OwnObject

    from .diff import Evolution

Rule = TypeVar("Rule", bound=Unique | Check | ForeignKey | Index)

NO_RENAMES = Renames({}, {})


@dataclass(frozen=True, slots=True)
class Gate:
    """A step that has to be complete before what it reads is dropped: its name, and what finds rows that it is not."""

    step: str
    rest: Sql


def first_half(evolution: Evolution) -> Evolution:
    """What leads from the old schema to the one between the halves."""
    return evolve(evolution.old, between(evolution), evolution.renames)


def second_half(evolution: Evolution) -> Evolution:
    """What leads from there to the new schema; its renames have been made."""
    return evolve(between(evolution), evolution.new, NO_RENAMES)


def taken_names(evolution: Evolution) -> tuple[str, ...]:
    """What is dropped while something new takes its name, as ``table`` or ``table.column``: both can't be there."""
    tables = [name for name, after in evolution.new_names.items() if after == gone_name(name)]
    return (
        *tables,
        *(
            f"{before.name}.{one.name}"
            for before, after in zip(evolution.old.tables, evolution.moved.values(), strict=True)
            for one, moved in zip(before.columns, after.columns, strict=True)
            if moved.name == gone_name(one.name)
        ),
    )


def between(evolution: Evolution) -> Schema:
    """The schema that a step finds."""
    old, new = evolution.moved, evolution.new
    needed = _referenced(new.tables)
    tables = {
        table.name: _merged(old[table.name], table, needed)
        if evolution.renames.continued_table(table.name, evolution.old)
        else table
        for table in new.tables
    }
    tables |= {name: table for name, table in old.items() if name not in tables}
    return Schema(
        in_creation_order(tables),
        new.queries,
        new.documents,
        tuple(_types(evolution)),
        _extensions(evolution),
        new.views,
        tuple(_objects(evolution)),
        (*new.domains, *(change.type for change in evolution.types if isinstance(change, DropDomain))),
    )


def _objects(evolution: Evolution) -> Iterator[OwnObject]:
    """Those of both sides, and what views may call; a new trigger or policy comes last, as other rules do."""
    before = {item.name for item in evolution.old.objects}
    yield from (item for item in evolution.new.objects if item.name in before or item.kind in STANDALONE)


def _types(evolution: Evolution) -> Iterator[EnumType]:
    """The types of both sides; one that loses values still has its old ones, which its columns keep as well."""
    losing = {
        change.new.name: replace(change.old, labels=change.moved)
        for change in evolution.types
        if isinstance(change, AlterType) and change.dropped
    }
    yield from (losing.get(type_.name, type_) for type_ in evolution.new.types)
    yield from (change.type for change in evolution.types if isinstance(change, DropType))


def _extensions(evolution: Evolution) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*evolution.old.extensions, *evolution.new.extensions)))


def _referenced(tables: Iterable[Table]) -> set[tuple[str, tuple[str, ...]]]:
    return {(key.parent, key.parent_columns) for table in tables for key in table.declared_foreign_keys}


def _merged(old: Table, new: Table, needed: set[tuple[str, tuple[str, ...]]]) -> Table:
    """A table with the columns of both sides; ``needed`` are the keys to which foreign keys of the new schema lead."""
    columns = (*(_kept_or_added(old, new, column) for column in new.columns), *_dropped(old, new))
    gone = [column.name for column in old.columns if column.name not in new.by_name]
    unfilled = {column.name for column in columns if column.nullable} - {c.name for c in new.columns if c.nullable}
    key = new.primary_key
    is_unfilled = key is not None and bool(unfilled.intersection(key.columns))
    return replace(
        new,
        columns=columns,
        primary_key=old.primary_key if is_unfilled else key,
        uniques=_rules(old.uniques, new.uniques, gone, {c for t, c in needed if t == new.name}),
        checks=_rules(old.checks, new.checks, gone),
        foreign_keys=_rules(old.foreign_keys, new.foreign_keys, gone),
        indexes=_indexes(old, new, gone, {c for t, c in needed if t == new.name}),
        append_only=old.append_only and new.append_only,
        keeps_rows=old.keeps_rows and new.keeps_rows,
        owner=old.owner,  # until the step is complete, each sees what they saw
        kept_names=(*old.kept_names, *new.kept_names),
    )


def _kept_or_added(old: Table, new: Table, column: Column) -> Column:
    """A column of the new table as it can be before the step has run."""
    before = old.by_name.get(column.name)
    if before is None:
        fills = column.nullable or column.default or column.backfill or column.generated or column.identity
        is_key = new.primary_key and column.name in new.primary_key.columns and old.primary_key is None
        return column if fills or is_key else replace(column, nullable=True)
    if type_change(before.type, column.type).verdict and not conversion_of(before, column):
        return replace(before, renamed_from=column.renamed_from, origin=column.origin)
    column = replace(column, immutable=column.immutable and before.immutable)
    if before.nullable and not column.nullable and not fill_of_nulls(before, column):
        return replace(column, nullable=True)
    return column


def _dropped(old: Table, new: Table) -> Iterator[Column]:
    """The columns that go; they may be NULL, as whoever uses the new ones no longer fills them."""
    keys = old.primary_key.columns if old.primary_key else ()
    for column in old.columns:
        if column.name not in new.by_name:
            fills = column.default or column.generated or column.identity or column.name in keys
            yield column if fills else replace(column, nullable=True)


def _rules(
    old: Sequence[Rule], new: Sequence[Rule], gone: Sequence[str], needed: set[tuple[str, ...]] | None = None
) -> tuple[Rule, ...]:
    """Those that the new table has from before or that it needs for a foreign key, and those of columns that go."""
    before = {rule.name: rule for rule in old}
    kept = tuple(rule for rule in new if _stays(rule, before.get(rule.name)) or _is_needed(rule, needed or set()))
    names = {rule.name for rule in new}
    return (*kept, *(rule for rule in old if rule.name not in names and _reads(rule, gone)))


def _stays(rule: Rule, before: Rule | None) -> bool:
    """Whether rows keep a rule already."""
    if isinstance(rule, Check) and isinstance(before, Check):
        return rule.sql == before.sql
    return before is not None


def _is_needed(rule: Unique | Check | ForeignKey | Index, needed: set[tuple[str, ...]]) -> bool:
    return isinstance(rule, (Unique, Index)) and rule.columns in needed


def _indexes(old: Table, new: Table, gone: Sequence[str], needed: set[tuple[str, ...]]) -> tuple[Index, ...]:
    plain = tuple(index for index in new.indexes if not index.unique)
    unique = _rules(old.indexes, tuple(index for index in new.indexes if index.unique), gone, needed)
    names = {index.name for index in plain}
    return (*plain, *(index for index in unique if index.name not in names))


def _reads(rule: Unique | Check | ForeignKey | Index, gone: Sequence[str]) -> bool:
    """Whether a rule names one of the columns that go."""
    if isinstance(rule, Check):
        return any(text and mentions(text, gone) for text in (rule.sql.postgres, rule.sql.sqlite))
    if isinstance(rule, Index):
        texts = [rule.where, *(element.sql for element in rule.elements)]
        named = [*rule.columns, *rule.include]
        written = [text for sql in texts if sql for text in (sql.postgres, sql.sqlite) if text]
        return bool(set(named).intersection(gone)) or any(mentions(text, gone) for text in written)
    return bool(set(rule.columns).intersection(gone))
