"""Domains: what they are made of, their conditions on both engines, and what their columns have of them on SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.schema import types as t
from schemagen.schema.domains import DomainCheck, DomainType
from schemagen.schema.type_spellings import UnknownTypeError, known_type, parse_type

from .domain_columns import Domain, domain_type

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    domain = Domain(definition, base, (*(under.checks if under else ()), *checks))
    _report_other_base(domain, origin, context)
    return domain


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


def _report_other_base(domain: Domain, origin: Origin, context: Context) -> None:
    """Report another base of which no column would show that it has to be converted, and one that arrays are of."""
    held = {one.name: one for one in context.held.domains} if context.held else {}
    was = held.get(domain.definition.name)
    if was is None or was.base == domain.definition.base or not context.held:
        return
    before = _old_type(domain, was, held)
    arrays = f"{domain.type.postgres}["
    columns = [column.type for table in context.held.tables for column in table.columns]
    in_arrays = any(str(getattr(one, "postgres", one)).startswith(arrays) for one in columns)
    if before == domain.type or in_arrays:
        message = f"`{was.name}` is a domain over {was.base}: PostgreSQL gives it no other type"
        hint = "make a domain of another name, and change the columns' `type` to it"
        context.reporter.error(CONFLICT, message, origin.child("domain"), hint=hint)


def _old_type(domain: Domain, was: DomainType, held: Mapping[str, DomainType]) -> Type:
    """The type that columns of a domain had; that of now where the language does not know it."""
    spelled = was.base
    while spelled.strip('"') in held:
        spelled = held[spelled.strip('"')].base
    base = known_type(spelled)
    return domain_type(domain.type.postgres, base) if base else domain.type


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
