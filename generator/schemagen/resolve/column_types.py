"""The types of columns; a foreign-key column may take its parent's."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Edit, Fix
from schemagen.base.spelling import did_you_mean
from schemagen.schema import types as t
from schemagen.schema.other_engines import enum_list
from schemagen.schema.type_spellings import UnknownTypeError, parse_type
from schemagen.spec.column_definition import TypeByEngine

from .context import BAD_VALUE, CONFLICT

if TYPE_CHECKING:
    from schemagen.base.diagnostics import Origin
    from schemagen.schema.types import Type
    from schemagen.spec.column_definition import ColumnSpec

    from .context import Context, Draft

UNKNOWN_TYPE = "SG109"
TYPE_CYCLE = "SG206"

STRICT_TYPES = frozenset({"INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"})
"""SQLite, "STRICT Tables"."""

_DOTTED_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+|str|int|float|bool|bytes|dict|list", re.ASCII)


class ColumnTypes:
    """The types of all columns, each resolved when it is first asked for."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._found: dict[tuple[str, str], Type | None] = {}

    def of(self, table: str, column: str) -> Type | None:
        """The type of a column; None where it is wrong (reported once) or the column does not exist."""
        followers: dict[tuple[str, str], None] = {}
        key, found = (table, column), None
        while key not in self._found:
            draft = self._context.drafts.get(key[0])
            spec = draft.spec.columns.get(key[1]) if draft else None
            if draft is None or spec is None:
                break
            if key in followers:
                self._report_cycle(draft, key[1])
                break
            followers[key] = None
            parent = parent_of_column(draft, key[1]) if spec.enum is None and spec.type is None else None
            if parent is None:
                found = self._resolve(draft, key[1], spec)
                break
            key = parent
        found = self._found.get(key, found)
        self._found |= dict.fromkeys(followers, found)
        return found

    def _report_cycle(self, draft: Draft, column: str) -> None:
        message = f"the type of `{draft.name}.{column}` depends on itself through its references"
        origin = draft.origin.child("columns", column)
        self._context.reporter.error(TYPE_CYCLE, message, origin, key=True, hint="write its `type`")

    def of_table(self, draft: Draft) -> dict[str, Type]:
        """The types of a table's columns by name; a wrong one counts as text, so that checking can go on."""
        return {name: self.of(draft.name, name) or t.Text() for name in draft.spec.columns}

    def _resolve(self, draft: Draft, column: str, spec: ColumnSpec) -> Type | None:
        """The type of a column that does not take its parent's."""
        written, origin = spec.type, draft.origin.child("columns", column)
        if spec.enum is not None:
            return self._enum(spec, origin)
        if isinstance(written, TypeByEngine):
            return self._native(written, draft, origin.child("type"))
        if written is not None:
            return self._written(written, spec, origin)
        if not self._context.reporter.is_damaged(origin):
            message = f"`{column}` has no type"
            hint = "write `type: …` or `enum: […]`; only a foreign-key column may leave it out"
            self._context.reporter.error(UNKNOWN_TYPE, message, origin, key=True, hint=hint)
        return None

    def _native(self, written: TypeByEngine, draft: Draft, origin: Origin) -> Type | None:
        if not _DOTTED_NAME.fullmatch(written.python):
            hint = "write str, int, float, bool, bytes, dict or list, or a dotted name such as decimal.Decimal"
            message = f"{written.python!r} names no type of Python"
            self._context.reporter.error(UNKNOWN_TYPE, message, origin.child("python"), hint=hint)
        if draft.spec.sqlite.strict and written.sqlite.upper() not in STRICT_TYPES:
            message = f"SQLite's strict tables have no type {written.sqlite!r}"
            hint = f"one of {', '.join(sorted(STRICT_TYPES))}; or `sqlite: {{strict: false}}` for the table"
            self._context.reporter.error(UNKNOWN_TYPE, message, origin.child("sqlite"), hint=hint)
        from schemagen.sql.grammar import type_error

        if problem := type_error(written.postgres):
            at = origin.child("postgres")
            self._context.reporter.error(UNKNOWN_TYPE, str(problem), at, hint=problem.hint, offset=problem.offset)
            return None
        return t.Native(written.postgres, written.sqlite, written.python)

    def _enum(self, spec: ColumnSpec, origin: Origin) -> Type | None:
        values = tuple(spec.enum or ())
        at = origin.child("enum")
        if spec.type is not None and spec.type != "text":
            self._context.reporter.error(CONFLICT, "an enum is text: it has no other type", origin.child("type"))
        if spec.max_length is not None:
            self._context.reporter.error(CONFLICT, "an enum needs no max_length", origin.child("max_length"))
        seen: set[str] = set()
        for number, value in enumerate(values):
            if value in seen:
                self._context.reporter.error(BAD_VALUE, f"{value!r} is in the enum twice", at.child(number))
            if "\0" in value:
                self._context.reporter.error(BAD_VALUE, "text can't contain NUL on PostgreSQL", at.child(number))
            seen.add(value)
        return t.Enum(values)

    def _written(self, written: str, spec: ColumnSpec, origin: Origin) -> Type | None:
        named = self._named(written)
        if named is not None:
            if spec.max_length is not None:
                self._context.reporter.error(
                    CONFLICT, f"{named.described} needs no max_length", origin.child("max_length")
                )
            return named
        try:
            found = parse_type(written)
        except UnknownTypeError as problem:
            at = origin.child("type")
            fix = _enum_fix(written, at, self._context)
            suggestion = self._like_named(written) or problem.hint
            self._context.reporter.error(UNKNOWN_TYPE, str(problem), at, hint=suggestion, fix=fix)
            return None
        if spec.max_length is None:
            return found
        if not isinstance(found, t.Text):
            message = f"max_length belongs to text, not to {found}"
            hint = f"write `type: varchar({spec.max_length})`" if isinstance(found, (t.Varchar, t.Char)) else None
            self._context.reporter.error(CONFLICT, message, origin.child("max_length"), key=True, hint=hint)
            return found
        return replace(found, max_length=spec.max_length)

    def _like_named(self, written: str) -> str | None:
        """The fix where a named type is misspelt, or written as an array, which the language has not."""
        name = written.partition("[")[0].strip()
        if name in self._context.types:
            return f'write `type: {{postgres: "{name}[]", sqlite: text, python: list}}`'
        return did_you_mean(written, (*self._context.types, *self._context.domains))

    def _named(self, written: str) -> Type | None:
        """The type that a file names."""
        domain = self._context.domains.get(written.strip())
        if domain:
            return domain.type
        found = self._context.types.get(written.strip())
        return t.Enum(found.labels, found.name) if found else None


def _enum_fix(written: str, at: Origin, context: Context) -> Fix | None:
    values = enum_list(written)
    if values is None:
        return None
    key, value = context.reporter.span(at, key=True), context.reporter.span(at)
    both = replace(key, end_line=value.end_line, end_column=value.end_column)
    return Fix(f"write `enum: {values}`", (Edit(both, f"enum: {values}"),))


def parent_of_column(draft: Draft, column: str) -> tuple[str, str] | None:
    """The parent's table and column that a column refers to, by its own key or one of the table's."""
    spec = draft.spec.columns[column]
    if spec.references:
        table, _, parent = spec.references.partition(".")
        return table, parent
    for key in draft.spec.foreign_keys:
        if column in key.columns and len(key.columns) == len(key.references.columns):
            return key.references.table, key.references.columns[key.columns.index(column)]
    return None
