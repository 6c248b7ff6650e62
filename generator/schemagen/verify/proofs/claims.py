"""What a spec says of each table, looked for in a database's catalog, without going through generated SQL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.changes.placed import names_in_postgres
from schemagen.engines.dialects import POSTGRES, SQLITE
from schemagen.engines.spec_names import with_names
from schemagen.schema import types as t
from schemagen.schema.model import Action
from schemagen.schema.places import local_name, place_of, whole_name
from schemagen.schema.rule_state import RuleState
from schemagen.schema.triggers import TriggerKind, triggers_of_schema
from schemagen.sql.own_statements import made_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.databases.scratch import Database
    from schemagen.engines.base import Dialect
    from schemagen.engines.catalog import Catalog, CatalogTable
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.index import Index
    from schemagen.schema.model import Column, ForeignKey, Schema, Table
    from schemagen.verify.report import Section

_POSTGRES: dict[type[t.Type], str] = {
    t.Uuid: "uuid",
    t.Text: "text",
    t.Enum: "text",
    t.SmallInt: "smallint",
    t.Integer: "integer",
    t.BigInt: "bigint",
    t.Real: "real",
    t.Double: "double precision",
    t.Boolean: "boolean",
    t.Date: "date",
    t.Time: "time without time zone",
    t.Timestamp: "timestamp without time zone",
    t.TimestampTz: "timestamp with time zone",
    t.Interval: "interval",
    t.Json: "json",
    t.Jsonb: "jsonb",
    t.Bytea: "bytea",
}
"""How PostgreSQL itself prints types ("8. Data Types", table 8.1)."""

_STRICT: dict[type[t.Type], str] = {
    **dict.fromkeys((t.SmallInt, t.Integer, t.BigInt, t.Boolean), "INTEGER"),
    **dict.fromkeys((t.Real, t.Double), "REAL"),
    **dict.fromkeys((t.Bytea, t.Vector), "BLOB"),
}
"""Declared types of STRICT tables on SQLite; every other one is TEXT."""


def compare_with_spec(section: Section, schema: Schema, database: Database, catalog: Catalog) -> None:
    """Look for every part of every table, and for tables that no spec names."""
    dialect = database.dialect
    catalog = with_names(catalog, names_in_postgres(schema))
    section.equal("tables", sorted(schema.by_name), sorted(catalog.by_name))
    if dialect.name == "postgres" and schema.extensions:
        found_there = sorted(other.name for other in catalog.others if other.kind == "extension")
        section.equal("extensions", sorted(schema.extensions), [n for n in found_there if n in schema.extensions])
    if dialect.name == "postgres" and schema.types:
        labels = {whole_name(place_of(one.name)): ", ".join(map(sql_string, one.labels)) for one in schema.types}
        there = {other.name: str(other.definition) for other in catalog.others if other.kind == "enum type"}
        section.equal("enum types with their values", labels, {name: there.get(name) for name in labels})
    own, triggers = _own_triggers(schema, dialect.name), _triggers(schema, dialect.name)
    for table in schema.tables:
        found = catalog.by_name.get(table.name)
        if found is not None:
            for context, expected, seen in _facts(table, dialect, found):
                section.equal(f"{table.name}, {context}", expected, seen)
            present = sorted({trigger.name for trigger in found.triggers} - own)
            section.equal(f"{table.name}, triggers", sorted(triggers[table.name]), present)
    views = {(one.kind, one.name) for one in catalog.others}
    for view in schema.views:
        if view.sql.for_dialect(dialect.name) is not None:
            kind = view.kind if dialect.name == "postgres" else "view"
            called = whole_name(place_of(view.name)) if dialect.name == "postgres" else view.name
            seen = "is there" if (kind, called) in views else "is not there"
            section.equal(f"{view.kind} {view.name}", "is there", seen)


def _own_triggers(schema: Schema, dialect: DialectName) -> frozenset[str]:
    """The names of triggers of the author's own SQL, which is compared between the roads."""
    texts = (own.sql.for_dialect(dialect) for own in schema.objects if own.kind == "trigger")
    return frozenset(name for text in texts if text and (name := made_name(text)))


Fact = tuple[str, object, object]


def _facts(table: Table, dialect: Dialect, found: CatalogTable) -> Iterator[Fact]:
    yield from _columns(table, dialect, found)
    key = table.primary_key
    expected_key = key and (key.name, key.columns)
    yield "primary key", expected_key, found.primary_key and (found.primary_key.name, found.primary_key.columns)
    yield from _constraints(table, dialect, found)
    yield from _indexes(table, dialect, found)
    if dialect.name == "sqlite":
        options = {"strict"} if table.sqlite.strict else set()
        options |= {"without rowid"} if table.sqlite.without_rowid else set()
        yield "options", sorted(options), sorted(found.options - {"autoincrement"})
        yield "rules that a conflict does not break", sorted(table.sqlite.on_conflict), sorted(found.conflicts)


def _identity(column: Column) -> str:
    if not column.identity or column.serial:
        return ""
    return "always" if column.always else "by default"


def _columns(table: Table, dialect: Dialect, found: CatalogTable) -> Iterator[Fact]:
    columns = {column.name: column for column in found.columns}
    yield "columns", sorted(table.by_name), sorted(columns)
    for column in table.columns:
        seen = columns.get(column.name)
        if seen is None:
            continue
        name = f"column {column.name}"
        type_ = _type(column, table, dialect)
        if type_ is not None:
            yield f"{name}, type", type_, seen.type
        if dialect.name == "sqlite":
            yield f"{name}, collation", SQLITE.collation(column, table), seen.collation
        yield f"{name}, nullable", column.nullable, seen.nullable
        default = str(seen.default) if seen.default else None
        is_given = _gives_a_value(dialect.default(column)) or (column.serial and dialect.name == "postgres")
        yield f"{name}, has a default", is_given, _gives_a_value(default)
        yield f"{name}, is generated", column.generated is not None, seen.generated is not None
        if dialect.name == "postgres":
            yield f"{name}, identity", _identity(column), seen.identity


_NULL = re.compile(r"\(*\s*NULL\s*\)*(?:\s*::[\w\s.\[\]]+(?:\(\d+\))?)?\)*", re.IGNORECASE)


def _gives_a_value(default: str | None) -> bool:
    """Whether a default is another value than NULL: PostgreSQL keeps none that is NULL, SQLite its words."""
    return default is not None and not _NULL.fullmatch(default.strip())


def _type(column: Column, table: Table, dialect: Dialect) -> str | None:
    """The type that the catalog has to show; None where the spec leaves it to the engine."""
    if dialect.name == "postgres":
        return _postgres_type(column.type)
    if not table.sqlite.strict:
        return dialect.column_type(column, table).upper()
    if isinstance(column.type, (t.Native, t.Numeric)):
        return dialect.column_type(column, table).upper()
    return _STRICT.get(type(column.type), "TEXT")


def _postgres_type(type_: t.Type) -> str | None:
    match type_:
        case t.Enum(name=name) if name:
            return POSTGRES.quote(name)
        case t.Varchar(length):
            return f"character varying({length})" if length else "character varying"
        case t.Char(length):
            return f"character({length})"
        case t.Time(int(digits)) | t.Timestamp(int(digits)) | t.TimestampTz(int(digits)):
            word, _, zone = _POSTGRES[type(type_)].partition(" ")
            return f"{word}({digits}) {zone}"
        case t.Array(element):
            return f"{_postgres_type(element)}[]"
    return _POSTGRES.get(type(type_), None if isinstance(type_, t.Native) else str(type_))


def _constraints(table: Table, dialect: Dialect, found: CatalogTable) -> Iterator[Fact]:
    on_postgres = dialect.name == "postgres"
    uniques = {each.name: (each.columns, each.nulls_distinct or not on_postgres) for each in table.uniques}
    yield "unique constraints", uniques, {each.name: (each.columns, each.nulls_distinct) for each in found.uniques}
    checks = sorted((check.name, check.state) for check in dialect.checks(table))
    yield "checks", checks, sorted((check.name or "", check.state) for check in found.checks)
    keys = {key.name: _reference(key, dialect.name) for key in dialect.foreign_keys(table)}
    seen = {
        key.name: (
            *(key.columns, key.parent, key.parent_columns),
            *(key.on_delete, frozenset(key.set_null), key.on_update, key.deferrable, key.state),
        )
        for key in found.foreign_keys
    }
    yield "foreign keys", sorted(keys), sorted(name or "" for name in seen)
    for name, reference in keys.items():
        if name in seen:
            yield f"foreign key {name}", reference, seen[name]


def _reference(key: ForeignKey, dialect: DialectName) -> tuple[object, ...]:
    """A key as the catalog has it; SET NULL of some columns is a trigger on SQLite."""
    is_trigger = bool(key.set_null) and dialect == "sqlite"
    deletion = (Action.NO_ACTION, frozenset()) if is_trigger else (key.on_delete, frozenset(key.set_null))
    state = key.state if dialect == "postgres" else RuleState.VALID
    return (key.columns, key.parent, key.parent_columns, *deletion, key.on_update, key.deferrable, state)


def _indexes(table: Table, dialect: Dialect, found: CatalogTable) -> Iterator[Fact]:
    seen = {index.name: index for index in found.indexes}
    words = [index for index in table.indexes if index.is_full_text and dialect.name == "sqlite"]
    is_postgres = dialect.name == "postgres"
    expected = {local_name(i.name) if is_postgres else i.name: i for i in (*dialect.indexes(table), *words)}
    yield "indexes", sorted(expected), sorted(seen)
    for name, index in expected.items():
        if name in seen:
            one = seen[name]
            shape = (
                [(element.column, element.descending) for element in one.elements],
                one.unique,
                one.predicate is not None,
                one.method,
                one.include,
                one.nulls_distinct,
            )
            yield f"index {name}", _shape(index, dialect), shape


def _shape(index: Index, dialect: Dialect) -> tuple[object, ...]:
    """An index as the catalog has it; PostgreSQL has expressions of the columns of a full-text one."""
    is_computed = index.is_full_text and dialect.name == "postgres"
    return (
        [(None if is_computed else element.column, element.descending) for element in index.elements],
        index.unique,
        index.where is not None,
        index.method if dialect.name == "sqlite" else dialect.index_method(index) or "btree",
        index.include if dialect.name == "postgres" else (),
        index.nulls_distinct or dialect.name == "sqlite",
    )


_EVENTS = ("insert", "update", "delete")
_ONE_AN_EVENT = frozenset({TriggerKind.TOUCH, TriggerKind.FULL_TEXT})
_ELSEWHERE: dict[DialectName, frozenset[TriggerKind]] = {
    "sqlite": frozenset({TriggerKind.NO_TRUNCATE}),
    "postgres": frozenset({TriggerKind.SET_NULL, TriggerKind.FULL_TEXT}),
}


def _triggers(schema: Schema, dialect: DialectName) -> dict[str, list[str]]:
    """Names of the triggers on each table.

    SQLite has one for each event of a touch and of a full-text index, one on the parent for SET NULL of some columns,
    and knows no TRUNCATE.
    """
    found: dict[str, list[str]] = {name: [] for name in schema.by_name}
    for trigger in triggers_of_schema(schema):
        if trigger.kind in _ONE_AN_EVENT and dialect == "sqlite":
            found[trigger.stands_on] += (f"{trigger.name}_{event}" for event in _EVENTS)
        elif trigger.kind not in _ELSEWHERE[dialect]:
            found[trigger.stands_on].append(trigger.name)
    return found
