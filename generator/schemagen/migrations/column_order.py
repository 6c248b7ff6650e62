"""The order in which a database has its columns: one that was added later stands last, whatever the spec says.

It is read from the statements of the migrations, which are of our own making; ``verify`` compares it with a database.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from schemagen.schema.places import Place, place_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemagen.changes.migration import Step
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.model import Schema, Table

_NAME = r'(?:"(?:[^"]|"")+"|\w+)'
_TABLE = rf"(?:{_NAME}\.)?{_NAME}"
_STATEMENT = re.compile(
    rf"EXECUTE format\('ALTER TABLE (?P<home>{_TABLE}) SET SCHEMA %I'"
    r"|'(?:[^']|'')*'|/\*.*?\*/"  # an author's words are not statement
    rf"|\bCREATE TABLE (?:IF NOT EXISTS )?(?P<created>{_TABLE}) \((?P<body>\n.*)"
    rf"|\bDROP TABLE (?:IF EXISTS )?(?P<dropped>{_TABLE})"
    rf"|\bALTER TABLE (?P<table>{_TABLE}) (?:"
    rf"ADD COLUMN (?:IF NOT EXISTS )?(?P<added>{_NAME})"
    rf"|DROP COLUMN (?:IF EXISTS )?(?P<gone>{_NAME})"
    rf"|RENAME COLUMN (?P<old>{_NAME}) TO (?P<new>{_NAME})"
    rf"|SET SCHEMA (?P<schema>{_NAME})"
    rf"|RENAME TO (?P<renamed>{_NAME}))",
    re.DOTALL,
)
_PARTS = re.compile(_NAME)
_COLUMN = re.compile(rf"^    (?!CONSTRAINT )({_NAME}) ", re.MULTILINE)


def as_migrated(schema: Schema, steps: Iterable[Step], dialect: DialectName) -> Schema:
    """A schema whose tables have their columns in the order in which the migrations of an engine leave them."""
    orders = column_orders(statement.sql for step in steps for statement in step.for_dialect(dialect).statements)
    places = {
        table.name: place_of(table.name) if dialect == "postgres" else Place("", table.name) for table in schema.tables
    }
    return replace(schema, tables=tuple(_ordered(one, orders.get(places[one.name], [])) for one in schema.tables))


def _ordered(table: Table, order: list[str]) -> Table:
    places = {name: place for place, name in enumerate(order)}
    columns = sorted(table.columns, key=lambda column: places.get(column.name, len(places)))
    return replace(table, columns=tuple(columns))


def column_orders(statements: Iterable[str]) -> dict[Place, list[str]]:
    """The columns of each table after these statements; what is not a column may stand among them."""
    tables: dict[Place, list[str]] = {}
    for sql in statements:
        for match in _STATEMENT.finditer(sql):
            table = next((_place(match[key]) for key in ("created", "dropped", "table", "home") if match[key]), None)
            if table is None:
                continue
            if match["created"]:
                tables.setdefault(table, list(map(_plain, _COLUMN.findall(match["body"]))))
            elif match["dropped"]:
                tables.pop(table, None)
            elif match["home"]:
                tables[replace(table, schema="")] = tables.pop(table, [])
            else:
                parts = ("added", "gone", "old", "new", "renamed", "schema")
                _alter(tables, table, {key: _plain(match[key]) for key in parts if match[key]})
    return tables


def _alter(tables: dict[Place, list[str]], table: Place, part: dict[str, str]) -> None:
    columns = tables.setdefault(table, [])
    match part:
        case {"added": name}:
            columns += [name] * (name not in columns)
        case {"gone": name}:
            columns[:] = [one for one in columns if one != name]
        case {"old": old, "new": new}:
            columns[:] = [new if one == old else one for one in columns]
        case {"renamed": name}:
            tables[replace(table, name=name)] = tables.pop(table)
        case {"schema": name}:
            tables[replace(table, schema=name)] = tables.pop(table)


def _place(name: str) -> Place:
    """A table's name with its schema, if that stands before it."""
    *schema, local = map(_plain, _PARTS.findall(name))
    return Place("".join(schema), local)


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
