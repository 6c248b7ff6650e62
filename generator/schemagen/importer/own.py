"""Views and objects of a catalog → ``views`` and ``objects`` of the specs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from schemagen.engines.sqlite.inspect.tokens import catalog_sql
from schemagen.schema.names import is_identifier
from schemagen.schema.places import local_name, place_of, schema_of
from schemagen.sql.errors import SqlError
from schemagen.sql.own_statements import drop_of, plain
from schemagen.sql.placed_tables import with_spec_tables

from .losses import Effect, Loss
from .partitions import SaidPartitions, is_partitioned, said_partitions
from .triggers import behaviour

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from schemagen.engines.catalog import Catalog, CatalogIndex, CatalogOwn
    from schemagen.schema.places import Place

    from .spec_keys import TableKeys

VIEWS = frozenset({"view", "materialized view"})
_FLAGS = {
    f"{name}={word}": {name: True}
    for name in ("security_invoker", "security_barrier")
    for word in ("true", "on", "1", "yes")
}
_OPTIONS: dict[str, dict[str, Any]] = _FLAGS | {
    f"check_option={how}": {"check_option": how} for how in ("local", "cascaded")
}
"""What the catalog has of a view, and the words of the language."""

_NO_WORD = "the language has no word for it"


@dataclass(slots=True)
class ImportedOwn:
    """Views and objects in the spec language, by key, and what each comes from."""

    views: dict[str, dict[str, Any]] = field(default_factory=dict)
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    sources: dict[str, CatalogOwn] = field(default_factory=dict)
    losses: list[Loss] = field(default_factory=list)
    partitions: dict[str, SaidPartitions] = field(default_factory=dict)

    def keys_of(self, kind: str) -> frozenset[str]:
        """The names in the database of all that is said of a kind."""
        return frozenset(source.name for source in self.sources.values() if source.kind == kind)


def import_own(
    catalog: Catalog,
    keys: Mapping[str, TableKeys],
    tables: Collection[str],
    alone: Collection[str],
    left: Mapping[str, str],
    types: Collection[str] = (),
) -> ImportedOwn:
    """Say what stands beside tables.

    Args:
        catalog: of either engine.
        keys: what the specs call its tables and their columns, by table.
        tables: the names of the tables that are said.
        alone: keys of views that are said for their own engine only, as their text does not translate.
        left: keys of what an engine refuses, with its words.
        types: the names of the types that the specs say in words of their own.
    """
    found = ImportedOwn()
    taken = {each.lower() for name in tables for each in (name, keys[name].table)}
    taken |= {index.name.lower() for table in catalog.tables for index in table.indexes}
    taken |= {
        key.name.lower() for table in catalog.tables for key in (*table.uniques, table.primary_key) if key and key.name
    }
    taken -= {own.name.lower() for own in catalog.own if own.kind in {"constraint", "index"}}
    recognised, functions = _recognised(catalog, keys)
    found.partitions = said_partitions(catalog)
    made = frozenset(part for said in found.partitions.values() for part in said.own)
    names = {place_of(each): keys[each].table for each in tables if schema_of(each)}
    for own in sorted(catalog.own, key=lambda each: each.kind not in VIEWS):
        if (own.table, own.name) in recognised or (own.kind == "function" and own.name in functions):
            continue
        if (own.kind, own.name) in made or (own.kind == "type" and own.name in types):
            continue
        key = own.name if own.kind in VIEWS and not schema_of(own.name) else _key(own, taken)
        if reason := _unsayable(own, catalog, tables) or left.get(key, ""):
            found.losses.append(Loss(Effect.LEFT_OUT, own.table, f"{own.kind} {own.name}", reason))
            continue
        taken, found.sources[key] = taken | {key.lower()}, own
        if own.kind in VIEWS:
            found.views[key] = _view(own, catalog, key, None if key in alone else names)
            if schema_of(own.name):
                names[place_of(own.name)] = key
            if key in alone:
                words_ = "its text does not translate: the other engine has no such view"
                found.losses.append(Loss(Effect.ONE_ENGINE, None, f"{own.kind} {own.name}", words_))
        else:
            found.objects[key] = _object(own, catalog)
    _add_states(found)
    return found


def _recognised(catalog: Catalog, keys: Mapping[str, TableKeys]) -> tuple[set[tuple[str | None, str]], set[str]]:
    """The triggers that the language has words for, as (table, name), and the functions that are theirs alone."""
    triggers: set[tuple[str | None, str]] = set()
    theirs: set[str] = set()
    others: set[str] = set()
    for table in catalog.tables:
        said = behaviour(table, catalog.dialect, keys, catalog.by_name)
        for trigger in table.triggers:
            function = trigger.function.split()[0] if trigger.function else ""
            if trigger in said.foreign:
                others.add(function)
            else:
                triggers.add((table.name, trigger.name))
                theirs.add(function)
    return triggers, theirs - others


def _unsayable(own: CatalogOwn, catalog: Catalog, tables: Collection[str]) -> str:
    if own.kind in VIEWS and not (is_identifier(local_name(own.name)) and all(map(is_identifier, own.columns))):
        return "its name, or that of a column, is not ASCII identifier of at most 63 bytes"
    table = catalog.by_name.get(own.table or "")
    if table and table.name not in tables:
        return "its table is not in the specs"
    if own.kind == "partition" and not (table and is_partitioned(table)):
        return "the specs have its table as a plain one"
    if own.kind in VIEWS:
        more = [option for option in own.options if option not in _OPTIONS]
        return f"the language has no word for its option {', '.join(more)}" if more else ""
    try:
        drop_of(own.kind, plain(own.sql), catalog.dialect)  # type: ignore[arg-type]
    except SqlError as problem:
        return str(problem)
    return ""


def _key(own: CatalogOwn, taken: Collection[str]) -> str:
    """A name for an object that nothing else has."""
    name = re.sub(r"[^A-Za-z0-9_]+", "_", own.name).strip("_")[:50] or own.kind
    name = f"_{name}" if name[0].isdigit() else name
    candidates = [name, f"{name}_{own.kind}", *(f"{name}_{own.kind}_{number}" for number in range(2, 1000))]
    return next(each for each in candidates if each.lower() not in taken)


def _view(own: CatalogOwn, catalog: Catalog, key: str, names: Mapping[Place, str] | None) -> dict[str, Any]:
    """A view in the language; ``names`` are those of what it reads, None where its engine alone has it."""
    spec: dict[str, Any] = {}
    if schema_of(own.name):
        local = local_name(own.name)
        spec["postgres"] = {"schema": schema_of(own.name), **({"name": local} if local != key else {})}
    if own.comment:
        spec["description"] = own.comment
    spec["sql"] = with_spec_tables(_listed(plain(own.shown or own.sql), own), names or {})
    spec["columns"] = list(own.columns)
    if own.kind == "materialized view":
        spec["materialized"] = True
        if own.indexes:
            spec["indexes"] = [_index(index) for index in own.indexes]
    for option in own.options:
        spec |= _OPTIONS[option]
    if names is None:
        spec["only"] = catalog.dialect
    return spec


_ALL = re.compile(r"SELECT\s+\*\s+FROM\s+(?=[^,]*$)(?!.*\bJOIN\b)", re.IGNORECASE | re.DOTALL)
"""All columns of one table, and no others."""


def _listed(text: str, own: CatalogOwn) -> str:
    """A SELECT of SQLite that writes its columns where it has a star for them."""
    return _ALL.sub(f"SELECT {', '.join(own.columns)} FROM ", text, count=1) if _ALL.match(text) else text


def _index(index: CatalogIndex) -> dict[str, Any]:
    columns: list[Any] = [
        f"{each.column} desc" if each.descending and each.column else each.column or {"sql": str(each.expression)}
        for each in index.elements
    ]
    spec: dict[str, Any] = {"name": index.name, "columns": columns}
    if index.unique:
        spec["unique"] = True
    if index.method != "btree":
        spec["method"] = index.method
    if index.predicate:
        spec["where"] = str(index.predicate)
    return spec


def _object(own: CatalogOwn, catalog: Catalog) -> dict[str, Any]:
    text = plain(own.sql)
    spec: dict[str, Any] = {"kind": own.kind}
    if own.comment:
        spec["description"] = own.comment
    spec["sql"] = {catalog.dialect: text}
    if own.drop and own.drop != drop_of(own.kind, text, catalog.dialect):  # type: ignore[arg-type]
        spec["drop"] = {catalog.dialect: own.drop}
    return spec


def _add_states(found: ImportedOwn) -> None:
    """What is said of a trigger comes after the trigger."""
    keys = {(own.table, own.name): key for key, own in found.sources.items() if own.kind == "trigger"}
    for key, own in found.sources.items():
        if own.kind == "trigger" and own.options:
            trigger = keys.get((own.table, own.options[0]))
            if trigger:
                found.objects[key]["needs"] = [trigger]


def differing(
    expected: Iterable[CatalogOwn], built: Iterable[CatalogOwn], of_maker: Collection[str] = ()
) -> Iterator[CatalogOwn]:
    """Those that are not the same when they are built again.

    ``of_maker`` are functions that keep the search path of whoever makes them, which may be another one.
    """
    there = {_identity(own): own for own in built}
    for own in expected:
        again = there.get(_identity(own))
        if (
            again is None
            or (again.columns, again.options) != (own.columns, own.options)
            or not _same(*(_PATH.sub("", each.sql, 1) if own.name in of_maker else each.sql for each in (own, again)))
        ):
            yield own


_PATH = re.compile(r"\n SET search_path TO .*")


def _same(text: str, other: str) -> bool:
    """Whether two texts are the same but for their layout."""
    return catalog_sql(text).canonical == catalog_sql(other).canonical


def _identity(own: CatalogOwn) -> tuple[str, ...]:
    called = own.kind in {"function", "procedure", "aggregate"}
    return (own.kind, own.name, own.table or "", own.drop if called else "")
