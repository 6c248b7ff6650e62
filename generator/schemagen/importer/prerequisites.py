"""What specs take for granted in a PostgreSQL database: types and extensions, which the language has no words for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schemagen.dialects import POSTGRES

if TYPE_CHECKING:
    from schemagen.verify.catalog import Catalog, CatalogObject

PREREQUISITES = ("extension", "sequence", "enum type", "domain")
"""Kinds of objects in the order in which they are made."""


def prerequisites(catalog: Catalog) -> tuple[str, ...]:
    """Statements that make the types and extensions of a database, in an order in which they run.

    Functions, composite types and what else only its author can write again are not among them.
    """
    if catalog.dialect != "postgres":
        return ()
    found = [
        (PREREQUISITES.index(other.kind), other.name, other) for other in catalog.others if other.kind in PREREQUISITES
    ]
    return tuple(_statement(other) for *_, other in sorted(found, key=lambda one: one[:2]))


def _statement(other: CatalogObject) -> str:
    name = POSTGRES.quote(other.name)
    definition = other.definition.written
    match other.kind:
        case "extension":
            return f"CREATE EXTENSION IF NOT EXISTS {name}"
        case "sequence":
            return f"CREATE SEQUENCE IF NOT EXISTS {name}"
        case "enum type":
            return f"CREATE TYPE {name} AS ENUM ({definition})"
    return f"CREATE DOMAIN {name} AS {re.sub(' +', ' ', definition)}"
