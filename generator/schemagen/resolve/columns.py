"""Columns: their types (a foreign-key column may take its parent's), defaults and what the database computes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from schemagen.base.diagnostics import Edit, Fix
from schemagen.base.spelling import did_you_mean
from schemagen.schema import types as t
from schemagen.schema.model import Api, Column, LiteralDefault
from schemagen.schema.other_engines import enum_list
from schemagen.schema.scalars import Plain
from schemagen.schema.type_spellings import UnknownTypeError, parse_type
from schemagen.schema.values import ValueProblem, is_null, json_value, parse_value
from schemagen.spec.column_definition import TypeByEngine
from schemagen.spec.constraint_definition import Reference
from schemagen.spec.sql_definition import SqlByEngine

from .backfills import resolve_backfill
from .context import BAD_SQL

if TYPE_CHECKING:
    from schemagen.base.diagnostics import Origin
    from schemagen.schema.dialect import Sql
    from schemagen.schema.types import Type
    from schemagen.spec.column_definition import ColumnSpec
    from schemagen.spec.sql_definition import SqlValue

    from .context import Context, Draft, SqlSpec

UNKNOWN_TYPE = "SG109"
CONFLICT = "SG110"
BAD_VALUE = "SG112"
SQL_AS_LITERAL = "SG113"
UNKNOWN_COLUMN = "SG204"
TYPE_CYCLE = "SG206"
DUPLICATE_COLUMN = "SG207"

INTEGERS = (t.SmallInt, t.Integer, t.BigInt)
TEXTS = (t.Text, t.Varchar, t.Char, t.Enum)
STRICT_TYPES = frozenset({"INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"})
"""SQLite, "STRICT Tables"."""
SQLITE_COLLATIONS = frozenset({"BINARY", "NOCASE", "RTRIM"})
"""SQLite, "Datatypes In SQLite", 7."""

_DOTTED_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+|str|int|float|bool|bytes|dict|list", re.ASCII)
_CALL = re.compile(
    r"[a-z_][a-z0-9_.]*\s*\(.*\)(::[a-z ]+)?|current_(timestamp|date|time|user)|localtime(stamp)?|session_user",
    re.IGNORECASE,
)
_SQL_STRING = re.compile(r"'(?:[^']|'')*'(::[a-z ]+(\[\])?)?", re.IGNORECASE)


def looks_like_sql(text: str) -> bool:
    """Whether a text is likely to be meant as SQL: a call, a clock, or a string in SQL's quotes."""
    return bool(_CALL.fullmatch(text) or _SQL_STRING.fullmatch(text))


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
                self._context.reporter.error(CONFLICT, "an enum needs no max_length", origin.child("max_length"))
            return named
        try:
            found = parse_type(written)
        except UnknownTypeError as problem:
            at = origin.child("type")
            fix = _enum_fix(written, at, self._context)
            way_out = self._like_named(written) or problem.hint
            self._context.reporter.error(UNKNOWN_TYPE, str(problem), at, hint=way_out, fix=fix)
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
        """The way out where a named type is misspelt, or written as an array, which the language has not."""
        name = written.partition("[")[0].strip()
        if name in self._context.types:
            return f'write `type: {{postgres: "{name}[]", sqlite: text, python: list}}`'
        return did_you_mean(written, self._context.types)

    def _named(self, written: str) -> Type | None:
        """The type that a file names."""
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


def resolve_columns(draft: Draft, types: dict[str, Type], key: tuple[str, ...], context: Context) -> tuple[Column, ...]:
    """The columns of a table in their order; ``key`` are those of its primary key, never nullable."""
    _report_equal_names(draft, context)
    found = []
    for name, spec in draft.spec.columns.items():
        origin = draft.origin.child("columns", name)
        if spec.nullable and name in key:
            message = f"`{name}` is part of the primary key and can't be nullable"
            context.reporter.error(CONFLICT, message, origin.child("nullable"), key=True)
        _report_conflicts(name, spec, types[name], origin, context)
        found.append(_resolve_column(name, draft, types, origin, context))
    return tuple(found)


def _resolve_column(name: str, draft: Draft, types: dict[str, Type], origin: Origin, context: Context) -> Column:
    spec, type_ = draft.spec.columns[name], types[name]
    return Column(
        name=name,
        type=type_,
        nullable=spec.nullable,
        default=_default(spec, type_, origin, context),
        generated=_generated(name, draft, types, origin.child("generated", "sql"), context),
        identity=bool(spec.identity),
        serial=spec.identity == "serial",
        collation=spec.collation,
        immutable=spec.immutable,
        on_row_update=_computed(spec.on_row_update, type_, origin.child("on_row_update"), context),
        description=spec.description,
        tags=tuple(spec.tags),
        external_reference=spec.external_reference,
        track_changes=spec.track_changes,
        api=Api(spec.api.read, spec.api.write) if spec.api else None,
        renamed_from=spec.renamed_from,
        backfill=resolve_backfill(name, draft, types, context),
        origin=origin,
    )


def _computed(written: SqlValue | None, result: Type, origin: Origin, context: Context) -> Sql | None:
    if written is None:
        return None
    resolved = context.sql(written.sql, {}, origin.child("sql"), result=result)
    return resolved.sql if resolved else None


def _generated(name: str, draft: Draft, types: dict[str, Type], at: Origin, context: Context) -> Sql | None:
    """The expression of a generated column, which reads no such column (PostgreSQL, "5.4. Generated Columns")."""
    written = draft.spec.columns[name].generated
    if written is None:
        return None
    resolved = context.sql(written.sql, types, at, result=types[name], is_immutable=True)
    if resolved is None:
        return None
    is_translated = isinstance(written.sql, str)
    for read in resolved.columns if is_translated else ():
        if draft.spec.columns[read].generated is not None:
            which = "itself" if read == name else f"the generated column `{read}`"
            hint = f"write what `{read}` is made of" if read != name else "a generated column reads others only"
            context.reporter.error(BAD_SQL, f"a generated column can't read {which}", at, hint=hint)
    return resolved.sql


def _report_equal_names(draft: Draft, context: Context) -> None:
    seen: dict[str, str] = {}
    for name in draft.spec.columns:
        first = seen.setdefault(name.lower(), name)
        if first != name:
            origin = draft.origin.child("columns")
            context.reporter.error(
                DUPLICATE_COLUMN,
                f"`{name}` and `{first}` are one name to SQLite, which ignores case",
                origin.child(name),
                key=True,
                related=[("the other one", origin.child(first))],
            )


def _report_update_conflicts(name: str, spec: ColumnSpec, origin: Origin, context: Context) -> None:
    """Report rules for updates that contradict each other."""
    if spec.generated and spec.immutable:
        message = f"`{name}` is generated: it changes with the columns that it reads, and only with them"
        hint = "make those immutable"
        context.reporter.error(CONFLICT, message, origin.child("immutable"), key=True, hint=hint)
    for other in ("generated", "immutable"):
        if spec.on_row_update and getattr(spec, other):
            message = f"`{name}` is {other}: nothing can fill it on an update"
            context.reporter.error(CONFLICT, message, origin.child("on_row_update"), key=True)


def _report_conflicts(name: str, spec: ColumnSpec, type_: Type, origin: Origin, context: Context) -> None:
    sources = [key for key in ("default", "generated", "identity") if getattr(spec, key) not in (None, False)]
    if len(sources) > 1:
        message = f"`{name}` has both `{sources[0]}` and `{sources[1]}`"
        context.reporter.error(CONFLICT, message, origin.child(sources[1]), key=True, hint="keep one of them")
    if spec.identity and not isinstance(type_, INTEGERS):
        message = f"an identity column is smallint, integer or bigint, not {type_}"
        context.reporter.error(CONFLICT, message, origin.child("identity"), key=True, hint="write `type: bigint`")
    if spec.identity and spec.nullable:
        context.reporter.error(CONFLICT, "an identity column can't be nullable", origin.child("nullable"), key=True)
    if spec.generated and spec.api and spec.api.write:
        message = f"`{name}` is generated: no request can bring it"
        context.reporter.error(CONFLICT, message, origin.child("api", "write"), key=True)
    if spec.track_changes and not isinstance(type_, (t.Json, t.Jsonb, t.Array)):
        message = f"nothing inside {type_} can change: `track_changes` is for JSON values and arrays"
        context.reporter.error(CONFLICT, message, origin.child("track_changes"), key=True, hint="leave it out")
    if spec.collation and not isinstance(type_, (*TEXTS, t.Native)):
        context.reporter.error(CONFLICT, f"{type_} has no collation", origin.child("collation"), key=True)
    report_collation(spec.collation, origin.child("collation"), context)
    _report_update_conflicts(name, spec, origin, context)
    if not spec.references:
        for key in Reference.model_fields:
            if key in spec.model_fields_set:
                message = f"`{key}` without `references`"
                hint = "write `references: table.column` beside it"
                context.reporter.error(CONFLICT, message, origin.child(key), key=True, hint=hint)


def report_collation(name: str | None, at: Origin, context: Context) -> None:
    """Report a collation that only SQLite has; any other name is for the server to know."""
    if name is not None and name.upper() in SQLITE_COLLATIONS:
        hint = "write `C`, which compares bytes on both engines; for text in any case, index `lower(column)`"
        context.reporter.error(BAD_VALUE, f"PostgreSQL has no collation {name}: it is SQLite's", at, hint=hint)


def _default(spec: ColumnSpec, type_: Type, origin: Origin, context: Context) -> LiteralDefault | Sql | None:
    written = spec.default
    if written is None or context.reporter.is_damaged(origin):
        return None
    at = origin.child("default")
    if isinstance(written, dict) and set(written) == {"sql"}:
        sql = _sql_of(written["sql"])
        if sql is None:
            context.reporter.error(BAD_VALUE, "`sql` must be text, or a mapping {postgres, sqlite}", at.child("sql"))
            return None
        resolved = context.sql(sql, {}, at.child("sql"), result=type_)
        return resolved.sql if resolved else None
    if is_null(written):
        message = "`default: null` says nothing"
        context.reporter.error(BAD_VALUE, message, at, hint="a nullable column without a default is NULL: leave it out")
        return None
    return _literal(written, type_, at, context)


def _sql_of(written: Any) -> SqlSpec | None:
    if isinstance(written, str) and written.strip():
        return str(written)
    if isinstance(written, dict) and set(written) == {"postgres", "sqlite"}:
        texts = list(written.values())
        if all(isinstance(text, str) and text.strip() for text in texts):
            return SqlByEngine(postgres=str(written["postgres"]), sqlite=str(written["sqlite"]))
    return None


def _literal(written: Any, type_: Type, at: Origin, context: Context) -> LiteralDefault | None:
    if isinstance(written, dict) and written and set(written) != {"json"}:
        hint = "write `{json: {…}}` for a JSON object, `{sql: …}` for an expression"
        context.reporter.error(BAD_VALUE, "a default is a literal, `{sql: …}` or `{json: …}`", at, hint=hint)
        return None
    is_call = isinstance(written, Plain) and _CALL.fullmatch(written) is not None
    if is_call and isinstance(type_, TEXTS):
        _report_sql_as_literal(str(written), at, context, otherwise="; for the text itself, quote it")
        return None
    if isinstance(written, str) and _SQL_STRING.fullmatch(written) and isinstance(type_, (*TEXTS, t.Json, t.Jsonb)):
        hint = "write the value without them, or `default: {sql: …}` for an expression"
        context.reporter.error(BAD_VALUE, f"bad default: {written} has the quotes of SQL", at, hint=hint)
        return None
    try:
        if isinstance(written, dict) and written:
            if not isinstance(type_, (t.Json, t.Jsonb)):
                raise ValueProblem(f"{type_} can't hold JSON")
            return LiteralDefault(json_value(written["json"]))
        return LiteralDefault(parse_value(type_, written))
    except ValueProblem as problem:
        if is_call:
            _report_sql_as_literal(str(written), at, context)
        else:
            context.reporter.error(BAD_VALUE, f"bad default: {problem}", at, hint=problem.hint)
    return None


def _report_sql_as_literal(text: str, at: Origin, context: Context, otherwise: str = "") -> None:
    quoted = text if re.fullmatch(r"[\w ().]+", text) else "'" + text.replace("'", "''") + "'"
    replacement = f"{{sql: {quoted}}}"
    span = context.reporter.span(at)
    context.reporter.error(
        SQL_AS_LITERAL,
        f"`{text}` is an expression, not a literal",
        at,
        hint=f"write `default: {replacement}`{otherwise}",
        fix=Fix(f"write `{replacement}`", (Edit(span, replacement),)),
    )


def unknown_column(name: str, draft: Draft, at: Origin, context: Context, *, key: bool = False) -> bool:
    """Whether a table lacks a column; reported, unless the column is there and only broken."""
    if name in draft.spec.columns:
        return False
    if not context.reporter.is_damaged(draft.origin.child("columns", name)):
        message = f"table `{draft.name}` has no column `{name}`"
        hint = did_you_mean(name, draft.spec.columns) or f"its columns are {', '.join(draft.spec.columns)}"
        if "(" in name:
            hint = f"an expression of an index is written `{{sql: {name}}}`"
        context.reporter.error(UNKNOWN_COLUMN, message, at, key=key, hint=hint)
    return True
