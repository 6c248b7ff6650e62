"""What every resolving step shares: the tables as written, the reporter, SQL and derived names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from schemagen.schema.dialect import Sql
from schemagen.schema.names import derived_names
from schemagen.schema.naming import Naming
from schemagen.schema.types import Native
from schemagen.spec.sql_definition import SqlByEngine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from schemagen.base.diagnostics import Origin
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.enum_types import EnumType
    from schemagen.schema.model import Schema
    from schemagen.schema.types import Type
    from schemagen.spec.definition import TableSpec
    from schemagen.spec.reporter import Reporter

    from .domain_columns import Domain

CONFLICT = "SG110"
BAD_VALUE = "SG112"
NAME_TAKEN = "SG202"
BAD_SQL = "SG301"

SqlSpec = str | SqlByEngine

_SHORT_FORMS = {"check", "where"}
"""Keys that hold SQL without the key ``sql``."""

_Written: TypeAlias = "tuple[str, Type | None, bool, bool, tuple[tuple[str, Type], ...]]"
"""All that the translation of an expression depends on: its text, what it is for, and the columns that it names."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A table as written, before anything in it is resolved."""

    name: str
    """The key of the specs."""
    spec: TableSpec
    document: str
    origin: Origin
    naming: Naming = Naming.OWN

    @property
    def called(self) -> str:
        """What the database calls it."""
        return self.spec.name or self.name

    def column_called(self, key: str) -> str:
        """What the database calls a column."""
        return self.spec.columns[key].name or key

    def in_sql(self, types: Mapping[str, Type]) -> Mapping[str, Type]:
        """The types of columns by the names that SQL says, which are the database's."""
        if not self._named:
            return types
        return {self.column_called(key): type_ for key, type_ in types.items()}

    def keys_of(self, names: Iterable[str]) -> tuple[str, ...]:
        """The keys of the columns that SQL names."""
        keys = {spec.name: key for key, spec in self.spec.columns.items() if spec.name}
        return tuple(keys.get(name, name) for name in names)

    @property
    def _named(self) -> bool:
        return any(spec.name for spec in self.spec.columns.values())


@dataclass(frozen=True, slots=True)
class ResolvedSql:
    """SQL for both engines and the columns that it reads, in order of appearance."""

    sql: Sql
    columns: tuple[str, ...]


@dataclass(slots=True)
class Names:
    """Names in one namespace: written ones first, derived ones give way to them."""

    taken: dict[str, Origin] = field(default_factory=dict)
    hint: str = "tables, types, indexes, primary keys and unique constraints share one namespace; SQLite ignores case"
    derived: dict[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    """Each derived name with its parts, and the seed of the hash that it ends in where it has to."""
    claimed: dict[str, dict[str, Origin]] = field(default_factory=dict)
    """Each written name, by the schemas of PostgreSQL that have it; derived ones give way to all of them."""

    def claim(self, name: str, origin: Origin, reporter: Reporter, schema: str = "") -> None:
        """Take a written name; a second claim is reported with both places. Case makes no difference to SQLite."""
        of_schemas = self.claimed.setdefault(name.lower(), {})
        derived = None if of_schemas else self.taken.get(name.lower())
        first = of_schemas.setdefault(schema, derived or origin)
        self.taken.setdefault(name.lower(), origin)
        if first != origin:
            shown = f"{schema}.{name}" if schema else name
            reporter.error(
                NAME_TAKEN,
                f"the name `{shown}` is already taken",
                origin,
                related=[("first used here", first)],
                hint=self.hint,
            )

    def derive(self, parts: Iterable[str], seed: str, origin: Origin, schema: str | None = None) -> str:
        """A derived name; where it is taken, one that ends in a stable hash of ``seed``.

        With a ``schema`` it gives way to the written names of that one alone: SQLite takes it as often as it comes.
        """
        made = tuple(parts)
        name = next(name for name in derived_names(made, seed) if not self._is_taken(name, schema))
        self.taken[name.lower()] = origin
        self.derived[name] = made, seed
        return name

    def _is_taken(self, name: str, schema: str | None) -> bool:
        written = self.claimed.get(name.lower())
        if name in self.derived or schema is None or written is None:
            return name.lower() in self.taken
        return schema in written


@dataclass(frozen=True, slots=True)
class Context:
    """The tables by name, the relation names of the whole schema, and where mistakes go."""

    drafts: Mapping[str, Draft]
    reporter: Reporter
    relations: Names
    incomplete: bool
    """Whether a file could not be read: then an unknown table may well be in it, and is not reported."""

    held: Schema | None = None
    """The schema of the lock."""

    extensions: tuple[str, ...] = ()
    """The extensions of PostgreSQL that the files name."""

    types: dict[str, EnumType] = field(default_factory=dict)
    """The named types of all files."""

    domains: dict[str, Domain] = field(default_factory=dict)
    """The domains of all files."""

    constraints: dict[str, Names] = field(default_factory=dict)
    """The constraint names of each table."""

    _expressions: dict[_Written, ResolvedSql] = field(default_factory=dict)

    def domain_of(self, type_: Type) -> Domain | None:
        """The domain that a column's type is, if it is one."""
        if not (self.domains and isinstance(type_, Native)):
            return None
        return next((one for one in self.domains.values() if one.type.postgres == type_.postgres), None)

    def sql(
        self,
        written: SqlSpec,
        columns: Mapping[str, Type],
        origin: Origin,
        *,
        result: Type | None = None,
        only: DialectName | None = None,
        is_condition: bool = False,
        is_immutable: bool = False,
    ) -> ResolvedSql | None:
        """Resolve an expression for both engines; what does not translate is reported, and None.

        Args:
            written: PostgreSQL's text, or each engine's own.
            columns: the columns it may read, with their types.
            origin: where it stands.
            result: the type of the column that it fills, if it fills one.
            only: the one engine that it is for.
            is_condition: whether it has to be true or false.
            is_immutable: whether nothing but its row may decide it, as of generated columns and indexes.
        """
        if isinstance(written, SqlByEngine) or only:
            at = origin.child("postgres") if isinstance(written, SqlByEngine) else origin
            return self._own(own_texts(written, only), columns, at)
        return self._translated(written, columns, origin, result, is_condition=is_condition, is_immutable=is_immutable)

    def _own(self, sql: Sql, columns: Mapping[str, Type], origin: Origin) -> ResolvedSql | None:
        """Text that is not translated. SQLite evaluates its own later, so only PostgreSQL's is looked at."""
        if sql.postgres is not None:
            from schemagen.sql.grammar import expression_error
            from schemagen.sql.own_text import misnamed

            problem = expression_error(sql.postgres) or misnamed(sql.postgres, columns)
            if problem:
                self.reporter.error(BAD_SQL, str(problem), origin, hint=problem.hint, offset=problem.offset)
                return None
        return ResolvedSql(sql, mentioned(sql.postgres or sql.sqlite or "", columns))

    def _translated(
        self,
        text: str,
        columns: Mapping[str, Type],
        origin: Origin,
        result: Type | None,
        *,
        is_condition: bool,
        is_immutable: bool,
    ) -> ResolvedSql | None:
        said = tuple((name, columns[name]) for name in mentioned(text, columns))
        key = (text, result, is_condition, is_immutable, said)
        known = self._expressions.get(key)
        if known:
            return known
        from schemagen.sql import SqlError, expression  # heavy, and not needed by specs without SQL

        try:
            found = expression(text, columns, result=result, is_condition=is_condition, is_immutable=is_immutable)
        except SqlError as problem:
            place = origin.path[-1] if origin.path else ""
            hint = problem.hint.replace("`sql: {", f"`{place}: {{") if place in _SHORT_FORMS else problem.hint
            self.reporter.error(BAD_SQL, str(problem), origin, hint=hint, offset=problem.offset)
            return None
        resolved = ResolvedSql(found.sql, found.columns)
        if dict(said).keys() >= set(found.columns):  # not so for a name that the words above do not show
            self._expressions[key] = resolved
        return resolved


def own_texts(written: SqlSpec, only: DialectName | None) -> Sql:
    """What each engine runs of SQL that is written for one of them, or for each."""
    postgres, sqlite = (written, written) if isinstance(written, str) else (written.postgres, written.sqlite)
    return Sql(None if only == "sqlite" else postgres.strip(), None if only == "postgres" else sqlite.strip())


def mentioned(text: str, columns: Mapping[str, Type]) -> tuple[str, ...]:
    """The columns whose names stand in a text that is not translated."""
    return tuple(word for word in names_in(text) if word in columns)


def names_in(text: str) -> tuple[str, ...]:
    """Every word of a text that may be a name, and every name in quotes."""
    return tuple(dict.fromkeys(word or name.replace('""', '"') for name, word in _NAME.findall(text)))


_NAME = re.compile(r'"((?:[^"]|"")+)"|([A-Za-z_][A-Za-z0-9_]*)')
