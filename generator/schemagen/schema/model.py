"""The resolved schema: what the specs mean once every reference, default and name is settled.

Everything here is frozen and complete: targets and dialects read it and never look back at the specs.
Origins say where a part was written; they take no part in equality, so moving a line is not a change.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from .annotations import Api, Volume  # noqa: TC001  (the codec reads the hints)
from .dialect import Sql  # noqa: TC001  (the codec reads the hints)
from .domains import DomainType  # noqa: TC001  (the codec reads the hints)
from .enum_types import EnumType  # noqa: TC001  (the codec reads the hints)
from .index import Index  # noqa: TC001  (the codec reads the hints)
from .objects import STANDALONE, Attached, OwnObject, View, in_order_of_needs
from .owners import policies
from .partition import Partition  # noqa: TC001  (the codec reads the hints)
from .partitions import makers
from .placed_types import placed_parts
from .places import HERE, Place, schemas_of
from .query import Query  # noqa: TC001  (the codec reads the hints)
from .rule_state import RuleState
from .sqlite_options import USUAL
from .sqlite_options import SqliteOptions as SqliteOptions  # noqa: PLC0414  (for those who import it from here)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemagen.base.diagnostics import Origin

    from .types import Type

Pages = Literal["document", "table"]

Value = bool | int | float | str | list["Value"] | dict[str, "Value"] | None
"""A canonical literal, ready for JSON.

By type: boolean → bool; integers → int; double precision and real → float; numeric → its digits as text with
exactly ``scale`` decimals; uuid → lower case with dashes; date → ``YYYY-MM-DD``; time → ``HH:MM:SS.ffffff``;
timestamp → ``YYYY-MM-DDTHH:MM:SS.ffffff``; timestamptz → the same in UTC with a final ``Z``; bytea → ``\\x`` and
lower-case hex; json, jsonb and arrays → the value itself; every other type → text.
"""


@dataclass(frozen=True, slots=True)
class LiteralDefault:
    """A default that is a plain value; ``value`` is never None (a nullable column simply has no default)."""

    value: Value


class Action(StrEnum):
    """What happens to child rows when their parent row is deleted or its key is changed."""

    CASCADE = "cascade"
    RESTRICT = "restrict"
    SET_NULL = "set null"
    SET_DEFAULT = "set default"
    NO_ACTION = "no action"


class Deferrable(StrEnum):
    """When a foreign key is checked, and whether a transaction may change that."""

    NO = "not deferrable"
    IMMEDIATE = "initially immediate"
    DEFERRED = "initially deferred"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``default``, ``generated`` and ``identity`` exclude each other.

    ``serial`` says that PostgreSQL numbers it by an owned sequence, ``always`` that PostgreSQL takes no number of an
    INSERT; ``identity`` is true then as well. ``virtual`` says that a generated one is computed when it is read.
    """

    name: str
    type: Type
    nullable: bool = False
    default: LiteralDefault | Sql | None = None
    generated: Sql | None = None
    identity: bool = False
    serial: bool = False
    collation: str | None = None
    immutable: bool = False
    on_row_update: Sql | None = None
    description: str = ""
    external_reference: str | None = None
    track_changes: bool | None = None
    api: Api | None = None
    renamed_from: str | None = None
    backfill: Sql | None = None
    tags: tuple[str, ...] = ()
    spec_key: str | None = None
    """What specs and models call it, where the database has another name."""
    origin: Origin | None = field(default=None, compare=False, repr=False)
    virtual: bool = False
    always: bool = False
    by_domain: bool = False  # its default is that of its domain: PostgreSQL's table has none of its own

    @property
    def key(self) -> str:
        """What specs and models call it."""
        return self.spec_key or self.name

    @property
    def computation(self) -> tuple[Sql | None, bool]:
        """How it is generated: its expression, and whether that is computed when it is read."""
        return self.generated, self.virtual


@dataclass(frozen=True, slots=True)
class PrimaryKey:
    """The primary key; its columns are never nullable."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A reference to a parent table; ``enforced`` false documents it, as a constraint only where that is its state."""

    name: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    on_delete: Action
    on_update: Action = Action.NO_ACTION
    deferrable: Deferrable = Deferrable.NO
    enforced: bool = True
    touch: str | None = None
    relationship: str | None = None
    inverse: str | None = None
    description: str = ""
    origin: Origin | None = field(default=None, compare=False, repr=False)
    set_null: tuple[str, ...] = ()  # the columns that SET NULL empties, where it is some of them only
    state: RuleState = RuleState.VALID

    @property
    def is_declared(self) -> bool:
        """Whether PostgreSQL's catalog has it."""
        return self.enforced or self.state is RuleState.NOT_ENFORCED

    @property
    def emptied(self) -> tuple[str, ...]:
        """The columns that SET NULL empties."""
        return self.set_null or self.columns

    @property
    def deletion(self) -> str:
        """What deleting a parent does, in words."""
        return f"{self.on_delete} ({', '.join(self.set_null)})" if self.set_null else str(self.on_delete)


@dataclass(frozen=True, slots=True)
class Unique:
    """A unique constraint; unless ``nulls_distinct``, NULL is a value like others to it."""

    name: str
    columns: tuple[str, ...]
    description: str = ""
    origin: Origin | None = field(default=None, compare=False, repr=False)
    nulls_distinct: bool = True


@dataclass(frozen=True, slots=True)
class Check:
    """A check that the spec's author wrote; the checks that a type implies are the dialects'.

    ``by_domain`` is PostgreSQL's text of a condition that a domain has there, of which the table has none. SQLite has
    only those whose ``state`` is valid.
    """

    name: str
    sql: Sql
    description: str = ""
    by_domain: str | None = None
    origin: Origin | None = field(default=None, compare=False, repr=False)
    state: RuleState = RuleState.VALID


@dataclass(frozen=True, slots=True)
class Example:
    """An example row; columns that are left out take their defaults."""

    values: tuple[tuple[str, Value], ...]
    origin: Origin | None = field(default=None, compare=False, repr=False)


Notes = tuple[tuple[str, tuple[str, ...]], ...]
"""Notes in the order of the spec: key and texts. ``{column}_shape`` documents the shape of a JSON column."""


@dataclass(frozen=True)
class Table:
    """One table, complete; ``keeps_rows``: an append-only one refuses deletes; ``postgres``: where it is there."""

    name: str
    columns: tuple[Column, ...]
    primary_key: PrimaryKey | None = None
    foreign_keys: tuple[ForeignKey, ...] = ()
    uniques: tuple[Unique, ...] = ()
    checks: tuple[Check, ...] = ()
    indexes: tuple[Index, ...] = ()
    append_only: bool = False
    keeps_rows: bool = False
    group: str = ""
    team: str = ""
    tags: tuple[str, ...] = ()
    description: str = ""
    examples: tuple[Example, ...] = ()
    volume: Volume | None = None
    notes: Notes = ()
    class_name: str = ""
    renamed_from: str | None = None
    sqlite: SqliteOptions = USUAL
    document: str = ""
    kept_names: tuple[tuple[str, str], ...] = ()  # left as they were by a rename: derived now, and as it stands
    spec_key: str | None = None  # what specs and models call it, where the database has another name
    origin: Origin | None = field(default=None, compare=False, repr=False)
    partition: Partition | None = None
    postgres: Place = HERE
    owner: str = ""  # the column whose value says whose a row is, which PostgreSQL enforces

    @property
    def key(self) -> str:
        """What specs and models call it."""
        return self.spec_key or self.name

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Its columns by name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def by_key(self) -> dict[str, Column]:
        """Its columns by what specs call them, or else by name."""
        return {**self.by_name, **{column.key: column for column in self.columns}}

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises:
            KeyError: when there is none.
        """
        return self.by_name[name]

    def keys_of(self, names: Iterable[str]) -> tuple[str, ...]:
        """What specs and models call the columns of these names."""
        return tuple(self.by_name[name].key for name in names)

    @property
    def enforced_foreign_keys(self) -> tuple[ForeignKey, ...]:
        """The foreign keys that are constraints in the database."""
        return tuple(key for key in self.foreign_keys if key.enforced)

    @property
    def declared_foreign_keys(self) -> tuple[ForeignKey, ...]:
        """The foreign keys that PostgreSQL's catalog has."""
        return tuple(key for key in self.foreign_keys if key.is_declared)

    def is_unique(self, columns: Iterable[str]) -> bool:
        """Whether on both engines at most one row can hold the same values, none of them NULL, in these columns."""
        keys = [unique.columns for unique in self.uniques]
        keys += [index.columns for index in self.indexes if index.unique and index.is_whole]
        if self.primary_key:
            keys.append(self.primary_key.columns)
        return any(map(set(columns).issuperset, keys))

    def pinned_name(self, derived: str) -> str:
        """The name that stands for a derived one."""
        return dict(self.kept_names).get(derived, derived)

    def note(self, key: str) -> tuple[str, ...]:
        """The texts of one note; empty when it is not there."""
        return dict(self.notes).get(key, ())

    def shape(self, column: str) -> tuple[str, ...]:
        """The documented shape of a JSON column: the note ``{column}_shape``."""
        return self.note(f"{self.by_name[column].key}_shape")


@dataclass(frozen=True, slots=True)
class Document:
    """One spec file, which becomes one Markdown document; ``name`` is its path without the suffix.

    ``pages`` says whether the document is one page, or an index with a page a table.
    """

    name: str
    title: str
    version: str = ""
    description: str = ""
    notes: Notes = ()
    origin: Origin | None = field(default=None, compare=False, repr=False)
    pages: Pages = "document"


@dataclass(frozen=True)
class Schema:
    """All tables in the order they are created (dependencies first), with the queries and documents of all specs.

    ``types`` and ``domains`` are the named types of PostgreSQL, by which columns may be declared (a domain after those
    that it is made of), ``extensions`` what has to be there before them.
    """

    tables: tuple[Table, ...] = ()
    queries: tuple[Query, ...] = ()
    documents: tuple[Document, ...] = ()
    types: tuple[EnumType, ...] = ()
    extensions: tuple[str, ...] = ()
    views: tuple[View, ...] = ()
    objects: tuple[OwnObject, ...] = ()
    domains: tuple[DomainType, ...] = ()

    def __post_init__(self) -> None:  # noqa: D105
        vars(self).update(placed_parts(self.tables, self.views, self.types))  # names carry their places

    @property
    def schemas(self) -> tuple[str, ...]:
        """The schemas of PostgreSQL that tables, views and types name, in their order."""
        return schemas_of(self.tables, self.views, self.types)

    @property
    def has_definitions(self) -> bool:
        """Whether something is made before the tables: schemas, extensions, types."""
        return bool(self.schemas or self.types or self.extensions or self.domains)

    @cached_property
    def by_name(self) -> dict[str, Table]:
        """Its tables by name."""
        return {table.name: table for table in self.tables}

    @cached_property
    def by_key(self) -> dict[str, Table]:
        """Its tables by what specs call them, or else by name."""
        return {**self.by_name, **{table.key: table for table in self.tables}}

    def table(self, name: str) -> Table:
        """The table of that name, or KeyError."""
        return self.by_name[name]

    @cached_property
    def attached(self) -> tuple[Attached, ...]:
        """Views, objects, policies and what makes partitions, in the order of creation: each after what it needs."""
        return in_order_of_needs((*self.objects, *self.views, *policies(self.tables), *makers(self.tables)))

    def partitions_of(self, table: Table) -> tuple[OwnObject, ...]:
        """The partitions of a table that are written as objects."""
        return tuple(each for each in self.objects if each.partition_of == table.name)

    def has_whole_partition(self, table: Table) -> bool:
        """Whether a table has one partition for all rows, as no others are written."""
        by = table.partition
        return bool(by and not by.makes_partitions and not self.partitions_of(table))

    @cached_property
    def early(self) -> frozenset[str]:
        """The names of the objects that are made before the tables: they need none, and tables may need them."""
        found: set[str] = set()
        for item in self.attached:
            if item.kind in STANDALONE and found.issuperset(item.needs):
                found.add(item.name)
        return frozenset(found)

    @cached_property
    def positions(self) -> dict[str, int]:
        """The place of each table in the order of creation, from 0."""
        return {table.name: number for number, table in enumerate(self.tables)}

    def is_late(self, table: Table, key: ForeignKey) -> bool:
        """Whether a foreign key points to a table that is created later, as in a cycle."""
        return self.positions[key.parent] > self.positions[table.name]

    @cached_property
    def _children(self) -> dict[str, tuple[tuple[Table, ForeignKey], ...]]:
        found: dict[str, list[tuple[Table, ForeignKey]]] = {}
        for table in self.tables:
            for key in table.foreign_keys:
                found.setdefault(key.parent, []).append((table, key))
        return {name: tuple(pairs) for name, pairs in found.items()}

    def children(self, parent: str) -> tuple[tuple[Table, ForeignKey], ...]:
        """Every (child table, foreign key) that refers to a table, itself included, in order."""
        return self._children.get(parent, ())

    def of_document(self, document: Document) -> tuple[Table, ...]:
        """The tables of one document, in creation order."""
        return tuple(table for table in self.tables if table.document == document.name)
