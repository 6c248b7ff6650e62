"""(old, new) → ordered changes, without a dialect.

The way back is the same function with the schemas and the renames turned round.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from . import changes as c
from .model import Check, Column, ForeignKey, Index, Schema, Sql, Table, Unique
from .triggers import triggers_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .changes import Change, ConstraintKind, Part
    from .triggers import Trigger

T = TypeVar("T", Unique, Check, ForeignKey, Index)


@dataclass(frozen=True, slots=True)
class Renames:
    """New name → old name, of tables, and of columns as (new table, new column) → old column."""

    tables: Mapping[str, str]
    columns: Mapping[tuple[str, str], str]

    def reversed(self) -> Renames:
        """The same renames seen from the other side."""
        return Renames(
            {old: new for new, old in self.tables.items()},
            {(self.tables.get(table, table), old): new for (table, new), old in self.columns.items()},
        )


def renames_of(old: Schema, new: Schema) -> Renames:
    """The renames that the new schema asks for and the old one can follow; any other ``renamed_from`` is stale."""
    tables = {
        table.name: table.renamed_from
        for table in new.tables
        if table.renamed_from and table.renamed_from in old.by_name and table.name not in old.by_name
    }
    columns: dict[tuple[str, str], str] = {}
    for table in new.tables:
        before = old.by_name.get(tables.get(table.name, table.name))
        for column in table.columns if before else ():
            was = column.renamed_from
            if before and was and was in before.by_name and column.name not in before.by_name:
                columns[table.name, column.name] = was
    return Renames(tables, columns)


def diff(old: Schema, new: Schema, renames: Renames) -> tuple[Change, ...]:
    """Every change that leads from one schema to the other, in an order in which each is valid.

    Renamed tables come first, then new tables in creation order, then altered ones, and dropped tables last with
    children before their parents.
    """
    renamed = [c.RenameTable(before, after) for after, before in renames.tables.items()]
    kept = {table.name: renames.tables.get(table.name, table.name) for table in new.tables}
    created = [c.CreateTable(table) for table in new.tables if kept[table.name] not in old.by_name]
    altered = []
    continued = set(kept.values())
    for table in new.tables:
        before = old.by_name.get(kept[table.name])
        if before is not None:
            change = _alter(before, table, old, new, renames)
            if change:
                altered.append(change)
    dropped = [c.DropTable(table) for table in reversed(old.tables) if table.name not in continued]
    return (*renamed, *created, *altered, *dropped)


def _alter(old: Table, new: Table, old_schema: Schema, new_schema: Schema, renames: Renames) -> c.AlterTable | None:
    names = {
        column.name: renames.columns.get((new.name, column.name), column.name)
        for column in new.columns
        if renames.columns.get((new.name, column.name), column.name) in old.by_name
    }
    moved = _renamed(old, new.name, {before: after for after, before in names.items()}, renames)
    parts = (
        *_dropped_triggers(old, new, old_schema, new_schema),
        *_constraints(moved, new),
        *_columns(moved, new, names),
        *_added_triggers(old, new, old_schema, new_schema),
        *_options(old, new),
    )
    ordered = tuple(sorted(parts, key=_phase))
    return c.AlterTable(old, new, ordered, tuple(names.items())) if ordered else None


_PHASES: tuple[type, ...] = (
    c.DropTrigger,
    c.DropIndex,
    c.DropConstraint,
    c.RenameColumn,
    c.RenameConstraint,
    c.AddColumn,
    c.AlterColumn,
    c.ReplacePrimaryKey,
    c.DropColumn,
    c.AddConstraint,
    c.AddIndex,
    c.ChangeOptions,
    c.AddTrigger,
)


def _phase(part: Part) -> tuple[int, int]:
    """Drops before renames before additions; foreign keys go first and come last."""
    constraint = getattr(part, "constraint", None)
    first = isinstance(part, c.DropConstraint) and isinstance(constraint, ForeignKey)
    last = isinstance(part, c.AddConstraint) and isinstance(constraint, ForeignKey)
    return _PHASES.index(type(part)), -1 if first else 1 if last else 0


def _renamed(old: Table, name: str, columns: dict[str, str], renames: Renames) -> Table:
    """The old table under the new names, so that what is only renamed compares equal."""
    tables = {before: after for after, before in renames.tables.items()}
    parents = {
        (old_table, before): after
        for (table, after), before in renames.columns.items()
        for old_table in (renames.tables.get(table, table),)
    }

    def many(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(columns.get(each, each) for each in names)

    def sql(text: Sql | None) -> Sql | None:
        return _rename_in_sql(text, columns)

    return replace(
        old,
        name=name,
        columns=tuple(_renamed_column(column, columns) for column in old.columns),
        primary_key=old.primary_key and replace(old.primary_key, columns=many(old.primary_key.columns)),
        foreign_keys=tuple(
            replace(
                key,
                columns=many(key.columns),
                parent=tables.get(key.parent, key.parent),
                parent_columns=tuple(parents.get((key.parent, each), each) for each in key.parent_columns),
            )
            for key in old.foreign_keys
        ),
        uniques=tuple(replace(unique, columns=many(unique.columns)) for unique in old.uniques),
        checks=tuple(replace(check, sql=_rename_in_sql(check.sql, columns) or check.sql) for check in old.checks),
        indexes=tuple(
            replace(
                index,
                elements=tuple(
                    replace(e, column=e.column and columns.get(e.column, e.column), sql=sql(e.sql))
                    for e in index.elements
                ),
                where=sql(index.where),
                include=many(index.include),
            )
            for index in old.indexes
        ),
    )


def _renamed_column(column: Column, columns: Mapping[str, str]) -> Column:
    name = columns.get(column.name, column.name)
    return replace(column, name=name, generated=_rename_in_sql(column.generated, columns))


_TOKEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[A-Za-z_][A-Za-z0-9_$]*|.", re.DOTALL)


def _rename_in_sql(sql: Sql | None, columns: Mapping[str, str]) -> Sql | None:
    """SQL with columns under their new names; literals stay, quoted names are renamed inside their quotes."""
    changed = {before: after for before, after in columns.items() if before != after}
    if sql is None or not changed:
        return sql

    def token(match: re.Match[str]) -> str:
        text = match[0]
        if text.startswith('"'):
            return f'"{changed.get(text[1:-1], text[1:-1])}"'
        return changed.get(text, text)

    def whole(text: str | None) -> str | None:
        return text and _TOKEN.sub(token, text)

    return Sql(whole(sql.postgres), whole(sql.sqlite))


def _columns(old: Table, new: Table, names: Mapping[str, str]) -> Iterator[Part]:
    for column in new.columns:
        before = old.by_name.get(column.name) if column.name in names else None
        if before is None:
            yield c.AddColumn(column)
            continue
        if names[column.name] != column.name:
            yield c.RenameColumn(names[column.name], column.name)
        if _stored(before) != _stored(column):
            yield c.AlterColumn(before, column)
    continued = set(names)
    for column in old.columns:
        if column.name not in continued:
            yield c.DropColumn(column)


def _stored(column: Column) -> tuple[object, ...]:
    """What of a column is in the table itself; its triggers and its prose are not."""
    return column.type, column.nullable, column.default, column.generated, column.identity, column.collation


def _constraints(old: Table, new: Table) -> Iterator[Part]:
    yield from _primary_key(old, new)
    yield from _matched(
        {u.name: u for u in old.uniques}, {u.name: u for u in new.uniques}, lambda u: u.columns, "unique constraint"
    )
    yield from _matched({k.name: k for k in old.checks}, {k.name: k for k in new.checks}, lambda k: k.sql, "check")
    yield from _matched(
        {k.name: k for k in old.enforced_foreign_keys},
        {k.name: k for k in new.enforced_foreign_keys},
        _key_definition,
        "foreign key",
    )
    yield from _matched({i.name: i for i in old.indexes}, {i.name: i for i in new.indexes}, _index_definition, "index")


def _key_definition(key: ForeignKey) -> object:
    return key.columns, key.parent, key.parent_columns, key.on_delete, key.on_update, key.deferrable


def _index_definition(index: Index) -> object:
    return index.elements, index.unique, index.where, index.method, index.include, index.only


def _primary_key(old: Table, new: Table) -> Iterator[Part]:
    before, after = old.primary_key, new.primary_key
    if before and after and before.columns == after.columns:
        if before.name != after.name:
            yield c.RenameConstraint("primary key", before.name, after.name)
    elif before != after:
        yield c.ReplacePrimaryKey(before, after)


def _matched(
    old: dict[str, T], new: dict[str, T], definition: Callable[[T], object], kind: ConstraintKind
) -> Iterator[Part]:
    """Drops, additions and renames among named parts; the same definition under another name is a rename."""
    gone = {name: part for name, part in old.items() if name not in new or definition(part) != definition(new[name])}
    come = {name: part for name, part in new.items() if name not in old or definition(part) != definition(old[name])}
    by_definition: dict[object, str] = {}
    for name, part in gone.items():
        if name not in new:
            by_definition.setdefault(definition(part), name)
    for name, part in come.items():
        before = by_definition.pop(definition(part), None) if name not in old else None
        if before is not None:
            del gone[before]
            yield c.RenameConstraint(kind, before, name)
        elif isinstance(part, Index):
            yield c.AddIndex(part)
        else:
            yield c.AddConstraint(part)
    for part in gone.values():
        yield c.DropIndex(part) if isinstance(part, Index) else c.DropConstraint(part)


def _signatures(table: Table, schema: Schema) -> dict[str, tuple[Trigger, object]]:
    """Each trigger of a table with everything that its text depends on."""
    found: dict[str, tuple[Trigger, object]] = {}
    for trigger in triggers_of(table):
        column = table.by_name.get(trigger.column) if not trigger.foreign_key else None
        key = trigger.foreign_key
        parent = schema.by_name.get(key.parent) if key else None
        touched = parent.by_name.get(trigger.column) if parent else None
        found[trigger.name] = (
            trigger,
            (
                trigger.table,
                trigger.kind,
                trigger.column,
                column and (column.on_row_update, column.type),
                key and (key.columns, key.parent, key.parent_columns),
                touched and (touched.on_row_update, touched.type),
                table.primary_key and table.primary_key.columns,
                table.sqlite,
            ),
        )
    return found


def _dropped_triggers(old: Table, new: Table, old_schema: Schema, new_schema: Schema) -> Iterator[Part]:
    after = _signatures(new, new_schema)
    for name, (trigger, signature) in _signatures(old, old_schema).items():
        if name not in after or after[name][1] != signature:
            yield c.DropTrigger(trigger)


def _added_triggers(old: Table, new: Table, old_schema: Schema, new_schema: Schema) -> Iterator[Part]:
    before = _signatures(old, old_schema)
    for name, (trigger, signature) in _signatures(new, new_schema).items():
        if name not in before or before[name][1] != signature:
            yield c.AddTrigger(trigger)


def _options(old: Table, new: Table) -> Iterator[Part]:
    if old.sqlite != new.sqlite:
        yield c.ChangeOptions(old.sqlite, new.sqlite)
