"""What imported specs could say more nicely, where that would change the catalog: for a person to want, or not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from schemagen.schema.type_spellings import known_type

from .losses import Effect, Loss

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schemagen.schema.dialect import DialectName

_STRING = r"'(?:[^']|'')*'"
_LISTED = re.compile(rf'\(?"?(?P<column>\w+)"? IN \((?P<values>{_STRING}(?:, ?{_STRING})*)\)\)?', re.IGNORECASE)


_WHOLE = ("smallint", "integer", "bigint")
_FILLED = {"identity", "default", "references"}


def hints(specs: Mapping[str, Mapping[str, Any]], dialect: DialectName) -> Iterator[Loss]:
    """Every hint on imported tables; ``specs`` are their data by name, ``dialect`` the engine that they come from."""
    for name, spec in specs.items():
        if dialect == "sqlite":
            yield from _numbered(name, spec)
        if spec.get("sqlite", {}).get("parity") is False:
            reason = "without it SQLite also refuses what PostgreSQL would, such as a text in a number's column"
            yield Loss(Effect.HINT, name, "`parity: false`", reason)
        for column, keys in spec["columns"].items():
            if isinstance(keys.get("type"), dict) and (known := known_type(keys["type"]["postgres"])):
                reason = f"`type: {known}` holds the same values on both engines, and SQLite's column changes"
                yield Loss(Effect.HINT, name, f"type of {column}", reason)
        yield from _listed(name, spec)


def _numbered(name: str, spec: Mapping[str, Any]) -> Iterator[Loss]:
    """Keys that SQLite numbers by itself."""
    for column, keys in spec["columns"].items():
        whole = keys.get("type") in _WHOLE and not spec.get("sqlite", {}).get("without_rowid")
        if keys.get("primary_key") and whole and not keys.keys() & _FILLED:
            reason = "write `identity: true` to have it numbered on PostgreSQL too; on SQLite it becomes AUTOINCREMENT"
            yield Loss(Effect.HINT, name, f"primary key {column}", reason)


def _listed(name: str, spec: Mapping[str, Any]) -> Iterator[Loss]:
    """Checks that list the values of a text, which ``enum`` would say."""
    columns = spec["columns"]
    found = [(f"check of {column}", keys["check"]) for column, keys in columns.items() if "check" in keys]
    found += [(f"check {key}", check["sql"]) for key, check in spec.get("checks", {}).items()]
    for what, sql in found:
        match = _LISTED.fullmatch(sql) if isinstance(sql, str) else None
        if match and str(columns.get(match["column"], {}).get("type", "")).startswith(("text", "varchar", "char")):
            reason = f"`enum` on {match['column']} would say it; the column becomes text and the check gets our name"
            yield Loss(Effect.HINT, name, what, reason)
