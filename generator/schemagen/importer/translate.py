"""A whole catalog → spec data: which tables can be said, what their columns are, and what is left over."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from schemagen.engines.postgres.dialect import declared_type
from schemagen.resolve.keys import joinable
from schemagen.resolve.resolver import RESERVED_TABLES, SYSTEM_COLUMNS, default_class_name
from schemagen.schema import types as t
from schemagen.schema.names import is_database_name, is_identifier
from schemagen.schema.naming import Naming
from schemagen.schema.places import local_name, place_of, whole_name
from schemagen.schema.scalars import EXTENSION_PATTERN

from . import postgres_columns, sqlite_columns
from .collisions import with_names_apart
from .domains import defaults_of, domains_of, said_domains
from .enum_types import enum_types_of
from .expressions import PostgresExpressions, SqliteExpressions
from .losses import Effect, Loss
from .names import naming_of
from .own import ImportedOwn, import_own
from .spec_keys import keys_of
from .table_builder import NO_WORD, TableTypes
from .tables import ImportedTable, import_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from schemagen.engines.catalog import Catalog, CatalogObject, CatalogTable

    from .domains import Domain
    from .proof import PlainPart
    from .spec_keys import TableKeys

_TYPES = frozenset({"enum type", "domain", "composite type", "range type"})
_OWN = frozenset(
    {
        "view",
        "materialized view",
        "function",
        "procedure",
        "aggregate",
        "trigger",
        "policy",
        "rule",
        "sequence",
        "privileges",
        "statistics",
        "exclusion constraint",
        "partition",
        *_TYPES,
    }
)
"""Kinds that are said as views and objects, or told with those."""

_SHADOWS = frozenset({"shadow table"})
"""Tables that another object keeps for itself, reported of with that object."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A catalog in the spec language: tables by name, the catalog that they build, and what they do not say.

    ``types`` are the enum types that the specs make, ``extensions`` those that they name, ``domains`` those that they
    make by key, as they say them; ``naming`` says which names they leave out, ``comments`` describe enum types.
    """

    tables: Mapping[str, ImportedTable]
    expected: Catalog
    losses: tuple[Loss, ...]
    types: tuple[t.Enum, ...] = ()
    extensions: tuple[str, ...] = ()
    own: ImportedOwn = field(default_factory=ImportedOwn)
    domains: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    naming: Naming = Naming.OWN
    comments: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing that specs could say."""
        return not (self.tables or self.types or self.extensions or self.domains or self.own.sources)


def translate(
    catalog: Catalog,
    plain: Iterable[PlainPart] = (),
    alone: Collection[str] = (),
    left: Mapping[str, str] = MappingProxyType({}),
) -> Imported:
    """Say a catalog in the spec language.

    Args:
        catalog: of either engine.
        plain: parts of tables that are to be written as they are: every name and expression in full, no trigger.
        alone: keys of views that are said for their own engine only.
        left: keys of views and objects that are left out, with the reasons.
    """
    enums = enum_types_of(catalog)
    domains = domains_of(catalog)
    comments = {own.name: own.comment for own in catalog.own if own.kind == "type" and own.comment}
    made_types = {key: _described(spec, comments.get(key)) for key, spec in said_domains(domains).items()}
    sayable, unsaid = _sayable(catalog)
    said, renamed = with_names_apart(sayable)
    keys = keys_of(catalog.tables)
    types = {*(whole_name(place_of(each.name)) for each in enums.values()), *made_types}
    beside = import_own(catalog, keys, said, alone, left, types)
    losses = [*unsaid, *renamed, *_losses_beside_tables(catalog, beside), *beside.losses]
    evidence = _evidence_of(said, catalog, domains, enums, keys)
    naming = naming_of(said.values())
    plain_parts, as_objects = frozenset(plain), _said_as_objects(beside, said)
    tables: dict[str, ImportedTable] = {}
    for name, table in said.items():
        is_plain = (name, False) in plain_parts
        tables[name] = import_table(
            table,
            evidence[name],
            said,
            catalog.dialect,
            _expressions(catalog, enums, plain=is_plain),
            naming=naming,
            partitions=beside.partitions.get(name),
            plain=is_plain,
            triggers=(name, True) not in plain_parts,
            own=as_objects[name],
            keys=keys,
        )
        losses += tables[name].losses
    _name_classes(tables)
    built = tuple(table.expected for table in tables.values())
    expected = replace(catalog, tables=built, others=(), own=tuple(beside.sources.values()))
    extensions = _extensions(catalog, tables.values())
    said_types = (tuple(enums.values()), extensions, beside, made_types, naming, comments)
    return Imported(tables, expected, tuple(losses), *said_types)


def _extensions(catalog: Catalog, tables: Iterable[ImportedTable]) -> tuple[str, ...]:
    """The extensions of a database; on SQLite, which has none, the one that vectors need."""
    found = tuple(other.name for other in catalog.others if _is_said_extension(other))
    return found or ((t.Vector.keyword,) if any(map(_has_vectors, tables)) else ())


def _has_vectors(table: ImportedTable) -> bool:
    columns = table.spec.get("columns", {}).values()
    return any(str(column.get("type", "")).startswith(f"{t.Vector.keyword}(") for column in columns)


def _expressions(
    catalog: Catalog, enums: Mapping[str, t.Enum], *, plain: bool
) -> PostgresExpressions | SqliteExpressions:
    return PostgresExpressions(plain=plain, enums=enums) if catalog.dialect == "postgres" else SqliteExpressions()


def _described(spec: dict[str, Any], comment: str | None) -> dict[str, Any]:
    return {**spec, "description": comment} if comment else spec


def _losses_beside_tables(catalog: Catalog, own: ImportedOwn) -> Iterator[Loss]:
    """What is reported of extensions, and of all that no spec says beside tables."""
    commented = {f"on {source.kind} {source.name}" for source in own.sources.values()}
    for other in catalog.others:
        if _is_said_extension(other):
            hint = "the first migration makes it: a server has to have it installed"
            yield Loss(Effect.HINT, None, f"extension {other.name}", hint)
    for other in catalog.others:
        is_said = _is_said_extension(other) or (other.kind == "comment" and other.name in commented)
        if other.kind not in _SHADOWS | _OWN and not is_said:
            yield Loss(Effect.LEFT_OUT, other.table, f"{other.kind} {other.name}", NO_WORD)


def _said_as_objects(own: ImportedOwn, tables: Collection[str]) -> dict[str, frozenset[str]]:
    """What of each table is said as objects: the names of triggers, constraints and indexes, and its options."""
    found: dict[str, set[str]] = {name: set() for name in tables}
    for source in own.sources.values():
        parts = found.get(source.table or "")
        if parts is None:
            continue
        if source.kind == "trigger":
            parts.add(source.name)
        elif source.kind in {"constraint", "index"}:
            parts.add(f"{source.kind} {source.name}")
        elif source.kind == "option":
            parts |= set(source.options)
        elif source.kind == "policy" and source.name == f"{local_name(source.table or '')}_row_security":
            parts.add("row level security")
        elif source.kind == "policy" and source.name == f"{local_name(source.table or '')}_forced_row_security":
            parts.add("forced row level security")
    return {name: frozenset(parts) for name, parts in found.items()}


def _is_said_extension(other: CatalogObject) -> bool:
    return other.kind == "extension" and re.fullmatch(EXTENSION_PATTERN, other.name) is not None


def _sayable(catalog: Catalog) -> tuple[dict[str, CatalogTable], list[Loss]]:
    """The tables whose names and columns the language can say, and the others as losses."""
    said: dict[str, CatalogTable] = {}
    losses = []
    seen: set[str] = set()
    for table in catalog.tables:
        reason = _unsayable(table)
        if table.name.lower() in seen:
            reason = "another table differs from it only in case"
        if reason:
            losses.append(Loss(Effect.LEFT_OUT, table.name, "the table", reason))
        else:
            seen.add(table.name.lower())
            said[table.name] = table
    return said, losses


def _unsayable(table: CatalogTable) -> str:
    name = local_name(table.name)
    names = [name, *(column.name for column in table.columns)]
    bad = [name for name in names if not is_database_name(name)]
    if bad:
        return f"{', '.join(map(repr, bad))} has more than 63 bytes, a backtick, a `|`, or what can't be printed"
    if name.lower().startswith(("sqlite_", "pg_")) or name.lower() in RESERVED_TABLES:
        return "its name is reserved"
    if any(column.name.lower() in SYSTEM_COLUMNS for column in table.columns):
        return "a column has the name of a system column of PostgreSQL"
    if len({column.name.lower() for column in table.columns}) != len(table.columns):
        return "two columns differ only in case, which SQLite ignores"
    return "" if table.columns else "it has no columns"


def _evidence_of(
    tables: Mapping[str, CatalogTable],
    catalog: Catalog,
    domains: Mapping[str, Domain],
    enums: Mapping[str, t.Enum],
    keys: Mapping[str, TableKeys],
) -> dict[str, TableTypes]:
    """What is known of the columns of each table."""
    brought, of = defaults_of(catalog), catalog.dialect
    found = {name: _evidence(table, of, domains, enums, keys[name], brought) for name, table in tables.items()}
    _join_types(tables, found)
    return found


def _evidence(
    table: CatalogTable,
    dialect: str,
    domains: Mapping[str, Domain],
    enums: Mapping[str, t.Enum],
    keys: TableKeys,
    defaults: Mapping[str, str],
) -> TableTypes:
    comments = {column.name: column.comment for column in table.columns}
    if dialect == "postgres":
        found = postgres_columns.typed_columns(table, keys)
        of_domains = {column.name: domains[column.type].type for column in table.columns if column.type in domains}
        of_enums = {column.name: enums[column.type] for column in table.columns if column.type in enums}
        return TableTypes(
            {name: column.type for name, column in found.items()} | of_domains | of_enums,
            tuple(column.check for column in found.values() if column.check),
            comments,
            domains=domains,
            defaults=defaults,
        )
    typed = sqlite_columns.typed_table(table, keys)
    return TableTypes(
        {name: column.type for name, column in typed.columns.items()},
        tuple(column.check for column in typed.columns.values() if column.check),
        {name: column.comment for name, column in typed.columns.items()},
        typed.options,
    )


def _join_types(tables: Mapping[str, CatalogTable], evidence: dict[str, TableTypes]) -> None:
    """Give a foreign-key column that the language would not join with its parent its own name on each engine."""
    for name, table in tables.items():
        for key in table.foreign_keys:
            parent = evidence.get(key.parent)
            if parent is None or len(key.columns) != len(key.parent_columns):
                continue
            for column, other in zip(key.columns, key.parent_columns, strict=True):
                own, its = evidence[name].types[column], parent.types.get(other)
                if its is not None and not joinable(own, its):
                    evidence[name] = _with_native(evidence[name], table, column, its)


def _with_native(evidence: TableTypes, table: CatalogTable, column: str, parent: t.Type) -> TableTypes:
    own = evidence.types[column]
    declared = next(found.type for found in table.columns if found.name == column)
    made = t.Native(declared, "text") if evidence.options is None else t.Native(declared_type(parent), declared)
    implied = tuple(check for check in evidence.implied if not _is_of(check, own, column))
    return replace(evidence, types={**evidence.types, column: made}, implied=implied)


def _is_of(check: Any, type_: t.Type, column: str) -> bool:
    return isinstance(type_, (t.Enum, t.Text)) and column in check.expression.canonical


def _name_classes(tables: Mapping[str, ImportedTable]) -> None:
    """Give a class name to each table whose derived one is another's already."""
    import inflection

    seen: set[str] = set()
    for table in tables.values():
        derived = default_class_name(table.key)
        candidate, number = derived, 1
        while inflection.underscore(candidate) in seen:
            number += 1
            plural = inflection.camelize(table.key).replace("_", "")
            candidate = plural if number == 2 and is_identifier(plural) else f"{derived}{number}"  # noqa: PLR2004
        seen.add(inflection.underscore(candidate))
        if candidate != derived:
            table.spec["class_name"] = candidate
