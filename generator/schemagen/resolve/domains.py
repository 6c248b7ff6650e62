"""Domains: what they are made of, their conditions on both engines, and what their columns have of them on SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.schema import types as t
from schemagen.schema.domains import DomainCheck, DomainType
from schemagen.schema.type_spellings import UnknownTypeError, parse_type

from .domain_columns import Domain

if TYPE_CHECKING:
    from schemagen.base.diagnostics import Origin
    from schemagen.schema.types import Type
    from schemagen.spec.constraint_definition import CheckSpec
    from schemagen.spec.named_types import TypeSpec

    from .context import Context

CONFLICT = "SG110"
UNKNOWN_TYPE = "SG109"

_VALUE = "value"


def resolve_domain(name: str, spec: TypeSpec, document: str, origin: Origin, context: Context) -> Domain | None:
    """A domain; None where it is wrong, which is reported."""
    written = (spec.domain or "").strip()
    under = context.domains.get(written)
    base = under.base if under else _base(written, origin, context)
    if base is None:
        return None
    checks = tuple(
        made
        for key, check in spec.checks.items()
        if (made := _check(key, check, base, origin.child("checks", key), context))
    )
    default = None
    if spec.default is not None:
        found = context.sql(spec.default.sql, {}, origin.child("default", "sql"), result=base)
        default = found.sql if found else None
    spelled = under.type.postgres if under else str(base) if not isinstance(base, t.Native) else base.postgres
    definition = DomainType(name, spelled, checks, default, spec.nullable, spec.description, document, origin)
    _report_other_base(definition, origin, context)
    return Domain(definition, base, (*(under.checks if under else ()), *checks))


def _base(written: str, origin: Origin, context: Context) -> Type | None:
    try:
        return parse_type(written)
    except UnknownTypeError as problem:
        from schemagen.sql.grammar import type_error

        wrong = type_error(written)
        if wrong is None and problem.hint is None:
            return t.Native(written, "text")
        context.reporter.error(UNKNOWN_TYPE, str(wrong or problem), origin.child("domain"), hint=problem.hint)
        return None


def _check(key: str, written: CheckSpec, base: Type, at: Origin, context: Context) -> DomainCheck | None:
    """A condition; SQLite's text of it speaks of a column called ``value``."""
    found = context.sql(written.sql, {_VALUE: base}, at.child("sql"), only=written.only, is_condition=True)
    return DomainCheck(written.name or key, found.sql, written.description) if found else None


def _report_other_base(domain: DomainType, origin: Origin, context: Context) -> None:
    held = {one.name: one for one in context.held.domains} if context.held else {}
    if domain.name in held and held[domain.name].base != domain.base:
        message = f"`{domain.name}` is a domain over {held[domain.name].base}: PostgreSQL gives it no other type"
        hint = "make a domain of another name, and change the columns' `type` to it"
        context.reporter.error(CONFLICT, message, origin.child("domain"), hint=hint)


def report_keys(spec: TypeSpec, origin: Origin, context: Context) -> bool:
    """Whether a named type is one thing: an enum type, or a domain; reported where it is not."""
    if (spec.enum is None) == (spec.domain is None):
        message = "a named type has either `enum` or `domain`"
        hint = "write `{enum: [a, b]}`, or `{domain: text, checks: {…}}`"
        context.reporter.error(CONFLICT, message, origin, key=True, hint=hint)
        return False
    for key in ("checks", "default", "nullable"):
        if spec.enum is not None and key in spec.model_fields_set:
            message = f"`{key}` belongs to a domain, not to an enum type"
            context.reporter.error(CONFLICT, message, origin.child(key), key=True, hint="write it on the columns")
            return False
    return True
