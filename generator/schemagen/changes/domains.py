"""Changes of the domains of a schema: made, dropped, or with other rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.domains import DomainCheck, DomainType
    from schemagen.schema.model import Schema


@dataclass(frozen=True, slots=True)
class CreateDomain:
    """A domain that was not there."""

    type: DomainType

    def describe(self) -> str:
        """In words."""
        return f"create domain {self.type.name} ({self.type.base})"


@dataclass(frozen=True, slots=True)
class DropDomain:
    """A domain that is gone."""

    type: DomainType

    def describe(self) -> str:
        """In words."""
        return f"drop domain {self.type.name}"


@dataclass(frozen=True, slots=True)
class AlterDomain:
    """A domain with other rules; one over another type ``is_rebuilt``, as PostgreSQL gives none another type."""

    old: DomainType
    new: DomainType
    is_rebuilt: bool = False

    @property
    def dropped(self) -> tuple[DomainCheck, ...]:
        """The conditions that are gone, or have another text."""
        kept = {(check.name, check.sql.postgres) for check in self.new.checks}
        return tuple(check for check in self.old.checks if (check.name, check.sql.postgres) not in kept)

    @property
    def added(self) -> tuple[DomainCheck, ...]:
        """The conditions that are new, or have another text."""
        known = {(check.name, check.sql.postgres) for check in self.old.checks}
        return tuple(check for check in self.new.checks if (check.name, check.sql.postgres) not in known)

    def describe(self) -> str:
        """In words."""
        said = [f"{self.old.base} → {self.new.base}"] if self.old.base != self.new.base else []
        said += [f"drop check {check.name}" for check in self.dropped]
        said += [f"add check {check.name} ({check.sql.postgres})" for check in self.added]
        if self.old.default != self.new.default:
            said.append(f"default {self.new.default.postgres}" if self.new.default else "no default")
        if self.old.nullable != self.new.nullable:
            said.append("NULL is a value" if self.new.nullable else "NULL is not a value")
        return f"alter domain {self.new.name}: {', '.join(said) or f'{self.new.base} is another type'}"


DomainChange = CreateDomain | DropDomain | AlterDomain


def made_domains(old: Schema, new: Schema) -> Iterator[CreateDomain | AlterDomain]:
    """The domains that are new, and those that have other rules."""
    before = {domain.name: domain for domain in old.domains}
    rebuilt: set[str] = set()
    for domain in new.domains:
        was = before.get(domain.name)
        if was is None:
            yield CreateDomain(domain)
        elif was.base != domain.base or domain.base.strip('"') in rebuilt:
            rebuilt.add(domain.name)
            yield AlterDomain(was, domain, is_rebuilt=True)
        elif _rules(was) != _rules(domain):
            yield AlterDomain(was, domain)


def dropped_domains(old: Schema, new: Schema) -> Iterator[DropDomain]:
    """The domains that are gone, those that others are made of last."""
    kept = {domain.name for domain in new.domains}
    yield from (DropDomain(domain) for domain in reversed(old.domains) if domain.name not in kept)


def _rules(domain: DomainType) -> object:
    """What PostgreSQL has of a domain beside its base, which never changes."""
    checks = frozenset((check.name, check.sql.postgres) for check in domain.checks if check.sql.postgres)
    return checks, domain.default and domain.default.postgres, domain.nullable
