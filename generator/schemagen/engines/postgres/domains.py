"""Domains on PostgreSQL: made, given other rules, and dropped. Source: PostgreSQL, "CREATE DOMAIN", "ALTER DOMAIN"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.escape import one_line, sql_string
from schemagen.changes.domains import AlterDomain, CreateDomain, DropDomain
from schemagen.changes.migration import Statement
from schemagen.engines.standard import enclosed
from schemagen.schema.names import bounded_name
from schemagen.schema.places import beside, local_name

from .dialect import POSTGRES
from .statements import guarded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.changes.domains import DomainChange
    from schemagen.schema.domains import DomainCheck, DomainType


def create_domain(domain: DomainType) -> Iterator[Statement]:
    """What makes a domain that is not there, safe to run twice."""
    yield guarded(f"to_regtype({_literal(domain)}) IS NULL", f"{domain_definition(domain)};")
    if domain.description:
        yield Statement(f"COMMENT ON DOMAIN {_name(domain)} IS {sql_string(one_line(domain.description))}")


def domain_definition(domain: DomainType) -> str:
    """CREATE DOMAIN with all of its rules."""
    parts = [f"CREATE DOMAIN {_name(domain)} AS {domain.base}"]
    if domain.default and domain.default.postgres:
        parts.append(f"DEFAULT {domain.default.postgres}")
    if not domain.nullable:
        parts.append("NOT NULL")
    parts += (_constraint(check) for check in domain.checks if check.sql.postgres)
    return " ".join(parts)


def drop_domain(domain: DomainType) -> Statement:
    """What takes a domain away; a column that is declared by it stops it."""
    return Statement(f"DROP DOMAIN IF EXISTS {_name(domain)}")


def changed_before_columns(change: DomainChange) -> Iterator[Statement]:
    """What has to be done before columns are declared by a domain, or get its rules."""
    match change:
        case CreateDomain(domain):
            yield from create_domain(domain)
        case AlterDomain(is_rebuilt=True):
            aside = POSTGRES.quote(aside_name(change.new.name))
            yield Statement(f"ALTER DOMAIN {_name(change.old)} RENAME TO {aside}")
            yield from create_domain(change.new)
        case AlterDomain():
            yield from _altered(change)


def changed_after_columns(change: DomainChange) -> Iterator[Statement]:
    """What can be done once no column is declared by a domain any more."""
    if isinstance(change, DropDomain):
        yield drop_domain(change.type)
    elif isinstance(change, AlterDomain) and change.is_rebuilt:
        yield Statement(f"DROP DOMAIN {POSTGRES.quote(aside_name(change.new.name))}")


def aside_name(name: str) -> str:
    """What a type is called until no column is declared by it any more."""
    return beside(name, bounded_name("_schemagen_old", local_name(name)))


def _altered(change: AlterDomain) -> Iterator[Statement]:
    """ALTER DOMAIN for each rule; one that a row breaks is refused by PostgreSQL, with its table and column."""
    domain = change.new
    alter = f"ALTER DOMAIN {_name(domain)}"
    for check in change.dropped:
        yield Statement(f"{alter} DROP CONSTRAINT IF EXISTS {POSTGRES.quote(check.name)}")
    if change.old.default != domain.default:
        text = domain.default and domain.default.postgres
        yield Statement(f"{alter} SET DEFAULT {text}" if text else f"{alter} DROP DEFAULT")
    if change.old.nullable != domain.nullable:
        yield Statement(f"{alter} {'DROP' if domain.nullable else 'SET'} NOT NULL")
    for check in change.added:
        if check.sql.postgres:
            found = (
                "SELECT FROM pg_catalog.pg_constraint "
                f"WHERE conname = {sql_string(check.name)} AND contypid = to_regtype({_literal(domain)})"
            )
            yield guarded(f"NOT EXISTS ({found})", f"{alter} ADD {_constraint(check)};")


def _constraint(check: DomainCheck) -> str:
    return f"CONSTRAINT {POSTGRES.quote(check.name)} CHECK {enclosed(check.sql.postgres or '')}"


def _name(domain: DomainType) -> str:
    return POSTGRES.quote(domain.name)


def _literal(domain: DomainType) -> str:
    return sql_string(_name(domain))
