"""Names as they stand in the SQL of PostgreSQL."""

from __future__ import annotations

import re

from schemagen.base.reserved import PARSER, POSTGRES

from .places import PlacedName

_BARE = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)
_RESERVED = POSTGRES | PARSER


def quoted(name: str) -> str:
    """A name, bare where that is safe; that of a table with a schema stands after its schema."""
    parts = (name.schema, name.local) if isinstance(name, PlacedName) else (name,)
    return ".".join(_quoted(part) for part in parts if part)


def _quoted(part: str) -> str:
    return part if _BARE.fullmatch(part) and part not in _RESERVED else '"' + part.replace('"', '""') + '"'
