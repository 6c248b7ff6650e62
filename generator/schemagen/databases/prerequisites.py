"""What specs take for granted in a PostgreSQL database: types and extensions, which the language has no words for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic, SchemagenError
from schemagen.base.layout import leads_out
from schemagen.engines.dialects import POSTGRES
from schemagen.schema.places import schema_of

from .scripts import statements

if TYPE_CHECKING:
    from pathlib import Path

    from schemagen.engines.catalog import Catalog, CatalogObject

CANNOT_PREPARE = "SG458"

PREREQUISITES_FILE = "before-import.postgres.sql"
"""Where an import writes them, beside the specs; whoever makes a database runs it before the migrations."""

PREREQUISITES = ("extension", "sequence", "enum type", "domain", "composite type", "range type")
"""Kinds of objects in the order in which they are made."""

DEFINED = ("domain", "composite type", "range type")
"""Those whose definitions name others."""


def prerequisites(catalog: Catalog, *, own: bool = True) -> dict[str, str]:
    """Statements that make the types and extensions of a database, in an order in which they run, and what each makes.

    Functions and what else only its author can write again are not among them.

    Args:
        catalog: of the database.
        own: whether its types and sequences are among them; not where the specs have them.
    """
    if catalog.dialect != "postgres":
        return {}
    found = [other for other in catalog.others if other.kind in PREREQUISITES and (own or other.kind == "extension")]
    found.sort(key=lambda other: (PREREQUISITES.index(other.kind), other.name))
    schemas = dict.fromkeys(schema_of(other.name) for other in found if schema_of(other.name))
    made = {f"CREATE SCHEMA IF NOT EXISTS {POSTGRES.quote(name)}": f"schema {name}" for name in schemas}
    return made | {_statement(other): f"{other.kind} {other.name}" for other in _ordered(found)}


def _ordered(found: list[CatalogObject]) -> list[CatalogObject]:
    """Objects in their order, but each after those that its definition names."""
    ordered: list[CatalogObject] = []
    waiting = list(found)
    while waiting:
        ready = [one for one in waiting if not any(_names(one, other) for other in waiting if other is not one)]
        ordered += ready or waiting  # a cycle: the server will tell
        waiting = [one for one in waiting if ready and one not in ready]
    return ordered


def _names(one: CatalogObject, other: CatalogObject) -> bool:
    if one.kind not in DEFINED:
        return False
    text = re.sub(r"'(?:[^']|'')*'", "''", one.definition.written)
    return re.search(rf'(?<![\w"]){re.escape(POSTGRES.quote(other.name))}(?![\w"])', text) is not None


def prerequisites_file(specs: Path) -> Path | None:
    """The file that an import has written beside specs, or its author; None where there is none.

    Raises:
        SchemagenError: SG458 for a link that leads out of the project: what the server says of it would show it.
    """
    file = specs / PREREQUISITES_FILE
    if leads_out(file, specs):
        message = f"{file} is a link to a place outside of the project, which is not read"
        raise SchemagenError([Diagnostic(CANNOT_PREPARE, message, hint="copy the file, or delete the link")])
    return file if file.is_file() else None


def prerequisites_beside(specs: Path) -> tuple[str, ...]:
    """The statements of ``prerequisites_file``; none where there is none."""
    file = prerequisites_file(specs)
    return tuple(statements(file.read_text(encoding="utf-8"))) if file else ()


def _statement(other: CatalogObject) -> str:
    name = POSTGRES.quote(other.name)
    definition = other.definition.written
    match other.kind:
        case "extension":
            return f"CREATE EXTENSION IF NOT EXISTS {name}"
        case "sequence":
            return f"CREATE SEQUENCE IF NOT EXISTS {name}{' ' * bool(definition)}{definition}"
        case "enum type":
            return f"CREATE TYPE {name} AS ENUM ({definition})"
        case "composite type":
            return f"CREATE TYPE {name} AS ({definition})"
        case "range type":
            return f"CREATE TYPE {name} AS RANGE ({definition})"
    return f"CREATE DOMAIN {name} AS {definition}"
