"""What a database holds, read back: one model for both engines, so that catalogs can be compared.

The order of columns, the names of NOT NULL constraints and of owned sequences, and comments are no part of equality.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from schemagen.schema.rule_state import RuleState

if TYPE_CHECKING:
    from schemagen.schema.conflicts import ConflictRule
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.index import Nulls
    from schemagen.schema.model import Action, Deferrable

OUR_TABLES = frozenset({"_schemagen_guard", "alembic_version"})
"""Tables that migrations keep for themselves; no catalog shows them."""


@dataclass(frozen=True, slots=True)
class CatalogSql:
    """A piece of SQL: in the one writing that is compared, and as the database keeps it.

    PostgreSQL prints its parse tree, so both are the same; SQLite keeps the text that somebody wrote.
    """

    canonical: str
    written: str = field(default="", compare=False)

    def __str__(self) -> str:
        """The text that is compared."""
        return self.canonical


UNREAD = CatalogSql("")
"""What stands for a definition that is whatever an engine prints."""


@dataclass(frozen=True, slots=True)
class CatalogColumn:
    """One column. ``identity`` is empty, ``always`` or ``by default``; ``sequence`` what is unusual about its sequence.

    ``generated`` is the expression of a generated column, ``virtual`` whether it is computed when it is read;
    ``details`` holds what the spec language has no word for. ``comment_is_inside`` says that SQLite moves the comment
    with the column, as it is a part of its definition.
    """

    name: str
    type: str
    nullable: bool
    default: CatalogSql | None = None
    generated: CatalogSql | None = None
    virtual: bool = False
    identity: str = ""
    sequence: str = ""
    collation: str | None = None
    details: str = ""
    comment: str = field(default="", compare=False)
    comment_is_inside: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class CatalogPrimaryKey:
    """The primary key; ``name`` is None where SQLite's text gives none."""

    name: str | None
    columns: tuple[str, ...]
    deferrable: Deferrable
    details: str = ""


@dataclass(frozen=True, slots=True)
class CatalogForeignKey:
    """A foreign key; ``details`` holds what the spec language has no word for, such as ``match full``."""

    name: str | None
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    on_delete: Action
    on_update: Action
    deferrable: Deferrable
    state: RuleState = RuleState.VALID
    details: str = ""
    set_null: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CatalogUnique:
    """A unique constraint; a unique index is an index."""

    name: str | None
    columns: tuple[str, ...]
    deferrable: Deferrable
    details: str = ""
    nulls_distinct: bool = True


@dataclass(frozen=True, slots=True)
class CatalogCheck:
    """A check constraint; ``details`` holds what the spec language has no word for, such as ``no inherit``."""

    name: str | None
    expression: CatalogSql
    state: RuleState = RuleState.VALID
    details: str = ""


@dataclass(frozen=True, slots=True)
class CatalogIndexElement:
    """One element of an index: a column, or an expression (exactly one of the two is set).

    ``nulls`` is set where it is not the engine's default for the direction; ``opclass`` where it is not the default of
    the type; ``collation`` where it is not the column's own.
    """

    column: str | None = None
    expression: CatalogSql | None = None
    descending: bool = False
    nulls: Nulls | None = None
    opclass: str | None = None
    collation: str | None = None

    def __str__(self) -> str:
        """The element as it would be written, such as ``created_at desc``."""
        return " ".join(
            part
            for part in (
                self.column or f"({self.expression})",
                f"collate {self.collation}" if self.collation else "",
                self.opclass or "",
                "desc" if self.descending else "",
                f"nulls {self.nulls}" if self.nulls else "",
            )
            if part
        )


@dataclass(frozen=True, slots=True)
class CatalogIndex:
    """An index that backs no constraint; ``valid`` is false where a concurrent build on PostgreSQL has failed."""

    name: str
    elements: tuple[CatalogIndexElement, ...]
    unique: bool = False
    method: str = "btree"
    predicate: CatalogSql | None = None
    include: tuple[str, ...] = ()
    valid: bool = True
    details: str = ""
    nulls_distinct: bool = True


@dataclass(frozen=True, slots=True)
class CatalogTrigger:
    """A trigger: its definition, and on PostgreSQL the function that it executes, with its body."""

    name: str
    definition: CatalogSql
    function: str = ""


@dataclass(frozen=True, slots=True)
class CatalogTable:
    """One table. ``options`` are words such as ``strict``, ``without rowid``, ``autoincrement``, ``unlogged``.

    ``conflicts`` are the rules for which SQLite has an ON CONFLICT.
    """

    name: str
    columns: tuple[CatalogColumn, ...]
    primary_key: CatalogPrimaryKey | None = None
    foreign_keys: tuple[CatalogForeignKey, ...] = ()
    uniques: tuple[CatalogUnique, ...] = ()
    checks: tuple[CatalogCheck, ...] = ()
    indexes: tuple[CatalogIndex, ...] = ()
    triggers: tuple[CatalogTrigger, ...] = ()
    options: frozenset[str] = frozenset()
    comment: str = field(default="", compare=False)
    conflicts: tuple[ConflictRule, ...] = ()


@dataclass(frozen=True, slots=True)
class CatalogObject:
    """What the spec language has no word for: its kind, such as ``view``, and the table that it belongs to."""

    kind: str
    name: str
    definition: CatalogSql = CatalogSql("")
    table: str | None = None


@dataclass(frozen=True, slots=True)
class CatalogOwn:
    """A view or an object by the statement that makes it again; a view by its SELECT.

    ``options`` are those of a view, or the trigger whose state a statement changes; ``drop`` is empty where the first
    statement tells it. ``shown`` is a SELECT as people write it, where the engine's own text has more parentheses.
    """

    kind: str
    name: str
    sql: str
    drop: str = ""
    table: str | None = None
    columns: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    comment: str = field(default="", compare=False)
    indexes: tuple[CatalogIndex, ...] = ()
    shown: str = field(default="", compare=False)


@dataclass(frozen=True)
class Catalog:
    """A whole database, or one schema of it: tables and other objects by name.

    ``version`` is the engine's own, such as ``18.4``.
    """

    dialect: DialectName
    version: str
    tables: tuple[CatalogTable, ...]
    others: tuple[CatalogObject, ...] = ()
    own: tuple[CatalogOwn, ...] = field(default=(), compare=False)

    @cached_property
    def by_name(self) -> dict[str, CatalogTable]:
        """Its tables by name."""
        return {table.name: table for table in self.tables}
