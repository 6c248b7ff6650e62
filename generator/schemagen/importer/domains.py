"""Domains of PostgreSQL: the types that they are on SQLite, and the conditions that those don't bring."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from schemagen.engines.catalog import CatalogSql
from schemagen.engines.dialects import POSTGRES
from schemagen.resolve.domain_columns import domain_type
from schemagen.schema.names import is_identifier
from schemagen.schema.type_spellings import known_type

from .enum_types import is_type_key, relation_names
from .expressions import PostgresExpressions
from .spec_keys import as_identifier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schemagen.engines.catalog import Catalog, CatalogObject
    from schemagen.schema import types as t

_DEFINITION = re.compile(
    r"(?P<base>.+?)(?: COLLATE (?P<collation>\S+))?(?P<not_null> NOT NULL)?(?: DEFAULT (?P<default>.+?))?"
    r"(?P<checks> CONSTRAINT .*)?",
    re.DOTALL,
)
_CHECK = re.compile(r'CONSTRAINT (?P<name>"(?:[^"]|"")+"|\w+) CHECK \(')


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain: its name as PostgreSQL prints it, the type that it is made of, and its conditions on ``VALUE``.

    ``spec`` says it in the specs' language; None where they can't, and it has to be there before them.
    """

    name: str
    key: str
    base: t.Type
    checks: tuple[str, ...]
    default: str = ""
    spec: dict[str, Any] | None = None

    @property
    def type(self) -> t.Native:
        """The type of a column of the domain."""
        return domain_type(self.name, self.base) if self.spec else replace(domain_type(self.name, self.base), base=None)


def domains_of(catalog: Catalog) -> dict[str, Domain]:
    """The domains whose types the language knows, by the name that a column's type has; each after those under it."""
    waiting = {POSTGRES.quote(other.name): other for other in catalog.others if other.kind == "domain"}
    taken = relation_names(catalog)
    found: dict[str, Domain] = {}
    while ready := [name for name in waiting if _parts(waiting[name])["base"] not in waiting]:
        for name in ready:
            other = waiting.pop(name)
            made = _domain(name, other, found, catalog, is_key=is_type_key(other.name, taken))
            if made:
                found[name] = made
    return found


def defaults_of(catalog: Catalog) -> dict[str, str]:
    """What the columns of each domain have by default, also of those that the specs can't say."""
    domains = {POSTGRES.quote(other.name): _parts(other) for other in catalog.others if other.kind == "domain"}
    found = {}
    for name, parts in domains.items():
        base = parts
        while not base.get("default") and base["base"] in domains:
            base = domains[base["base"]]
        if base.get("default"):
            found[name] = base["default"]
    return found


def said_domains(domains: Mapping[str, Domain]) -> dict[str, dict[str, Any]]:
    """The domains that the specs say, by key."""
    return {domain.key: domain.spec for domain in domains.values() if domain.spec is not None}


def _parts(other: CatalogObject) -> dict[str, str]:
    match = _DEFINITION.fullmatch(other.definition.written)
    return {key: value or "" for key, value in match.groupdict().items()} if match else {"base": ""}


def _domain(
    name: str, other: CatalogObject, known: Mapping[str, Domain], catalog: Catalog, *, is_key: bool
) -> Domain | None:
    """A domain; None of a type that the language does not know. ``is_key`` says that a spec can call it so."""
    parts = _parts(other)
    under = known.get(parts["base"])
    base = under.base if under else known_type(parts["base"])
    if base is None:
        return None
    own = dict(_conditions(parts.get("checks", "")))
    checks = (*(under.checks if under else ()), *own.values())
    is_sayable = is_key and not parts["collation"] and (under is None or under.spec is not None)
    spec = _spec(other, parts, base, own, catalog) if is_sayable else None
    return Domain(name, other.name, base, checks, parts["default"], spec)


def _spec(
    other: CatalogObject, parts: Mapping[str, str], base: t.Type, own: Mapping[str, str], catalog: Catalog
) -> dict[str, Any] | None:
    """The domain in the language; None where its default can't be said, or it calls what is made after it."""
    if _calls_own_function(other, catalog):
        return None
    spec: dict[str, Any] = {"domain": parts["base"]}
    expressions = PostgresExpressions()
    if parts["default"]:
        written = expressions.value(CatalogSql(parts["default"], parts["default"]), {}, base)
        if written.only:
            return None
        spec["default"] = {"sql": written.sql}
    if parts["not_null"]:
        spec["nullable"] = False
    checks = {}
    for name, condition in own.items():
        said = expressions.condition(CatalogSql(condition, condition), {"value": base})
        key = name if is_identifier(name) else as_identifier(name) or "check"
        checks[key] = {"sql": said.sql, **({"only": said.only} if said.only else {})}
        if key != name:
            checks[key]["name"] = name
    if checks:
        spec["checks"] = checks
    return spec


def _calls_own_function(other: CatalogObject, catalog: Catalog) -> bool:
    """Whether a domain needs a function of the database, which migrations make after the types."""
    functions = (one.name.partition("(")[0] for one in catalog.others if one.kind == "function")
    return any(re.search(rf'(?<![\w"]){re.escape(name)}\(', other.definition.written) for name in functions)


def _conditions(definition: str) -> Iterator[tuple[str, str]]:
    """The name of each CHECK, and what stands in its brackets."""
    found = _CHECK.search(definition)
    while found:
        depth, place, quoted = 1, found.end(), False
        while depth and place < len(definition):
            quoted ^= definition[place] == "'"
            depth += 0 if quoted else (definition[place] == "(") - (definition[place] == ")")
            place += 1
        yield found["name"].strip('"').replace('""', '"'), definition[found.end() : place - 1]
        found = _CHECK.search(definition, place)
