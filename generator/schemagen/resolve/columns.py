"""Columns: what the database computes, and what contradicts each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.spelling import did_you_mean
from schemagen.schema import types as t
from schemagen.schema.annotations import Api
from schemagen.schema.model import Column
from schemagen.spec.constraint_definition import Reference

from .backfills import resolve_backfill
from .context import BAD_SQL, BAD_VALUE, CONFLICT
from .defaults import resolve_default

if TYPE_CHECKING:
    from schemagen.base.diagnostics import Origin
    from schemagen.schema.dialect import Sql
    from schemagen.schema.types import Type
    from schemagen.spec.column_definition import ColumnSpec
    from schemagen.spec.sql_definition import SqlValue

    from .context import Context, Draft

UNKNOWN_COLUMN = "SG204"
DUPLICATE_COLUMN = "SG207"

SQLITE_COLLATIONS = frozenset({"BINARY", "NOCASE", "RTRIM"})
"""SQLite, "Datatypes In SQLite", 7."""


def resolve_columns(draft: Draft, types: dict[str, Type], key: tuple[str, ...], context: Context) -> tuple[Column, ...]:
    """The columns of a table in their order; ``key`` are those of its primary key, never nullable."""
    _report_equal_names(draft, context)
    found = []
    for name, spec in draft.spec.columns.items():
        origin = draft.origin.child("columns", name)
        if spec.nullable and name in key:
            message = f"`{name}` is part of the primary key and can't be nullable"
            context.reporter.error(CONFLICT, message, origin.child("nullable"), key=True)
        domain = context.domain_of(types[name])
        if spec.nullable and domain and not domain.definition.nullable:
            message = f"the domain `{domain.definition.name}` refuses NULL, and `{name}` takes it"
            context.reporter.error(CONFLICT, message, origin.child("nullable"), key=True, hint="leave it out")
        _report_conflicts(name, spec, types[name], origin, context)
        found.append(_resolve_column(name, draft, types, origin, context))
    return tuple(found)


def _resolve_column(name: str, draft: Draft, types: dict[str, Type], origin: Origin, context: Context) -> Column:
    spec, type_ = draft.spec.columns[name], types[name]
    own, of_domain = resolve_default(spec, type_, origin, context), _of_domain(spec, type_, context)
    called = draft.column_called(name)
    return Column(
        name=called,
        spec_key=name if called != name else None,
        type=type_,
        nullable=spec.nullable,
        default=own or of_domain,
        by_domain=own is None and of_domain is not None,
        generated=_generated(name, draft, types, origin.child("generated", "sql"), context),
        virtual=bool(spec.generated and not spec.generated.stored),
        identity=bool(spec.identity),
        serial=spec.identity == "serial",
        always=spec.identity == "always",
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


def _of_domain(spec: ColumnSpec, type_: Type, context: Context) -> Sql | None:
    """The default that a column has from its domain; SQLite, which has no domains, has it on the column."""
    domain = context.domain_of(type_)
    has_own = spec.default is not None or spec.generated or spec.identity
    return domain.definition.default if domain and not has_own else None


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
    resolved = context.sql(written.sql, draft.in_sql(types), at, result=types[name], is_immutable=True)
    if resolved is None:
        return None
    is_translated = isinstance(written.sql, str)
    for read in draft.keys_of(resolved.columns) if is_translated else ():
        if draft.spec.columns[read].generated is not None:
            which = "itself" if read == name else f"the generated column `{read}`"
            hint = f"write what `{read}` is made of" if read != name else "a generated column reads others only"
            context.reporter.error(BAD_SQL, f"a generated column can't read {which}", at, hint=hint)
    return resolved.sql


def _report_equal_names(draft: Draft, context: Context) -> None:
    seen: dict[str, str] = {}
    for name in draft.spec.columns:
        first = seen.setdefault(draft.column_called(name).lower(), name)
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
    if spec.identity and not isinstance(type_, t.IntegerType):
        message = f"an identity column is smallint, integer or bigint, not {type_}"
        context.reporter.error(CONFLICT, message, origin.child("identity"), key=True, hint="write `type: bigint`")
    if spec.identity and spec.nullable:
        context.reporter.error(CONFLICT, "an identity column can't be nullable", origin.child("nullable"), key=True)
    if spec.generated and spec.api and spec.api.write:
        message = f"`{name}` is generated: no request can bring it"
        context.reporter.error(CONFLICT, message, origin.child("api", "write"), key=True)
    if spec.track_changes and not isinstance(type_, (t.JsonType, t.Array)):
        message = f"nothing inside {type_} can change: `track_changes` is for JSON values and arrays"
        context.reporter.error(CONFLICT, message, origin.child("track_changes"), key=True, hint="leave it out")
    if spec.collation and not isinstance(type_, (t.TextType, t.Native)):
        context.reporter.error(CONFLICT, f"{type_} has no collation", origin.child("collation"), key=True)
    report_collation(spec.collation, origin.child("collation"), context)
    _report_update_conflicts(name, spec, origin, context)
    if not spec.references:
        for key in (*Reference.model_fields, "foreign_key_name"):
            if key in spec.model_fields_set:
                message = f"`{key}` without `references`"
                hint = "write `references: table.column` beside it"
                context.reporter.error(CONFLICT, message, origin.child(key), key=True, hint=hint)


def report_collation(name: str | None, at: Origin, context: Context) -> None:
    """Report a collation that only SQLite has; any other name is for the server to know."""
    if name is not None and name.upper() in SQLITE_COLLATIONS:
        hint = "write `C`, which compares bytes on both engines; for text in any case, index `lower(column)`"
        context.reporter.error(BAD_VALUE, f"PostgreSQL has no collation {name}: it is SQLite's", at, hint=hint)


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
