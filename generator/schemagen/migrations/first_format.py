"""Locks of format 1, which kept of a change the sentence alone: each is read once more, into what format 2 keeps.

This is the one place that reads such sentences, and nothing writes them any more. What an author wrote stands between
backticks in them, but for the labels of a type.
"""

from __future__ import annotations

import re
from typing import Any

from schemagen.changes.records import (
    ChangeRecord,
    Effect,
    ForeignKeyAdded,
    StepRun,
    TableAltered,
    TableCreated,
    TableDropped,
    TableRenamed,
)
from schemagen.schema.codec import encode

_TABLE = re.compile(r"(?:online: )?(create|drop|rename|alter) table (\w+)(?: to (\w+))?(?:: (.*))?", re.DOTALL)
_FOREIGN_KEY = re.compile(r"add foreign key \w+ to table (\w+)")
_STEP = re.compile(r"step (\w+)")
_WRITTEN = re.compile(r"`[^`]*`")

_COLUMN = re.compile(r"(add|drop|rename|alter) column (\w+)(?: to (\w+))?(?: \(.*\)|: (.*))?", re.DOTALL)
_VALUES = re.compile(r"rename values of column (\w+)")
_TYPES = re.compile(r"type (\w+).*? → (\w+)", re.DOTALL)
_ALIKE = ({"text", "varchar", "enum"}, {"smallint", "integer", "bigint"})
_CONSTRAINING = tuple(
    f"{verb} {what}"
    for verb in ("add", "drop")
    for what in ("constraint", "unique constraint", "check", "foreign key", "column")
)


def upgraded(value: dict[str, Any]) -> dict[str, Any]:
    """The JSON value of a lock of format 1 as one of format 2; what is no such lock is left for the decoder to tell."""
    migrations = value.get("migrations")
    if not isinstance(migrations, list):
        return value
    return {**value, "migrations": [_migration(each) if isinstance(each, dict) else each for each in migrations]}


def _migration(value: dict[str, Any]) -> dict[str, Any]:
    changes = value.get("changes")
    if not isinstance(changes, list):
        return value
    return {**value, "changes": [encode(change_of(each)) if isinstance(each, str) else each for each in changes]}


def change_of(sentence: str) -> ChangeRecord:
    """The change that a sentence of format 1 tells of."""
    return ChangeRecord(sentence, _effect(_WRITTEN.sub("``", sentence)))


def _effect(sentence: str) -> Effect | None:
    if step := _STEP.match(sentence):
        return StepRun(step[1])
    if key := _FOREIGN_KEY.match(sentence):
        return ForeignKeyAdded(key[1])
    found = _TABLE.match(sentence)
    if found is None:
        return None
    verb, name, to, parts = found.groups()
    if verb == "rename":
        return TableRenamed(name, to) if to else None
    if verb == "alter":
        return _altered(name, (parts or "").split("; "))
    return TableCreated(name) if verb == "create" else TableDropped(name)


def _altered(table: str, parts: list[str]) -> TableAltered:
    columns = [found.groups() for part in parts if (found := _COLUMN.match(part))]
    relabelled = [found[1] for part in parts if (found := _VALUES.match(part))]
    altered = [(name, how or "") for verb, name, _, how in columns if verb == "alter"]
    converted = [name for name, how in altered if _is_converted(how)]
    return TableAltered(
        table,
        added=_named(columns, "add"),
        dropped=_named(columns, "drop"),
        renamed=tuple((name, to) for verb, name, to, _ in columns if verb == "rename" and to),
        altered=tuple(dict.fromkeys((*relabelled, *(name for name, _ in altered)))),
        converted=tuple(dict.fromkeys((*relabelled, *converted))),
        retyped=tuple(name for name, how in altered if _TYPES.search(how) and name not in converted),
        constrained=any(part.startswith(_CONSTRAINING) for part in parts),
    )


def _named(columns: list[tuple[str, ...]], verb: str) -> tuple[str, ...]:
    return tuple(name for said, name, *_ in columns if said == verb)


def _is_converted(how: str) -> bool:
    types = _TYPES.search(how)
    if types is None:
        return "generated" in how or "expression" in how
    alike = types[1] == types[2] or any({types[1], types[2]} <= group for group in _ALIKE)
    return "values by the backfill" in how or not alike
