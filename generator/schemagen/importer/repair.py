"""The SQL that would bring a live database to the specs; it is told, never run.

The live schema is the specs' own, but for the parts that differ, which are imported: so nothing is planned for what a
catalogue cannot show, or for what an import would say in other words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from schemagen.diagnostics import SchemagenError
from schemagen.diff import evolve
from schemagen.model import Schema
from schemagen.names import bounded_name
from schemagen.plan_next import next_steps
from schemagen.renames import renames_of
from schemagen.safety import losses
from schemagen.triggers import Trigger, TriggerKind, triggers_of

from .importing import import_catalog
from .proof import schema_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from schemagen.migration import Migration, Step
    from schemagen.model import Column, DialectName, Table
    from schemagen.safety import Loss
    from schemagen.verify.catalog import Catalog
    from schemagen.verify.compare import CatalogDifference

_KINDS = {
    "foreign key ": "foreign_keys",
    "unique constraint ": "uniques",
    "check ": "checks",
    "index ": "indexes",
}
_FIELDS = {
    "type": ("type",),
    "nullable": ("nullable",),
    "default": ("default",),
    "generated": ("generated",),
    "virtual": ("generated",),
    "identity": ("identity",),
    "collation": ("collation",),
}


@dataclass(frozen=True, slots=True)
class Repair:
    """What would bring a database to the specs.

    ``sql`` is empty while ``refused`` names losses that are not allowed; ``unplanned`` are differences that no
    migration of ours makes go away.
    """

    sql: str = ""
    refused: tuple[Loss, ...] = ()
    unplanned: tuple[CatalogDifference, ...] = ()


def repair(live: Catalog, wanted: Schema, found: Sequence[CatalogDifference], allow: Collection[str] = ()) -> Repair:
    """Plan the way from a live database to a schema.

    Args:
        live: the database's catalogue.
        wanted: what the specs say.
        found: how the two differ.
        allow: what may be lost, in the words of the refusals.
    """
    if not found:
        return Repair()
    try:
        imported = schema_of(import_catalog(live).files) if live.tables else Schema()
    except SchemagenError:  # the differences are told all the same
        return Repair(unplanned=tuple(found))
    mapped = _Live(wanted, imported)
    old = mapped.schema(found)
    unplanned = tuple(mapped.unplanned)
    evolution = evolve(old, wanted, renames_of(old, wanted))
    needed = losses(evolution)
    refused = tuple(loss for loss in needed if loss.allow not in allow)
    if refused:
        return Repair(refused=refused, unplanned=unplanned)
    return Repair(_script(next_steps(evolution, 1, needed), live.dialect), (), unplanned)


class _Live:
    """The schema of the live database, made from the specs' and the imported one."""

    def __init__(self, wanted: Schema, imported: Schema) -> None:
        self._wanted = wanted
        self._imported = imported
        self.unplanned: list[CatalogDifference] = []

    def schema(self, found: Iterable[CatalogDifference]) -> Schema:
        by_table: dict[str, list[CatalogDifference]] = {}
        for difference in found:
            by_table.setdefault(difference.table or "", []).append(difference)
        tables = [
            table
            for wanted in self._wanted.tables
            if (table := self._table(wanted, by_table.pop(wanted.name, []))) is not None
        ]
        for name, differences in by_table.items():
            if name in self._imported.by_name:
                tables.append(self._imported.table(name))
            else:
                self.unplanned += differences
        names = {table.name for table in tables}
        return Schema(tuple(_closed(table, names) for table in tables))

    def _table(self, wanted: Table, found: list[CatalogDifference]) -> Table | None:
        live = self._imported.by_name.get(wanted.name)
        if any(one.what == "table" for one in found):
            return None  # the specs' side has it, so the database has not
        if live is None:
            self.unplanned += found
            return wanted
        table, kinds = wanted, dict.fromkeys(kind for one in found for kind in _KINDS if one.what.startswith(kind))
        for one in found:
            if (changed := _patched(table, live, one)) is not None:
                table = changed
            elif not one.what.startswith(tuple(kinds)):
                self.unplanned.append(one)
        for kind in kinds:
            own = [one.what for one in found if one.what.startswith(kind)]
            table = _with_parts(table, live, _KINDS[kind], [what.removeprefix(kind) for what in own])
        return table


def _patched(table: Table, live: Table, found: CatalogDifference) -> Table | None:
    """A table with one part as the database has it; None for what is no column, key, option or behaviour."""
    head, _, field = found.what.partition(", ")
    if head.startswith("column "):
        return _with_column(table, live, head.removeprefix("column "), field)
    if head == "primary key":
        return replace(table, primary_key=live.primary_key)
    if head == "options" and live.sqlite != table.sqlite:
        return replace(table, sqlite=live.sqlite)
    if head.startswith("trigger "):
        return _without_trigger(table, head.removeprefix("trigger "))
    name = head.removeprefix("check ")
    implied = {bounded_name("ck", table.name, column, "type"): column for column in table.by_name}
    return _with_column(table, live, implied[name], "type") if name in implied else None


def _with_column(table: Table, live: Table, name: str, field: str) -> Table | None:
    other, own = live.by_name.get(name), table.by_name.get(name)
    if other is None:
        return replace(table, columns=tuple(column for column in table.columns if column.name != name))
    if own is None:
        return replace(table, columns=(*table.columns, other))
    if field not in _FIELDS:
        return None
    made = replace(own, **{key: getattr(other, key) for key in _FIELDS[field]})
    return replace(table, columns=tuple(made if column.name == name else column for column in table.columns))


def _without_trigger(table: Table, name: str) -> Table | None:
    """A table without the behaviour of a trigger that is missing, or is not what it should be."""
    trigger = next((one for one in triggers_of(table) if name.startswith(one.name)), None)
    if trigger is None:
        return None
    if trigger.kind is TriggerKind.APPEND_ONLY:
        return replace(table, append_only=False)
    if trigger.kind is TriggerKind.TOUCH:
        keys = (replace(key, touch=None) if key == trigger.foreign_key else key for key in table.foreign_keys)
        return replace(table, foreign_keys=tuple(keys))
    return replace(table, columns=tuple(_unguarded(column, trigger) for column in table.columns))


def _unguarded(column: Column, trigger: Trigger) -> Column:
    if column.name != trigger.column:
        return column
    if trigger.kind is TriggerKind.IMMUTABLE:
        return replace(column, immutable=False)
    return replace(column, on_row_update=None)


def _with_parts(table: Table, live: Table, kind: str, said: Iterable[str]) -> Table:
    """The parts of one kind: the specs' own where nothing is said of them, and the database's."""
    names = {text.partition(", ")[0] for text in said}
    own: tuple[Any, ...] = tuple(part for part in getattr(table, kind) if part.name not in names)
    known = {part.name for part in own}
    others = [
        part
        for part in getattr(live, kind)
        if part.name not in known and (part.name in names or part.name not in _names(table, kind))
    ]
    return replace(table, **{kind: (*own, *others)})  # type: ignore[arg-type]  # the kind names a field of its parts


def _names(table: Table, kind: str) -> set[str]:
    return {part.name for part in getattr(table, kind)}


def _closed(table: Table, names: Collection[str]) -> Table:
    """A table without the foreign keys whose parents the database does not have."""
    return replace(table, foreign_keys=tuple(key for key in table.foreign_keys if key.parent in names))


_FRAMES: Mapping[DialectName, tuple[str, str]] = {
    "sqlite": ("PRAGMA foreign_keys = ON;\n\nSAVEPOINT schemagen;", "RELEASE schemagen;"),
    "postgres": ("BEGIN;", "COMMIT;"),
}


def _script(steps: Iterable[Step], dialect: DialectName) -> str:
    migrations = (step.for_dialect(dialect) for step in steps)
    return "\n".join(line for migration in migrations if migration.statements for line in _lines(migration))


def _lines(migration: Migration) -> Iterator[str]:
    before, after = _FRAMES[migration.dialect]
    if migration.transactional:
        yield f"{before}\n"
    for statement in migration.statements:
        yield f"{statement.sql};\n"
    if migration.transactional:
        yield f"{after}\n"
