"""The law of an import: what the specs build has the catalog that was read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from schemagen.base.diagnostics import SchemagenError, Severity
from schemagen.changes.placed import as_in_postgres
from schemagen.engines.attached import creation, roles_of
from schemagen.engines.catalog import UNREAD, Catalog
from schemagen.engines.catalog_differences import differences
from schemagen.engines.dialects import dialect as dialect_of
from schemagen.engines.reading import read_catalog
from schemagen.migrations.first_build import bare_steps
from schemagen.resolve.loaded import Loaded
from schemagen.resolve.resolver import build_schema
from schemagen.schema.objects import View
from schemagen.schema.places import PlacedName
from schemagen.spec.language import read_specs
from schemagen.spec.reporter import Reporter
from schemagen.spec.source import Source, Sources, read_yaml

from .own import differing
from .refusals import Refusal, refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from schemagen.databases.servers import Server
    from schemagen.engines.catalog import CatalogOwn, CatalogTable, CatalogTrigger
    from schemagen.engines.catalog_differences import CatalogDifference
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.model import Schema

FOLDER = "specs"

TYPES = ""
"""What stands for a table where types are made."""

PlainPart = tuple[str, bool]
"""A table, and whether its triggers are meant rather than the rest of it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What building the specs gave: differences from what was expected, and tables that an engine refused.

    ``waiting`` are tables that were not judged, because a parent of theirs was refused; ``missing`` has the statements
    of what the specs take for granted that the server refused, with its words; ``built`` is the catalog of all that
    was judged, None where nothing was.
    """

    differences: tuple[CatalogDifference, ...] = ()
    refused: Mapping[str, tuple[Refusal, ...]] = field(default_factory=dict)
    waiting: frozenset[str] = frozenset()
    missing: Mapping[str, str] = field(default_factory=dict)
    built: Catalog | None = field(default=None, repr=False, compare=False)
    own: tuple[CatalogOwn, ...] = field(default=(), compare=False)

    @property
    def tables(self) -> frozenset[str]:
        """The tables that are not as expected."""
        found = {difference.table for difference in self.differences if difference.table}
        return frozenset(found | set(self.refused) | self.waiting)

    @property
    def refused_own(self) -> Mapping[str, str]:
        """What is refused of views and objects, as ``views.NAME`` and ``objects.NAME``, in words."""
        return {name: str(found[0]) for name, found in self.refused.items() if is_own(name)}

    @property
    def parts(self) -> frozenset[PlainPart]:
        """Which parts of tables are not as expected."""
        found = {
            (difference.table, difference.what.startswith("trigger "))
            for difference in self.differences
            if difference.table
        }
        return frozenset(
            found | {(name, triggers) for name in self.refused if not is_own(name) for triggers in (False, True)}
        )


def is_own(name: str) -> bool:
    """Whether something is a view or an object, as ``views.NAME`` or ``objects.NAME``, and no table."""
    return not isinstance(name, PlacedName) and name.startswith(("views.", "objects."))


def schema_of(files: Mapping[str, str]) -> Schema:
    """The schema that spec files say.

    Raises:
        SchemagenError: with every mistake in them.
    """
    return loaded_of(files).schema


def loaded_of(files: Mapping[str, str], folder: str = FOLDER) -> Loaded:
    """Spec files, which need not be written yet, as if they were read from a folder.

    Raises:
        SchemagenError: with every mistake in them.
    """
    read = []
    mistakes: list[Any] = []
    for name, text in sorted(files.items()):
        file = f"{folder}/{name}"
        root, found = read_yaml(file, text)
        mistakes += found
        if root is not None:
            read.append(Source(file, name.removesuffix(".yaml"), text, root))
    sources = Sources(read)
    reporter = Reporter(sources)
    schema = build_schema(read_specs(sources, reporter), reporter)
    mistakes += reporter.diagnostics
    errors = [mistake for mistake in mistakes if mistake.severity is Severity.ERROR]
    if errors:
        raise SchemagenError(errors, sources)
    return Loaded(schema, sources, tuple(mistakes))


def prove(schema: Schema, expected: Catalog, server: Server | None, before: Iterable[str] = ()) -> Proof:
    """Build a schema on the engine of the expected catalog and compare.

    Args:
        schema: what the imported specs say.
        expected: what they ought to build.
        server: where PostgreSQL's database is made; not needed for SQLite.
        before: statements that make what the specs take for granted, such as types.
    """
    if expected.dialect == "sqlite":
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
            return _proof(connection, schema, expected, before, sqlite3.Error)
    if server is None:
        return Proof()
    import psycopg  # the driver is an extra

    from schemagen.databases.servers import connect

    server.add_roles(roles_of(schema.attached))
    with server.database() as url, connect(url, autocommit=True) as connection:
        return _proof(connection, schema, expected, before, psycopg.Error)


def refusals(schema: Schema, dialect: DialectName, server: Server | None, before: Iterable[str] = ()) -> dict[str, str]:
    """The tables that an engine refuses to build, with its words; empty where all is well.

    Args:
        schema: what specs say, perhaps imported from the other engine.
        dialect: the engine to build on.
        server: where PostgreSQL's database is made.
        before: statements that come first.
    """
    nothing = Catalog(dialect, "", ())
    found = prove(schema, nothing, server, before)
    words = {name: str(first) for name, (first, *_) in found.refused.items()}
    return words | dict.fromkeys(found.waiting, "a parent of it is refused")


def _proof(
    connection: Any, schema: Schema, expected: Catalog, before: Iterable[str], failure: type[Exception]
) -> Proof:
    schema = as_in_postgres(schema) if expected.dialect == "postgres" else schema
    missing = _prepare(connection, before, expected.dialect, failure)
    refused, waiting = _build(connection, schema, expected.dialect, failure)
    unjudged = refused.keys() | waiting
    wanted = replace(expected, tables=tuple(table for table in expected.tables if table.name not in unjudged))
    built = read_catalog(connection)
    built = replace(built, tables=tuple(table for table in built.tables if table.name not in unjudged), others=())
    found = differences(wanted, named_alike(built, wanted), others=False)
    return Proof(found, refused, waiting, missing, built, tuple(differing(expected.own, built.own)))


def _prepare(connection: Any, before: Iterable[str], dialect: DialectName, failure: type[Exception]) -> dict[str, str]:
    """Make what the specs take for granted; what a server does not have, with its words."""
    missing = {}
    if dialect == "postgres":  # as in a migration: what a function reads may come after it
        connection.execute("SET check_function_bodies = off")
    for sql in before:
        try:
            connection.execute(_encoded(sql, dialect))
        except failure as error:
            missing[sql] = refusal(error, sql).words
    return missing


def _build(
    connection: Any, schema: Schema, dialect: DialectName, failure: type[Exception]
) -> tuple[dict[str, tuple[Refusal, ...]], frozenset[str]]:
    """Run every step; what is refused of each table, and the tables that a refused parent keeps from being judged."""
    refused: dict[str, tuple[Refusal, ...]] = {}
    absent: set[str] = set()
    waiting: set[str] = set()
    parents = {
        table.name: {key.parent for key in table.enforced_foreign_keys} - {table.name} for table in schema.tables
    }
    for table, sql in _statements(schema, dialect):
        if table in absent:
            continue
        try:
            connection.execute(_encoded(sql, dialect))
        except failure as error:
            if table == TYPES and "extension" in sql.lower():
                continue  # ``_prepare`` has told it
            if getattr(connection, "closed", False) or table == TYPES:
                raise  # no statement can run any more
            makes_it = sql.lstrip().upper().startswith("CREATE TABLE")
            if parents.get(table, set()) & absent and (makes_it or table in waiting or " FOREIGN KEY " in sql):
                waiting.add(table)
            else:
                refused[table] = (*refused.get(table, ()), refusal(error, sql))
            if makes_it:
                absent.add(table)
    return refused, frozenset(waiting)


def _statements(schema: Schema, dialect: DialectName) -> Iterator[tuple[str, str]]:
    """Every statement of the first build with the table that it is about, or ``TYPES``."""
    late = {
        statement.sql: table.name
        for table in schema.tables
        for key in table.enforced_foreign_keys
        if schema.is_late(table, key)
        for statement in dialect_of(dialect).add_foreign_key(table, key)
    }
    own = {
        statement.sql: f"{'views' if isinstance(item, View) else 'objects'}.{item.name}"
        for item in schema.attached
        for statement in creation(dialect_of(dialect), item)
    }
    first = bool(schema.has_definitions) + bool(schema.early)
    for number, step in enumerate(bare_steps(schema), start=-first):
        for statement in step.for_dialect(dialect).statements:
            if statement.sql in own:
                yield own[statement.sql], statement.sql
                continue
            table = schema.tables[number].name if 0 <= number < len(schema.tables) else late.get(statement.sql, TYPES)
            yield table, statement.sql


def _encoded(sql: str, dialect: DialectName) -> Any:
    return sql if dialect == "sqlite" else sql.encode()  # psycopg takes text for a template


def named_alike(built: Catalog, wanted: Catalog) -> Catalog:
    """What was built, without the names that the expected catalog does not have: no name is no part of equality."""
    return replace(
        built,
        tables=tuple(
            _without_names(table, wanted.by_name[table.name]) if table.name in wanted.by_name else table
            for table in built.tables
        ),
    )


def _without_names(built: CatalogTable, wanted: CatalogTable) -> CatalogTable:
    key = built.primary_key
    if key and wanted.primary_key and wanted.primary_key.name is None:
        key = replace(key, name=None)
    return replace(
        built,
        primary_key=key,
        foreign_keys=_anonymous(built.foreign_keys, wanted.foreign_keys),
        uniques=_anonymous(built.uniques, wanted.uniques),
        checks=_anonymous(built.checks, wanted.checks),
        indexes=_anonymous(built.indexes, wanted.indexes),
        triggers=tuple(_unread(trigger, wanted.triggers) for trigger in built.triggers),
    )


def _unread(trigger: CatalogTrigger, wanted: Iterable[CatalogTrigger]) -> CatalogTrigger:
    """A trigger without its definition where none is expected."""
    return next((one for one in wanted if one.name == trigger.name and one.definition == UNREAD), trigger)


def _anonymous(built: tuple[Any, ...], wanted: tuple[Any, ...]) -> Any:
    named = {part.name for part in wanted if part.name}
    nameless = [part for part in wanted if not part.name]
    return tuple(_renamed(part, nameless) if part.name not in named else part for part in built)


def _renamed(part: Any, nameless: Iterable[Any]) -> Any:
    return next((other for other in nameless if replace(part, name=other.name) == other), part)
