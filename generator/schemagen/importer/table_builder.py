"""The table that is being said: what is known of it, what is written so far, and what could not be."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from schemagen.schema.names import is_database_name
from schemagen.schema.naming import Naming
from schemagen.schema.types import Native

from .losses import Effect, Loss
from .names import given
from .null_rules import completing_indexes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from schemagen.engines.catalog import CatalogCheck, CatalogSql, CatalogTable
    from schemagen.schema.conflicts import ConflictedRule, ConflictRule
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.model import SqliteOptions
    from schemagen.schema.types import Type

    from .domains import Domain
    from .expressions import PostgresExpressions, SqliteExpressions, Written
    from .spec_keys import TableKeys
    from .triggers import Behaviour

NO_WORD = "the language has no word for it"
NO_NAME = "the language has no such name; it gets a derived one"


@dataclass(frozen=True, slots=True)
class TableTypes:
    """What evidence says of a table: column types, the checks that they imply, the options of SQLite."""

    types: Mapping[str, Type]
    implied: tuple[CatalogCheck, ...]
    comments: Mapping[str, str]
    options: SqliteOptions | None = None
    domains: Mapping[str, Domain] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    """The default that each domain of the database brings, by the type of its columns."""

    def domain(self, column: str) -> Domain | None:
        """The domain that a column is declared by."""
        type_ = self.types[column]
        return self.domains.get(type_.postgres) if isinstance(type_, Native) else None


@dataclass
class TableDraft:
    """A table on its way from a catalog into a spec.

    ``catalog`` has every table that is imported; ``keys`` what the specs call each of them; ``plain`` asks for every
    name and expression in full; ``spec`` and ``columns``, which has the database's names, are filled in the language's
    own keys; ``as_objects`` are the parts that are said below ``objects``.
    """

    table: CatalogTable
    evidence: TableTypes
    catalog: Mapping[str, CatalogTable]
    dialect: DialectName
    expressions: PostgresExpressions | SqliteExpressions
    behaviour: Behaviour
    keys: Mapping[str, TableKeys]
    plain: bool = False
    naming: Naming = Naming.OWN
    as_objects: Collection[str] = ()
    losses: list[Loss] = field(default_factory=list)
    spec: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, dict[str, Any]] = field(default_factory=dict)
    conflicts: list[ConflictRule] = field(default_factory=list)
    """The rules of SQLite with ON CONFLICT that are said."""

    def conflict(self, kind: ConflictedRule, columns: tuple[str, ...]) -> dict[str, Any]:
        """What a spec says of the ON CONFLICT of a rule."""
        found = [rule for rule in self.table.conflicts if (rule.kind, rule.columns) == (kind, columns)]
        self.conflicts += found
        return {"sqlite": {"on_conflict": found[0].action}} if found else {}

    @cached_property
    def completing(self) -> dict[str, str]:
        """The indexes of SQLite that make NULL a value of a unique rule, by the rule's name."""
        return completing_indexes(self.table) if self.dialect == "sqlite" and not self.plain else {}

    @property
    def own(self) -> TableKeys:
        """What the specs call the table and its columns."""
        return self.keys[self.table.name]

    def lose(self, effect: Effect, what: str, reason: str, *, is_rule: bool = False) -> None:
        """Add an entry to the report."""
        self.losses.append(Loss(effect, self.table.name, what, reason, is_rule))

    def value(self, found: CatalogSql, type_: Type, what: str, *, effect: Effect = Effect.ONE_ENGINE) -> Any:
        """An expression that fills a column, as it stands below the key ``sql``."""
        written = self.expressions.value(found, self.evidence.types, type_)
        self.note_engine(written, what, effect)
        return written.sql

    def condition(self, found: CatalogSql | None) -> Written | None:
        """A check, predicate or index expression; None where there is none."""
        return self.expressions.condition(found, self.evidence.types) if found else None

    def note_engine(self, written: Written, what: str, effect: Effect = Effect.ONE_ENGINE) -> None:
        """Report an expression that only one engine has."""
        if written.only:
            self.lose(effect, what, f"{self.other_engine} has no equal of it that we know")

    @property
    def other_engine(self) -> str:
        """The engine that the table does not come from."""
        return "SQLite" if self.dialect == "postgres" else "PostgreSQL"

    def given(self, what: str, name: str | None, derived: Iterable[str]) -> dict[str, str] | None:
        """The key ``name``; None where the language cannot say the name, so that the derived one is taken."""
        if name and not is_database_name(name):
            self.lose(Effect.CHANGED, f"{what} {name}", NO_NAME)
            return None
        return given(name or None, *derived, plain=self.plain)
