"""The fix of mistakes in the form of a spec: what its author may have meant by a key or a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from schemagen.schema.scalars import ELEMENT_PATTERN, NAME_PATTERN

if TYPE_CHECKING:
    from schemagen.base.diagnostics import PathKey

_FILL_ON_UPDATE = "write `on_row_update: {sql: now()}`; `on_update` is what a foreign key does"

_MISPLACED = {
    "autoincrement": "write `identity: true`",
    "auto_increment": "write `identity: true`",
    "not_null": "columns are NOT NULL unless `nullable: true`",
    "required": "columns are NOT NULL unless `nullable: true`",
    "null": "columns are NOT NULL unless `nullable: true`",
    "pk": "write `primary_key: true`",
    "foreign_key": "write `references: table.column` and `on_delete: …`",
    "length": "write the length in the type, `varchar(255)`, or `max_length`",
    "values": "write `enum: […]`",
    "comment": "write `description`",
    "constraints": "write `checks`, `unique` or `foreign_keys`",
    "engine": "only SQLite and PostgreSQL are generated: `only: sqlite` or `only: postgres`",
    "mysql": "only SQLite and PostgreSQL are generated",
    "deferrable": "only foreign keys wait for the end of the transaction: SQLite checks all else at once",
    "onupdate": _FILL_ON_UPDATE,
}

_MALFORMED = {
    "references": "write it as `table.column`; several columns go into `foreign_keys`",
    "columns": "an element is `column`, `column desc`, or a mapping {column | sql, order, nulls, opclass, collation}",
}

_FORMS = {
    "tables": "each as `name:` with its keys below it, without a dash",
    "types": "`types: {name: {enum: [a, b]}}`",
    "queries": "each as `name:` with its keys below it, without a dash",
    "checks": "`checks: {name: {sql: …}}`",
    "indexes": "`indexes: [{columns: [a, b]}]`",
    "unique": "`unique: [{columns: [a, b]}]`",
    "foreign_keys": "`foreign_keys: [{columns: [a], references: {table: t, columns: [b]}, on_delete: cascade}]`",
    "examples": "one row as `- {id: 1, name: Ada}`",
    "volume": "`volume: {rows: 2000000}`",
    "notes": "`notes: {security: …}`",
    "enum": "`enum: [a, b]`",
    "generated": '`generated: {sql: "…"}`',
    "on_row_update": '`on_row_update: {sql: "…"}`',
    "backfill": '`backfill: {sql: "…"}`',
    "references": "`references: {table: …, columns: […]}` in `foreign_keys`",
}

_LONGEST_SHOWN = 80
_CALL = re.compile(r"[a-z_]+\(.*\)|current_\w+", re.IGNORECASE)
_MILLISECONDS = re.compile(r"(?P<number>[0-9][0-9_]*)\s*ms", re.IGNORECASE)
_TYPE = re.compile(r"[A-Za-z][\w ]*(\([\d, ]+\))?(\[\])?")


def of_unknown_key(name: str) -> str | None:
    """What to write for a key of another tool."""
    return _MISPLACED.get(name.lower())


def of_invalid_value(name: str, value: Any) -> str | None:
    """What to write for a value that its key does not allow, where the key itself is wrong."""
    return _FILL_ON_UPDATE if name == "on_update" and _CALL.fullmatch(str(value)) else None


def of_malformed_value(name: str, value: Any) -> str | None:
    """What to write for a value that its key can't read."""
    milliseconds = _MILLISECONDS.fullmatch(str(value)) if name == "p95_ms" else None
    return f"write `p95_ms: {milliseconds['number']}`" if milliseconds else _MALFORMED.get(name)


def of_shape(path: tuple[PathKey, ...], value: Any) -> str | None:
    """How a part is written that has the wrong shape, such as a text where a mapping belongs."""
    match path:
        case ("tables", _):
            form = "`columns:` below it, with each column as `name: {type: …}`"
        case ("tables", _, "columns"):
            form = "each as `name: {type: …}`, without a dash"
        case ("tables", _, "columns", _):
            form = f"`{{type: {_quoted(value)}}}`" if _is_type(value) else "`{type: …}`"
        case ("tables", _, "primary_key"):
            named = isinstance(value, str) and re.match(NAME_PATTERN, value)
            form = f"`primary_key: [{value if named else 'a, b'}]`"
        case ("tables", _, ("indexes" | "unique") as section, int()):
            form = f"`- columns: [{_elements(value)}]`, one item of `{section}`"
        case ("tables", _, "checks", _) | ("queries", _):
            form = '`{sql: "…"}`'
        case _:
            form = _FORMS.get(str(path[-1]), "") if path else ""
    return f"write {form}" if form else None


def _is_type(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_SHOWN and _TYPE.fullmatch(value) is not None


def _quoted(text: str) -> str:
    return f'"{text}"' if set(text) & set(",[]") else text


def _elements(value: Any) -> str:
    names = value if isinstance(value, list) else [value]
    known = all(isinstance(name, str) and re.match(ELEMENT_PATTERN, name) for name in names)
    listed = ", ".join(names) if known else ""
    return listed if 0 < len(listed) <= _LONGEST_SHOWN else "a, b"
