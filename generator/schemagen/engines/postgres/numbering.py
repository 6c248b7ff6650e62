"""Columns that are numbered: by an identity, or by a sequence that the column owns, as a serial's is.

Sources: PostgreSQL, "8.1.4. Serial Types", "CREATE SEQUENCE" (OWNED BY), "ALTER SEQUENCE" (AS).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.changes.migration import Statement
from schemagen.engines.standard import do_block, sql_text
from schemagen.schema.names import bounded_name
from schemagen.schema.places import local_name, schema_of

from . import statements as sql
from .dialect import POSTGRES, declared_type, identity_kind

if TYPE_CHECKING:
    from schemagen.schema.model import Column

_IDENTITY = "attidentity <> ''"
_SERIAL = "attidentity = '' AND atthasdef"
_NUMBERED = "(attidentity <> '' OR atthasdef)"
_LONGEST = 58
"""Bytes of a sequence's name before the number that a taken one gets."""


def add_numbering(table: str, column: Column) -> Statement:
    """Number new rows after the largest that is there, unless something numbers them already."""
    missing = f"NOT {_is(table, column.name, _NUMBERED)}"
    if column.serial:
        return _own_sequence(table, column, missing)
    name, each = POSTGRES.quote(table), POSTGRES.quote(column.name)
    add = (
        f"ALTER TABLE {name} ALTER COLUMN {each} ADD GENERATED {identity_kind(column)} AS IDENTITY;\n        PERFORM "
        f"setval({_sequence(table, column.name)}, greatest((SELECT max({each}) FROM {name}), 0) + 1, false);"
    )
    return sql.guarded(missing, add)


def change_numbering(table: str, column: Column) -> Statement:
    """A serial becomes an identity, or an identity a serial, which goes on counting where the other was."""
    if column.serial:
        return _own_sequence(table, column, _is(table, column.name, _IDENTITY), counts_on=True)
    return _block(
        "postgres/own_identity.sql.jinja",
        table=POSTGRES.quote(table),
        column=POSTGRES.quote(column.name),
        condition=f"{_sequence(table, column.name)} IS NOT NULL AND {_is(table, column.name, _SERIAL)}",
        sequence=_sequence(table, column.name),
        kind=identity_kind(column),
        drop=_drop_sequence(table, column.name),
    )


def create_sequence(table: str, column: Column) -> Statement:
    """What makes a plain column of a new table a serial one."""
    return _own_sequence(table, column, f"NOT {_is(table, column.name, _NUMBERED)}")


def drop_numbering(table: str, column: str) -> tuple[Statement, Statement]:
    """The identity, and the default and the sequence of a serial column, which DROP IDENTITY leaves."""
    identity = f"ALTER TABLE {POSTGRES.quote(table)} ALTER COLUMN {POSTGRES.quote(column)} DROP IDENTITY IF EXISTS"
    drop = f"EXECUTE {_drop_sequence(table, column)} || {_sequence(table, column)};"
    return Statement(identity), _for_serial(table, column, drop)


def retype_serial(table: str, column: str, type_: str) -> Statement:
    """The sequence of a serial column has a type of its own, which ALTER COLUMN … TYPE leaves as it is."""
    return _for_serial(table, column, f"EXECUTE 'ALTER SEQUENCE ' || {_sequence(table, column)} || ' AS {type_}';")


def _own_sequence(table: str, column: Column, condition: str, *, counts_on: bool = False) -> Statement:
    """A new sequence that the column owns and its default asks; it takes over the count of an identity, or is new."""
    name, each = POSTGRES.quote(table), POSTGRES.quote(column.name)
    return _block(
        "postgres/own_sequence.sql.jinja",
        table=name,
        column=each,
        condition=condition,
        identity=_sequence(table, column.name) if counts_on else "",
        stem=sql_string(bounded_name(local_name(table), column.name, "seq")[:_LONGEST]),
        schema=sql_string(f"{POSTGRES.quote(schema)}.") if (schema := schema_of(table)) else "",
        owned=sql_string(f" AS {declared_type(column.type)} OWNED BY {name}.{each}"),
        set_default=sql_string(f"ALTER TABLE {name} ALTER COLUMN {each} SET DEFAULT nextval("),
    )


def _block(template: str, **values: str) -> Statement:
    body = sql_text(template, lock_wait=sql.LOCK_WAIT, **values)
    return do_block(body)


def _drop_sequence(table: str, column: str) -> str:
    alter = f"ALTER TABLE {POSTGRES.quote(table)} ALTER COLUMN {POSTGRES.quote(column)} DROP DEFAULT; DROP SEQUENCE "
    return sql_string(alter)


def _for_serial(table: str, column: str, action: str) -> Statement:
    return sql.guarded(f"{_sequence(table, column)} IS NOT NULL AND {_is(table, column, _SERIAL)}", action)


def _sequence(table: str, column: str) -> str:
    return f"pg_get_serial_sequence({sql_string(POSTGRES.quote(table))}, {sql_string(column)})"


def _is(table: str, column: str, condition: str) -> str:
    return (
        f"EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = {sql_string(POSTGRES.quote(table))}::regclass "
        f"AND attname = {sql_string(column)} AND {condition})"
    )
