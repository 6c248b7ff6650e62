"""From a schema to the steps of its first build: one table a step, then the foreign keys of cycles; or all in one."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from schemagen.changes.attached import CreateAttached, is_partition, is_sequence
from schemagen.changes.domains import CreateDomain
from schemagen.changes.migration import Migration, Statement, Step
from schemagen.changes.records import ChangeRecord, ForeignKeyAdded, TableCreated, effect_of, record_of
from schemagen.changes.type_definitions import AddExtension, AddSchema, CreateType
from schemagen.engines import attached
from schemagen.engines.dialects import POSTGRES, SQLITE
from schemagen.engines.postgres.domains import create_domain, drop_domain
from schemagen.engines.postgres.enum_types import create_extension, create_schema, create_types, drop_schema, drop_types
from schemagen.engines.postgres.needed_version import needed_version, unenforced_rules
from schemagen.engines.postgres.session import begun
from schemagen.engines.release import releases
from schemagen.schema.objects import View
from schemagen.schema.triggers import triggers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schemagen.engines.base import Dialect
    from schemagen.schema.model import ForeignKey, Schema, Table
    from schemagen.schema.objects import Attached

ADD_FOREIGN_KEYS = "add_foreign_keys"
CREATE_TYPES = "create_types"
CREATE_EXTENSIONS = "create_extensions"
CREATE_SCHEMAS = "create_schemas"
CREATE_FIRST = "create_objects_first"
BASELINE = "baseline"

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

_NOTES_IN_HEADER = ("security", "ordering", "concurrency", "design_decisions")


def first_build(schema: Schema) -> tuple[Step, ...]:
    """The steps that build a schema from nothing, in schema order.

    A step's two migrations share number and name. Where foreign keys point to tables that come later, a closing step
    ``add_foreign_keys`` holds them for PostgreSQL; SQLite has them inline and nothing to do there.
    """
    return tuple(_begun(step) for step in bare_steps(schema))


def _begun(step: Step) -> Step:
    up, down = begun(step.postgres.statements), begun(step.postgres.rollback, alone=True)
    return replace(step, postgres=replace(step.postgres, statements=up, rollback=down))


def bare_steps(schema: Schema) -> tuple[Step, ...]:
    """The steps of a first build without what their transactions begin with."""
    early = [item for item in schema.attached if item.name in schema.early]
    steps = [_create_types(schema)] if schema.has_definitions else []
    steps += [_create_attached(len(steps) + 1, CREATE_FIRST, early, schema)] if early else []
    steps += [_create_table(number, table, schema) for number, table in enumerate(schema.tables, start=len(steps) + 1)]
    if late := _late(schema):
        steps.append(_add_foreign_keys(len(steps) + 1, late))
    others = [item for item in schema.attached if item.name not in schema.early]
    if others:
        steps.append(_create_attached(len(steps) + 1, _name_of(others), others, schema))
    if version := needed_version(name for table in schema.tables for name in unenforced_rules(table)):
        first = steps[0].postgres
        steps[0] = replace(steps[0], postgres=replace(first, statements=(*version, *first.statements)))
    return tuple(steps)


def _late(schema: Schema) -> list[tuple[Table, ForeignKey]]:
    """The foreign keys that point to tables made after their own."""
    return [
        (table, key) for table in schema.tables for key in table.declared_foreign_keys if schema.is_late(table, key)
    ]


def _name_of(items: Sequence[Attached]) -> str:
    kinds = {isinstance(item, View) for item in items}
    return {frozenset({True}): "create_views", frozenset({False}): "create_objects"}.get(
        frozenset(kinds), "create_views_and_objects"
    )


def _create_attached(number: int, name: str, items: Sequence[Attached], schema: Schema) -> Step:
    words = tuple(f"create {item.kind} {item.name}" for item in items)
    header = ("Purpose: views and objects of the specs' own SQL.", *(f"Creates: {word[7:]}" for word in words))
    if name == CREATE_FIRST:
        header = ("Purpose: objects of the specs' own SQL that tables may need.", *header[1:])

    def migration(dialect: Dialect) -> Migration:
        made = [statement for item in items for statement in attached.creation(dialect, item)]
        roles = attached.needed_roles(schema.attached) if dialect.name == "postgres" else ()
        return Migration(
            number=number,
            name=name,
            dialect=dialect.name,
            statements=(*roles, *made),
            rollback=tuple(each for item in reversed(items) for each in attached.removal(dialect, item)),
            header=header if made else (*header[:1], "Nothing to do here: this engine has none of them."),
            rollback_losses=tuple(filter(None, map(_held, items))) if made else (),
        )

    records = (ChangeRecord(word, effect_of(CreateAttached(item))) for word, item in zip(words, items, strict=True))
    return Step(migration(SQLITE), migration(POSTGRES), tuple(records))


def _held(item: Attached) -> str:
    """What goes with an object; empty for one that holds nothing."""
    if is_partition(item):
        return f"every row of partition {item.name}"
    return f"what sequence {item.name} has counted" if is_sequence(item) else ""


def baseline(schema: Schema) -> tuple[Step, ...]:
    """The first build as one step, for a database that has all of it already: its history begins after this step."""
    steps = bare_steps(schema)
    whole = Step(_joined([step.sqlite for step in steps]), _joined([step.postgres for step in steps]), _changes(steps))
    return (_begun(whole),)


def _changes(steps: tuple[Step, ...]) -> tuple[ChangeRecord, ...]:
    return tuple(change for step in steps for change in step.changes)


def _create_types(schema: Schema) -> Step:
    name = CREATE_EXTENSIONS if schema.extensions else CREATE_SCHEMAS
    name = CREATE_TYPES if schema.types or schema.domains else name

    def migration(dialect: Dialect, made: Iterable[Statement], gone: Iterable[Statement], *purpose: str) -> Migration:
        header = tuple(f"Purpose: {line}" for line in purpose)
        return Migration(1, name, dialect.name, tuple(made), tuple(gone), header)

    schemas = map(create_schema, schema.schemas)
    extensions = [statement for name in schema.extensions for statement in create_extension(name)]
    purpose = ["The schemas that tables are in; a rollback leaves those that others use."] if schema.schemas else []
    purpose += ["Extensions that the tables need; a rollback leaves them."] if extensions else []
    purpose += ["The named types by which columns are declared, with their values in order."] if schema.types else []
    purpose += ["The domains by which columns are declared."] if schema.domains else []
    nothing = "Nothing to do: SQLite has no extensions, and keeps named types as text with a check in each table."
    if name == CREATE_SCHEMAS:
        nothing = "Nothing to do: SQLite has no schemas, and all tables in one."
    added = map(record_of, map(AddSchema, schema.schemas))
    words = [AddExtension(each).describe() for each in schema.extensions]
    words += [CreateType(each).describe() for each in schema.types]
    words += [CreateDomain(each).describe() for each in schema.domains]
    domains = [statement for domain in schema.domains for statement in create_domain(domain)]
    gone = [*map(drop_domain, reversed(schema.domains)), *drop_types(schema.types[::-1])]
    gone += map(drop_schema, schema.schemas[::-1])
    return Step(
        migration(SQLITE, (), (), nothing),
        migration(POSTGRES, [*schemas, *extensions, *create_types(schema.types), *domains], gone, *purpose),
        (*added, *map(ChangeRecord, words)),
    )


def _joined(migrations: list[Migration]) -> Migration:
    """Migrations as one of the same dialect; the way back takes them in the opposite order."""
    return Migration(
        number=1,
        name=BASELINE,
        dialect=migrations[0].dialect,
        statements=tuple(statement for migration in migrations for statement in _headed(migration)),
        rollback=tuple(statement for migration in reversed(migrations) for statement in migration.rollback),
        header=(
            "Purpose: everything that the database had when its specs were written, for a new and empty database.",
            "The database that this was imported from is already here: stamp it, do not run it.",
            "Stamp: alembic stamp 0001",
        ),
        rollback_losses=tuple(dict.fromkeys(loss for migration in migrations for loss in migration.rollback_losses)),
    )


def _headed(migration: Migration) -> tuple[Statement, ...]:
    """A migration's statements, the first one below what its file would be about."""
    first, *rest = migration.statements or (None,)
    if first is None:
        return ()
    return (replace(first, heading=first.heading or migration.header[0]), *rest)


def _create_table(number: int, table: Table, schema: Schema) -> Step:
    header = table_header(table, schema)
    losses = (f"every row of table {table.name}", *(each.loss for each in releases(table, schema)))

    def migration(dialect: Dialect) -> Migration:
        return Migration(
            number=number,
            name=f"create_{snake_case(table.key)}",
            dialect=dialect.name,
            statements=creation(dialect, table, schema),
            rollback=removal(dialect, table, schema),
            header=header,
            rollback_losses=losses,
        )

    change = ChangeRecord(f"create table {table.name}", TableCreated(table.name))
    return Step(migration(SQLITE), migration(POSTGRES), (change,))


def snake_case(name: str) -> str:
    """A name in lower_snake_case, of letters and digits that every file system has."""
    return re.sub(r"\W+", "_", _HUMP.sub("_", name), flags=re.ASCII).strip("_").lower()


def creation(dialect: Dialect, table: Table, schema: Schema) -> tuple[Statement, ...]:
    """What makes a table that is not there: the table, its comments, indexes and triggers."""
    statements = list(dialect.create_table(table, schema))
    statements += (dialect.create_index(table, index) for index in dialect.indexes(table))
    for trigger in triggers_of(table):
        statements += dialect.create_trigger(trigger, schema)
    return tuple(statements)


def removal(dialect: Dialect, table: Table, schema: Schema) -> tuple[Statement, ...]:
    """What removes a table and everything made with it; its indexes go with the table."""
    statements: list[Statement] = []
    for trigger in reversed(triggers_of(table)):
        statements += dialect.drop_trigger(trigger, schema)
    made, gone = dialect.placeholder_tables(table, schema)
    return (*statements, *dialect.release(table, schema), *made, dialect.drop_table(table), *gone)


def _add_foreign_keys(number: int, late: list[tuple[Table, ForeignKey]]) -> Step:
    changes = (
        ChangeRecord(f"add foreign key {key.name} to table {table.name}", ForeignKeyAdded(table.name))
        for table, key in late
    )

    def migration(dialect: Dialect, purpose: str) -> Migration:
        added = [statement for table, key in late for statement in dialect.add_foreign_key(table, key)]
        dropped = [statement for table, key in reversed(late) for statement in dialect.drop_foreign_key(table, key)]
        return Migration(number, ADD_FOREIGN_KEYS, dialect.name, tuple(added), tuple(dropped), (f"Purpose: {purpose}",))

    return Step(
        migration(SQLITE, "Nothing to do: SQLite has the foreign keys of cycles in the tables themselves."),
        migration(POSTGRES, "Foreign keys that point to tables created after their own."),
        tuple(changes),
    )


def table_header(table: Table, schema: Schema) -> tuple[str, ...]:
    """What the header of a creating migration says: the table, its purpose, notes, and its place among the others."""
    lines = [f"Table: {table.name}"]
    if table.description:
        lines.append(f"Purpose: {table.description}")
    lines += (
        f"Note: {column.name} references {column.external_reference}, NOT a database foreign key"
        for column in table.columns
        if column.external_reference
    )
    lines += (
        f"Note: {', '.join(key.columns)} references {key.parent}, which the database does not enforce"
        for key in table.foreign_keys
        if not key.enforced
    )
    lines += (f"{key.replace('_', ' ').capitalize()}: {text}" for key in _NOTES_IN_HEADER for text in table.note(key))
    lines.append(f"Depends on: {_depends_on(table)}")
    lines.append(f"Referenced by: {_referenced_by(table, schema)}")
    return tuple(lines)


def _depends_on(table: Table) -> str:
    parents = dict.fromkeys(key.parent for key in table.enforced_foreign_keys if key.parent != table.name)
    return ", ".join(parents) or "nothing"


def _referenced_by(table: Table, schema: Schema) -> str:
    children = [
        f"{child.name} (on delete {key.deletion})" for child, key in schema.children(table.name) if key.enforced
    ]
    return ", ".join(dict.fromkeys(children)) or "nothing"
