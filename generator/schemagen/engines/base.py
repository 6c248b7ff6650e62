"""What every dialect can be asked. Targets speak to engines only through this."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from schemagen.schema.rule_state import RuleState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemagen.changes.migration import Statement
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.index import Index, IndexElement
    from schemagen.schema.model import Column, ForeignKey, Schema, Table, Value
    from schemagen.schema.triggers import Trigger
    from schemagen.schema.types import Type


@dataclass(frozen=True, slots=True)
class NamedCheck:
    """A CHECK constraint as one engine has it."""

    name: str
    sql: str
    state: RuleState = RuleState.VALID


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that stays different between the engines, in a sentence for the document."""

    table: str
    subject: str
    text: str


class Dialect(ABC):
    """One engine: how names, types, values and statements are written there.

    Every method is pure; SQL comes out quoted and finished, without a final semicolon.
    """

    name: ClassVar[DialectName]
    title: ClassVar[str]
    """The engine's name in prose: ``SQLite``, ``PostgreSQL``."""

    @abstractmethod
    def quote(self, name: str) -> str:
        """A name as it stands in SQL: bare where that is safe, quoted where its case or a reserved word needs it."""

    def alias(self, name: str) -> str:
        """A table's name as it stands where no schema can: as an alias, or before a column."""
        return self.quote(name)

    @abstractmethod
    def column_type(self, column: Column, table: Table) -> str:
        """The declared type of a column, such as ``varchar(255)`` or ``TEXT``."""

    @abstractmethod
    def literal(self, type_: Type, value: Value) -> str:
        """A canonical value as an SQL literal of a type; None is ``NULL``."""

    @abstractmethod
    def default(self, column: Column) -> str | None:
        """What stands after DEFAULT, or None; an expression comes with the parentheses that the engine wants."""

    @abstractmethod
    def type_check(self, table: Table, column: Column) -> NamedCheck | None:
        """The check that a column's type implies here (``ck_{table}_{column}_type``), or None where none is needed."""

    @abstractmethod
    def checks(self, table: Table) -> tuple[NamedCheck, ...]:
        """Every CHECK of a table on this engine: those of the types in column order, then the author's."""

    @abstractmethod
    def foreign_keys(self, table: Table) -> tuple[ForeignKey, ...]:
        """Every foreign key of a table that this engine's catalog has."""

    @abstractmethod
    def indexes(self, table: Table) -> tuple[Index, ...]:
        """The indexes that exist on this engine, in the order of the spec."""

    @abstractmethod
    def index_method(self, index: Index) -> str | None:
        """The access method to name, or None for the engine's own default (SQLite has only that one)."""

    @abstractmethod
    def index_element(self, element: IndexElement) -> str:
        """One element of an index, with collation, operator class, order and nulls as far as the engine has them."""

    @abstractmethod
    def foreign_key_clause(self, key: ForeignKey) -> str:
        """``FOREIGN KEY (…) REFERENCES … ON DELETE …`` without the constraint's name."""

    @abstractmethod
    def create_table(self, table: Table, schema: Schema) -> tuple[Statement, ...]:
        """CREATE TABLE IF NOT EXISTS with aligned comments, then the engine's own comments.

        Late foreign keys are left out where the engine needs the parent first.
        """

    @abstractmethod
    def create_index(self, table: Table, index: Index) -> Statement:
        """CREATE INDEX IF NOT EXISTS."""

    @abstractmethod
    def create_trigger(self, trigger: Trigger, schema: Schema) -> tuple[Statement, ...]:
        """Everything that makes one trigger (on PostgreSQL its function too), safe to run twice."""

    @abstractmethod
    def drop_trigger(self, trigger: Trigger, schema: Schema) -> tuple[Statement, ...]:
        """Everything that removes it again, safe to run twice."""

    @abstractmethod
    def add_foreign_key(self, table: Table, key: ForeignKey) -> tuple[Statement, ...]:
        """The closing statement for a late foreign key, safe to run twice; empty where the engine has it inline."""

    @abstractmethod
    def drop_foreign_key(self, table: Table, key: ForeignKey) -> tuple[Statement, ...]:
        """The way back from ``add_foreign_key``, safe to run twice; empty where the engine has the key inline."""

    @abstractmethod
    def release(self, table: Table, schema: Schema) -> tuple[Statement, ...]:
        """What takes away the references to a table's rows that would keep it from being dropped, safe to run twice."""

    @abstractmethod
    def placeholder_tables(self, table: Table, schema: Schema) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
        """What makes the tables that a DROP TABLE looks for though they have gone, and what takes them away again."""

    @abstractmethod
    def drop_table(self, table: Table) -> Statement:
        """DROP TABLE IF EXISTS, never with CASCADE."""

    @abstractmethod
    def row_size(self, table: Table) -> RowSize:
        """The typical size of a row, from the types and lengths of its columns."""

    def overriding(self, table: Table, columns: Iterable[str]) -> str:  # noqa: ARG002
        """What an INSERT says before VALUES to bring numbers that the engine would give; empty where it takes them."""
        return ""

    @abstractmethod
    def differences(self, schema: Schema) -> tuple[Difference, ...]:
        """What this engine does otherwise than the specs say, for the tables at hand."""


@dataclass(frozen=True, slots=True)
class RowSize:
    """Bytes of a typical row: its header, its columns, and its share of every index."""

    row: int
    indexes: int
