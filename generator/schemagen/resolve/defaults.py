"""Defaults of columns: literals, and SQL; what is meant as SQL is not a literal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from schemagen.base.diagnostics import Edit, Fix
from schemagen.schema import types as t
from schemagen.schema.model import LiteralDefault
from schemagen.schema.scalars import Plain
from schemagen.schema.values import ValueProblem, is_null, json_value, parse_value
from schemagen.spec.sql_definition import SqlByEngine

from .context import BAD_VALUE

if TYPE_CHECKING:
    from schemagen.base.diagnostics import Origin
    from schemagen.schema.dialect import Sql
    from schemagen.schema.types import Type
    from schemagen.spec.column_definition import ColumnSpec

    from .context import Context, SqlSpec

SQL_AS_LITERAL = "SG113"

_CALL = re.compile(
    r"[a-z_][a-z0-9_.]*\s*\(.*\)(::[a-z ]+)?|current_(timestamp|date|time|user)|localtime(stamp)?|session_user",
    re.IGNORECASE,
)
_SQL_STRING = re.compile(r"'(?:[^']|'')*'(::[a-z ]+(\[\])?)?", re.IGNORECASE)


def looks_like_sql(text: str) -> bool:
    """Whether a text is likely to be meant as SQL: a call, a clock, or a string in SQL's quotes."""
    return bool(_CALL.fullmatch(text) or _SQL_STRING.fullmatch(text))


def resolve_default(spec: ColumnSpec, type_: Type, origin: Origin, context: Context) -> LiteralDefault | Sql | None:
    """The default of a column: a literal of its type, or SQL; None where there is none, or a wrong one (reported)."""
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
    if is_call and isinstance(type_, t.TextType):
        _report_sql_as_literal(str(written), at, context, otherwise="; for the text itself, quote it")
        return None
    if isinstance(written, str) and _SQL_STRING.fullmatch(written) and isinstance(type_, (t.TextType, t.JsonType)):
        hint = "write the value without them, or `default: {sql: …}` for an expression"
        context.reporter.error(BAD_VALUE, f"bad default: {written} has the quotes of SQL", at, hint=hint)
        return None
    try:
        if isinstance(written, dict) and written:
            if not isinstance(type_, t.JsonType):
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
