"""The order in which a database has its columns: one that was added later stands last, whatever the spec says.

It is read from the statements of the migrations, which are of our own making; ``verify`` compares it with a database.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemagen.changes.migration import Step
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.model import Schema, Table

_NAME = r'(?:"(?:[^"]|"")+"|\w+)'
_STATEMENT = re.compile(
    r"'(?:[^']|'')*'|/\*.*?\*/"  # an author's words are no statement
    rf"|\bCREATE TABLE (?:IF NOT EXISTS )?(?P<created>{_NAME}) \((?P<body>\n.*)"
    rf"|\bDROP TABLE (?:IF EXISTS )?(?P<dropped>{_NAME})"
    rf"|\bALTER TABLE (?P<table>{_NAME}) (?:"
    rf"ADD COLUMN (?:IF NOT EXISTS )?(?P<added>{_NAME})"
    rf"|DROP COLUMN (?:IF EXISTS )?(?P<gone>{_NAME})"
    rf"|RENAME COLUMN (?P<old>{_NAME}) TO (?P<new>{_NAME})"
    rf"|RENAME TO (?P<renamed>{_NAME}))",
    re.DOTALL,
)
_COLUMN = re.compile(rf"^    (?!CONSTRAINT )({_NAME}) ", re.MULTILINE)


def as_migrated(schema: Schema, steps: Iterable[Step], dialect: DialectName) -> Schema:
    """A schema whose tables have their columns in the order in which the migrations of an engine leave them."""
    orders = column_orders(statement.sql for step in steps for statement in step.for_dialect(dialect).statements)
    return replace(schema, tables=tuple(_ordered(table, orders.get(table.name, [])) for table in schema.tables))


def _ordered(table: Table, order: list[str]) -> Table:
    places = {name: place for place, name in enumerate(order)}
    columns = sorted(table.columns, key=lambda column: places.get(column.name, len(places)))
    return replace(table, columns=tuple(columns))


def column_orders(statements: Iterable[str]) -> dict[str, list[str]]:
    """The columns of each table after these statements; what is no column may stand among them."""
    tables: dict[str, list[str]] = {}
    for sql in statements:
        for match in _STATEMENT.finditer(sql):
            part = {key: _plain(text) for key, text in match.groupdict().items() if text and key != "body"}
            if not part:
                continue
            if "created" in part:
                tables.setdefault(part["created"], list(map(_plain, _COLUMN.findall(match["body"]))))
            elif "dropped" in part:
                tables.pop(part["dropped"], None)
            else:
                _alter(tables, part)
    return tables


def _alter(tables: dict[str, list[str]], part: dict[str, str]) -> None:
    columns = tables.setdefault(part["table"], [])
    match part:
        case {"added": name}:
            columns += [name] * (name not in columns)
        case {"gone": name}:
            columns[:] = [one for one in columns if one != name]
        case {"old": old, "new": new}:
            columns[:] = [new if one == old else one for one in columns]
        case {"renamed": name}:
            tables[name] = tables.pop(part["table"])


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
