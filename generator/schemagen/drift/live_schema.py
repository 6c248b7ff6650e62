"""The schema that a live database has: the specs' own, but for the parts that differ, which are imported.

So nothing is planned for what a catalog cannot show, or for what an import would say in other words.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from schemagen.engines.catalog_differences import ENUM_TYPE
from schemagen.schema.full_text import EVENTS
from schemagen.schema.model import Schema
from schemagen.schema.names import type_check_name
from schemagen.schema.places import place_of, whole_name
from schemagen.schema.triggers import TriggerKind, triggers_of
from schemagen.schema.types import Enum

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from schemagen.engines.catalog_differences import CatalogDifference
    from schemagen.schema.index import Index
    from schemagen.schema.model import Table
    from schemagen.schema.triggers import Trigger

_ENUM_TYPE = f"{ENUM_TYPE} "
_KINDS = {
    "foreign key ": "foreign_keys",
    "unique constraint ": "uniques",
    "check ": "checks",
    "index ": "indexes",
}
_FIELDS = {
    "type": ("type",),
    "nullable": ("nullable",),
    "default": ("default", "identity", "serial", "always"),
    "generated": ("generated", "virtual"),
    "virtual": ("generated", "virtual"),
    "identity": ("identity", "serial", "always"),
    "collation": ("collation",),
}


class LiveSchema:
    """The schema of a live database, made from the wanted and the imported one, as far as ``found`` says.

    ``triggers`` are those that are missing or have another text: the schema has them, so they are to be recreated.
    ``gone`` are those of the imported schema that the wanted one lacks. ``unplanned`` are differences that the schema
    cannot show.
    """

    def __init__(self, wanted: Schema, imported: Schema, found: Iterable[CatalogDifference]) -> None:
        self._wanted = wanted
        self._imported = imported
        self.triggers: list[Trigger] = []
        self.gone: list[Trigger] = []
        self.unplanned: list[CatalogDifference] = []
        self.schema = self._made(found)

    def _made(self, found: Iterable[CatalogDifference]) -> Schema:
        by_table: dict[str, list[CatalogDifference]] = {}
        types = {whole_name(place_of(type_.name)): type_ for type_ in self._wanted.types}
        theirs = {whole_name(place_of(type_.name)): type_ for type_ in self._imported.types}
        for difference in found:
            name = difference.what.partition(", ")[0].removeprefix(_ENUM_TYPE)
            if difference.table is None and difference.what.startswith(_ENUM_TYPE) and name in types:
                types |= {name: theirs[name]} if name in theirs else {}
                types = types if name in theirs else {key: type_ for key, type_ in types.items() if key != name}
            else:
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
        labels = {type_.name: type_.labels for type_ in types.values()}
        return Schema(
            tuple(_with_labels(closed(table, names), labels) for table in tables),
            types=tuple(types.values()),
            extensions=self._wanted.extensions,
        )

    def _table(self, wanted: Table, found: list[CatalogDifference]) -> Table | None:
        live = self._imported.by_name.get(wanted.name)
        if any(one.what == "table" for one in found):
            return None  # the specs' side has it, so the database has not
        if live is None:
            self.unplanned += found
            return wanted
        table, kinds = wanted, dict.fromkeys(kind for one in found for kind in _KINDS if one.what.startswith(kind))
        for one in found:
            if trigger := _trigger(wanted, one):
                self.triggers += [trigger] if trigger not in self.triggers else []
            elif trigger := _trigger(live, one):
                self.gone += [trigger] if trigger not in self.gone else []
            elif (changed := _patched(table, live, one)) is not None:
                table = changed
            elif not one.what.startswith(tuple(kinds)):
                self.unplanned.append(one)
        for kind in kinds:
            own = [one.what for one in found if one.what.startswith(kind)]
            table = _with_parts(table, live, _KINDS[kind], [what.removeprefix(kind) for what in own])
        return _with_known_conflicts(table)


def _with_known_conflicts(table: Table) -> Table:
    """A table without what it says of conflicts on columns that are not there."""
    kept = tuple(rule for rule in table.sqlite.on_conflict if table.by_name.keys() >= set(rule.columns))
    same = kept == table.sqlite.on_conflict
    return table if same else replace(table, sqlite=replace(table.sqlite, on_conflict=kept))


def _with_labels(table: Table, labels: Mapping[str, tuple[str, ...]]) -> Table:
    """A table whose enum types have the labels of the database."""
    columns = tuple(
        replace(column, type=Enum(labels[column.type.name], column.type.name))
        if isinstance(column.type, Enum) and column.type.name in labels
        else column
        for column in table.columns
    )
    return table if columns == table.columns else replace(table, columns=columns)


def is_whole(schema: Schema) -> bool:
    """Whether every column that a key or an index names is there."""
    return all(_is_whole(table, schema) for table in schema.tables)


def _is_whole(table: Table, schema: Schema) -> bool:
    key = table.primary_key
    parts = [key.columns if key else (), *(unique.columns for unique in table.uniques)]
    parts += [(*index.columns, *index.include) for index in table.indexes]
    parts += [key.columns for key in table.foreign_keys]
    own = all(name in table.by_name for part in parts for name in part)
    return own and all(
        name in schema.table(key.parent).by_name for key in table.foreign_keys for name in key.parent_columns
    )


def _trigger(table: Table, found: CatalogDifference) -> Trigger | None:
    """The trigger of a table that a difference speaks of; touch and words have one for each event on SQLite."""
    head = found.what.partition(", ")[0]
    return next((one for one in triggers_of(table) if head in _titles(one)), None)


def _titles(trigger: Trigger) -> set[str]:
    events = EVENTS if trigger.kind in {TriggerKind.TOUCH, TriggerKind.FULL_TEXT} else ()
    kind = "index" if trigger.kind is TriggerKind.FULL_TEXT else "trigger"
    return {f"{kind} {trigger.name}", *(f"trigger {trigger.name}_{event}" for event in events)}


def _patched(table: Table, live: Table, found: CatalogDifference) -> Table | None:
    """A table with one part as the database has it; None for what is not a column, key or option."""
    head, _, field = found.what.partition(", ")
    if head.startswith("column "):
        return _with_column(table, live, head.removeprefix("column "), field)
    if head == "primary key":
        return replace(table, primary_key=live.primary_key)
    if head == "options" and _counts_otherwise(found):
        return _with_identity(replace(table, sqlite=live.sqlite), live)
    if head == "options" and live.sqlite != table.sqlite:
        return replace(table, sqlite=live.sqlite)
    if head == "conflicts" and live.sqlite.on_conflict != table.sqlite.on_conflict:
        return replace(table, sqlite=replace(table.sqlite, on_conflict=live.sqlite.on_conflict))
    name = head.removeprefix("check ")
    implied = {table.pinned_name(type_check_name(table.key, column.key)): column.name for column in table.columns}
    return _with_column(table, live, implied[name], "type") if name in implied else None


def _counts_otherwise(found: CatalogDifference) -> bool:
    """Whether one side has AUTOINCREMENT: among SQLite's options, it is what an identity column has there."""
    return ("autoincrement" in found.left) != ("autoincrement" in found.right)


def _with_identity(table: Table, live: Table) -> Table:
    return replace(
        table,
        columns=tuple(
            replace(column, identity=live.by_name[column.name].identity) if column.name in live.by_name else column
            for column in table.columns
        ),
    )


def _with_column(table: Table, live: Table, name: str, field: str) -> Table | None:
    other, own = live.by_name.get(name), table.by_name.get(name)
    if other is None:
        return _without_column(table, name)
    if own is None:
        return replace(table, columns=(*table.columns, other))
    if field not in _FIELDS:
        return None
    made = replace(own, **{key: getattr(other, key) for key in _FIELDS[field]})
    return replace(table, columns=tuple(made if column.name == name else column for column in table.columns))


def _without_column(table: Table, name: str) -> Table:
    """A table without a column and the keys and indexes on it, which cannot be there without it."""
    key = table.primary_key
    return replace(
        table,
        columns=tuple(column for column in table.columns if column.name != name),
        primary_key=None if key and name in key.columns else key,
        foreign_keys=tuple(key for key in table.foreign_keys if name not in key.columns),
        uniques=tuple(unique for unique in table.uniques if name not in unique.columns),
        indexes=tuple(_without_included(index, name) for index in table.indexes if name not in index.columns),
    )


def _without_included(index: Index, column: str) -> Index:
    """An index that does not include a column, which on SQLite it never does."""
    return replace(index, include=tuple(name for name in index.include if name != column))


def _with_parts(table: Table, live: Table, kind: str, said: Iterable[str]) -> Table:
    """The parts of one kind: the specs' own where nothing is said of them, and the database's.

    What has no name is said by its columns; then every part of the database's that the specs do not have is taken.
    """
    names = {text.partition(", ")[0] for text in said}
    ours, theirs = _names(table, kind), _names(live, kind)
    nameless = bool(names - ours - theirs)
    own: tuple[Any, ...] = tuple(part for part in getattr(table, kind) if part.name not in names)
    known = {part.name for part in own}
    others = [
        part
        for part in getattr(live, kind)
        if part.name not in known and (part.name in names or (nameless and part.name not in ours))
    ]
    return replace(table, **{kind: (*own, *others)})  # type: ignore[arg-type]  # the kind names a field of its parts


def _names(table: Table, kind: str) -> set[str]:
    return {part.name for part in getattr(table, kind)}


def closed(table: Table, names: Collection[str]) -> Table:
    """A table without the foreign keys whose parents are none of the names."""
    if all(key.parent in names for key in table.foreign_keys):
        return table
    return replace(table, foreign_keys=tuple(key for key in table.foreign_keys if key.parent in names))
