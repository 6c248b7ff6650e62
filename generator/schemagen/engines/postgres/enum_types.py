"""Schemas and extensions on PostgreSQL, and enum types: made, given labels, recreated where one goes or moves, dropped.

Sources: PostgreSQL, "CREATE TYPE", "ALTER TYPE", "8.7. Enumerated Types", "52.20. pg_enum".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.escape import one_line, sql_string
from schemagen.changes.domains import AlterDomain, CreateDomain, DropDomain
from schemagen.changes.migration import Statement
from schemagen.changes.type_definitions import (
    AddExtension,
    AddSchema,
    AlterType,
    CreateType,
    DropSchema,
    DropType,
    MoveType,
)
from schemagen.schema.places import USUAL_SCHEMA, local_name

from .dialect import POSTGRES
from .domains import aside_name, changed_after_columns, changed_before_columns
from .statements import block, guarded, move

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schemagen.changes.type_definitions import TypeDefinitionChange
    from schemagen.schema.enum_types import EnumType


def create_types(types: Sequence[EnumType]) -> Iterator[Statement]:
    """What makes types that are not there, safe to run twice."""
    for type_ in types:
        yield guarded(f"to_regtype({_literal(type_.name)}) IS NULL", f"{_create(type_.name, type_.labels)};")
        yield from _described(type_)


def create_schemas(changes: Sequence[TypeDefinitionChange]) -> Iterator[Statement]:
    """What makes the schemas that no table was in."""
    yield from (create_schema(change.name) for change in changes if isinstance(change, AddSchema))


def create_schema(name: str) -> Statement:
    """CREATE SCHEMA, unless it is there: IF NOT EXISTS would ask for the right to make one even so."""
    there = f"to_regnamespace({sql_string(POSTGRES.quote(name))})"
    return guarded(f"{there} IS NULL", f"CREATE SCHEMA {POSTGRES.quote(name)};")


def drop_schema(name: str) -> Statement:
    """DROP SCHEMA, unless something is in it, or said of it that making it again would not say.

    Who may make none keeps it as well, and everybody the one in which connections usually are.
    """
    quoted = sql_string(POSTGRES.quote(name))
    plain = (
        f"n.oid = to_regnamespace({quoted}) AND n.nspname <> {sql_string(USUAL_SCHEMA)} AND n.nspacl IS NULL "
        "AND pg_has_role(n.nspowner, 'USAGE') AND obj_description(n.oid, 'pg_namespace') IS NULL "
        "AND NOT EXISTS (SELECT FROM pg_catalog.pg_default_acl WHERE defaclnamespace = n.oid)"
    )
    return block(
        f"    IF has_database_privilege(current_database(), 'CREATE') AND EXISTS (\n"
        f"        SELECT FROM pg_catalog.pg_namespace n WHERE {plain}\n    ) THEN\n"
        f"        DROP SCHEMA {POSTGRES.quote(name)};\n    END IF;\n"
        "EXCEPTION WHEN dependent_objects_still_exist THEN NULL;"
    )


def create_extension(name: str) -> Iterator[Statement]:
    """CREATE EXTENSION, unless it is there; a server that does not have it is reported before anything is changed."""
    message = sql_string(f"this server does not have the extension {name}: install it first; nothing was changed")
    yield block(
        f"    IF NOT EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = {sql_string(name)}) THEN\n"
        f"        RAISE EXCEPTION USING ERRCODE = 'feature_not_supported', MESSAGE = {message};\n    END IF;"
    )
    yield Statement(f"CREATE EXTENSION IF NOT EXISTS {POSTGRES.quote(name)}")


def drop_types(types: Sequence[EnumType]) -> Iterator[Statement]:
    """What takes them away again; a column that is declared by one, such as one of an array, stops it."""
    yield from (Statement(f"DROP TYPE IF EXISTS {POSTGRES.quote(type_.name)}") for type_ in types)


def before_columns(changes: Sequence[TypeDefinitionChange]) -> Iterator[Statement]:
    """What has to be done before columns can be declared by the new types: those that are recreated step aside."""
    for change in changes:
        match change:
            case AddExtension(name):
                yield from create_extension(name)
            case CreateType(type_):
                yield from create_types([type_])
            case MoveType(old, new):
                yield from move("TYPE", old.name, new.name)
            case AlterType():
                yield from (_rename_label(change.new.name, old, new) for new, old in change.renamed)
                if change.is_rebuilt:
                    yield from _step_aside(change)
                else:
                    yield from _add_labels(change)
            case CreateDomain() | AlterDomain():
                yield from changed_before_columns(change)


def after_columns(changes: Sequence[TypeDefinitionChange]) -> Iterator[Statement]:
    """What no column is declared by any more."""
    stale: list[AlterDomain] = []
    for change in changes:
        match change:
            case DropSchema(name):
                yield drop_schema(name)
            case DropType(type_):
                yield from drop_types([type_])
            case DropDomain():
                yield from changed_after_columns(change)
            case AlterDomain(is_rebuilt=True):
                stale.append(change)
            case AlterType() if change.is_rebuilt:
                yield Statement(f"DROP TYPE {POSTGRES.quote(aside_name(change.new.name))}")
    for change in reversed(stale):  # what others are made of goes last
        yield from changed_after_columns(change)


def has_labels(name: str, labels: Sequence[str]) -> str:
    """The condition that a type has just these labels, in their order."""
    found = (
        "SELECT array_agg(enumlabel::text ORDER BY enumsortorder) FROM pg_catalog.pg_enum "
        f"WHERE enumtypid = to_regtype({_literal(name)})"
    )
    return f"({found}) = ARRAY[{', '.join(map(sql_string, labels))}]"


def _create(name: str, labels: Sequence[str]) -> str:
    return f"CREATE TYPE {POSTGRES.quote(name)} AS ENUM ({', '.join(map(sql_string, labels))})"


def _rename_label(name: str, old: str, new: str) -> Statement:
    return Statement(f"ALTER TYPE {POSTGRES.quote(name)} RENAME VALUE {sql_string(old)} TO {sql_string(new)}")


def _add_labels(change: AlterType) -> Iterator[Statement]:
    """ADD VALUE for each new label, behind the one that stands before it."""
    for place, label in enumerate(change.new.labels):
        if label not in change.moved:
            where = f"AFTER {sql_string(change.new.labels[place - 1])}" if place else f"BEFORE {_first(change)}"
            name = POSTGRES.quote(change.new.name)
            yield Statement(f"ALTER TYPE {name} ADD VALUE IF NOT EXISTS {sql_string(label)} {where}")


def _first(change: AlterType) -> str:
    return sql_string(change.moved[0])


def _step_aside(change: AlterType) -> Iterator[Statement]:
    """The old type under another name, and the new one; run again, nothing is changed."""
    name = POSTGRES.quote(change.new.name)
    message = sql_string(f"type {change.new.name} has its new values already; nothing was changed")
    yield block(
        f"    IF {has_labels(change.new.name, change.new.labels)} THEN\n"
        f"        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = {message};\n    END IF;"
    )
    yield Statement(f"ALTER TYPE {name} RENAME TO {POSTGRES.quote(local_name(aside_name(change.new.name)))}")
    yield Statement(_create(change.new.name, change.new.labels))
    yield from _described(change.new)


def _described(type_: EnumType) -> Iterator[Statement]:
    if type_.description:
        text = sql_string(one_line(type_.description))
        yield Statement(f"COMMENT ON TYPE {POSTGRES.quote(type_.name)} IS {text}")


def _literal(name: str) -> str:
    return sql_string(POSTGRES.quote(name))
