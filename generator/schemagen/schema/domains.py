"""Domains of PostgreSQL: a type with a default and with conditions on ``VALUE``, which its columns have on SQLite."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .dialect import Sql  # noqa: TC001  (the codec reads it)

if TYPE_CHECKING:
    from schemagen.base.diagnostics import Origin


@dataclass(frozen=True, slots=True)
class DomainCheck:
    """A condition on ``VALUE``; SQLite's text says it of a column called ``value``."""

    name: str
    sql: Sql
    description: str = ""


@dataclass(frozen=True, slots=True)
class DomainType:
    """A domain: the type under it as PostgreSQL has it, and the rules that it adds."""

    name: str
    base: str
    checks: tuple[DomainCheck, ...] = ()
    default: Sql | None = None
    nullable: bool = True
    description: str = ""
    document: str = ""
    origin: Origin | None = field(default=None, compare=False, repr=False)
