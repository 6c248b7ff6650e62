"""PostgreSQL: its own types, comments kept in the catalog, and foreign keys of a cycle added at the end."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, ClassVar

from schemagen.base import reserved
from schemagen.base.escape import dollar_tag, one_line, sql_string
from schemagen.changes.migration import Statement
from schemagen.engines.base import Difference
from schemagen.engines.partitions import partition_clause, whole_partition
from schemagen.engines.release import cleared, releases
from schemagen.engines.sizes import postgres_row_size
from schemagen.engines.standard import (
    StandardDialect,
    enclosed,
    json_literal,
    sql_text,
    with_parentheses,
    written_check,
)
from schemagen.schema import types as t
from schemagen.schema.dialect import Sql
from schemagen.schema.index import IndexElement, Nulls
from schemagen.schema.places import PlacedName, in_postgres, local_name
from schemagen.schema.quoting import quoted
from schemagen.schema.rule_state import RuleState
from schemagen.sql.full_text import words

from . import triggers as postgres_triggers
from .session import RESUME_TRIGGERS, SUSPEND_TRIGGERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemagen.engines.base import NamedCheck, RowSize
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.index import Index
    from schemagen.schema.model import Column, ForeignKey, Schema, Table, Unique, Value
    from schemagen.schema.triggers import Trigger


_SERIALS: dict[type[t.Type], str] = {t.SmallInt: "smallserial", t.Integer: "serial", t.BigInt: "bigserial"}
_NOT_FINITE = {math.inf: "'Infinity'", -math.inf: "'-Infinity'"}


class Postgres(StandardDialect):
    """PostgreSQL 14 or newer (CREATE OR REPLACE TRIGGER)."""

    name: ClassVar[DialectName] = "postgres"
    title: ClassVar[str] = "PostgreSQL"
    bare_name: ClassVar[re.Pattern[str]] = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)
    reserved: ClassVar[frozenset[str]] = reserved.POSTGRES | reserved.PARSER

    def quote(self, name: str) -> str:
        """A name as it stands in SQL; that of a table with a schema after its schema."""
        return quoted(name)

    def alias(self, name: str) -> str:
        """A table's name without its schema."""
        return self.quote(local_name(name))

    def column_type(self, column: Column, table: Table) -> str:  # noqa: ARG002  (types do not depend on the table here)
        """The declared type; an enum without a name is text with a check, a serial's word brings its sequence."""
        return _SERIALS[type(column.type)] if column.serial else declared_type(column.type)

    def column_rest(self, column: Column, table: Table) -> str:  # noqa: ARG002
        """Collation, NOT NULL, then the identity, the expression or the default."""
        parts = [f"COLLATE {self.quote(column.collation)}"] if column.collation else []
        parts += [] if column.nullable else ["NOT NULL"]
        default = self.own_default(column)
        generated = column.generated.postgres if column.generated else None
        if column.identity and not column.serial:
            parts.append(f"GENERATED {identity_kind(column)} AS IDENTITY")
        elif generated is not None:
            parts.append(f"GENERATED ALWAYS AS {enclosed(generated)} {'VIRTUAL' if column.virtual else 'STORED'}")
        elif default is not None:
            parts.append(f"DEFAULT {default}")
        return " ".join(parts)

    def own_default(self, column: Column) -> str | None:
        """What stands after DEFAULT in the table: nothing where the domain of a column has the same."""
        return None if column.by_domain else self.default(column)

    def overriding(self, table: Table, columns: Iterable[str]) -> str:
        """``OVERRIDING SYSTEM VALUE`` where a column is one that is always numbered (PostgreSQL, "INSERT")."""
        return " OVERRIDING SYSTEM VALUE" if any(table.column(name).always for name in columns) else ""

    def column_comment(self, column: Column, table: Table) -> str:  # noqa: ARG002
        """The description."""
        return column.description

    def literal(self, type_: t.Type, value: Value) -> str:
        """A canonical value as an SQL literal; text literals take the type of where they stand."""
        if value is None:
            return "NULL"
        type_ = t.value_type(type_)
        if isinstance(type_, t.JsonType):
            return json_literal(value)
        if isinstance(type_, t.Array) and isinstance(value, list):
            elements = ", ".join(self.literal(type_.element, item) for item in value)
            return f"ARRAY[{elements}]::{declared_type(type_)}"
        if isinstance(value, bool | int | float):
            return _number(value)
        return str(value) if isinstance(type_, t.Numeric) else sql_string(str(value))

    def default_expression(self, sql: str) -> str:
        """An expression as it stands after DEFAULT: in parentheses unless it is one word or call."""
        return with_parentheses(sql)

    def type_check(self, table: Table, column: Column) -> NamedCheck | None:
        """An enum's values, unless they are a type's, a text's ``max_length``, no zeros; every other type suffices."""
        condition = value_check(column.type, self.quote(column.name))
        return self.type_check_named(table, column, condition) if condition else None

    def index_method(self, index: Index) -> str | None:
        """The access method, where it is not the default."""
        return None if index.method == "btree" else "gin" if index.is_full_text else index.method

    def index_elements(self, index: Index) -> tuple[IndexElement, ...]:
        """The words of the columns of a full-text index."""
        if not index.is_full_text:
            return index.elements
        return tuple(IndexElement(sql=Sql(words(self.quote(name)), None)) for name in index.columns)

    def index_element(self, element: IndexElement) -> str:
        """A column or expression with collation, operator class, order and the place of NULLs."""
        parts = [self.element_target(element)]
        if element.collation:
            parts.append(f"COLLATE {self.quote(element.collation)}")
        if element.opclass:
            parts.append(self.quote(element.opclass))
        if element.descending:
            parts.append("DESC")
        usual = Nulls.FIRST if element.descending else Nulls.LAST  # PostgreSQL, "11.4. Indexes and ORDER BY"
        if element.nulls and element.nulls is not usual:
            parts.append(f"NULLS {element.nulls.upper()}")
        return " ".join(parts)

    def unique_clause(self, unique: Unique) -> str:
        """``UNIQUE (…)``; NULLS NOT DISTINCT since PostgreSQL 15 ("CREATE TABLE")."""
        clause = super().unique_clause(unique)
        return clause if unique.nulls_distinct else clause.replace("UNIQUE", "UNIQUE NULLS NOT DISTINCT", 1)

    def foreign_keys(self, table: Table) -> tuple[ForeignKey, ...]:
        """Every foreign key of the catalog, also those that are not enforced."""
        return table.declared_foreign_keys

    def foreign_key_clause(self, key: ForeignKey) -> str:
        """``FOREIGN KEY (…) REFERENCES …`` with its state behind it."""
        return f"{super().foreign_key_clause(key)}{key.state.suffix}"

    def check_clause(self, check: NamedCheck) -> str:
        """``CHECK (…)`` with its state behind it."""
        return f"{super().check_clause(check)}{check.state.suffix}"

    def create_table(self, table: Table, schema: Schema) -> tuple[Statement, ...]:
        """CREATE TABLE, and a partition where it has none; what is not valid comes after them.

        A new table would have it validated ("CREATE TABLE").
        """
        keys = (key for key in table.foreign_keys if not schema.is_late(table, key))
        clauses = {key.name: self.foreign_key_clause(key) for key in keys if key.state is RuleState.NOT_VALID}
        clauses |= {c.name: self.check_clause(c) for c in self.checks(table) if c.state is RuleState.NOT_VALID}
        added = (self.add_missing(table, name, clause) for name, clause in clauses.items())
        made, *comments = super().create_table(table, schema)
        whole = [whole_partition(self, table)] if schema.has_whole_partition(table) else []
        return made, *whole, *comments, *(Statement(sql, "Kept for new rows alone") for sql in added)

    def has_inline(self, table: Table, key: ForeignKey, schema: Schema) -> bool:
        """Whether the parent exists when the table is created, and it is for every row."""
        return key.state is not RuleState.NOT_VALID and not schema.is_late(table, key)

    def primary_key_is_inline(self, table: Table) -> bool:  # noqa: ARG002
        """False: it is a constraint of its own."""
        return False

    def table_options(self, table: Table) -> str:
        """How it is partitioned."""
        return partition_clause(self, table)

    def comments(self, table: Table) -> tuple[Statement, ...]:
        """COMMENT ON for the table and every column that is described."""
        of_table = f"COMMENT ON TABLE {self.quote(table.name)} IS {sql_string(one_line(table.description))}"
        written = [of_table] if table.description else []
        written += filter(None, (self.column_description(table, column) for column in table.columns))
        return tuple(Statement(sql, "" if number else "Descriptions") for number, sql in enumerate(written))

    def column_description(self, table: Table, column: Column) -> str:
        """COMMENT ON for a column; empty where it is not described."""
        name = f"{self.quote(table.name)}.{self.quote(column.name)}"
        return f"COMMENT ON COLUMN {name} IS {sql_string(one_line(column.description))}" if column.description else ""

    def create_trigger(self, trigger: Trigger, schema: Schema) -> tuple[Statement, ...]:
        """CREATE OR REPLACE FUNCTION and CREATE OR REPLACE TRIGGER, both under the trigger's name."""
        return postgres_triggers.create_trigger(self, trigger, schema)

    def drop_trigger(self, trigger: Trigger, schema: Schema) -> tuple[Statement, ...]:
        """DROP TRIGGER IF EXISTS, then its function."""
        return postgres_triggers.drop_trigger(self, trigger, schema)

    def release(self, table: Table, schema: Schema) -> tuple[Statement, ...]:
        """References of earlier tables set to NULL, with the triggers suspended that would refuse or notice it."""
        updates = tuple(cleared(self, each) for each in releases(table, schema))
        if not updates:
            return ()
        return (SUSPEND_TRIGGERS, *updates, RESUME_TRIGGERS)

    def placeholder_tables(self, table: Table, schema: Schema) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:  # noqa: ARG002
        """None: the foreign keys of cycles have gone before their tables."""
        return (), ()

    def add_foreign_key(self, table: Table, key: ForeignKey) -> tuple[Statement, ...]:
        """ADD CONSTRAINT, unless a constraint of that name is there."""
        sql = self.add_missing(table, key.name, self.foreign_key_clause(key))
        return (Statement(sql, f"{table.name} refers to {key.parent}, which is created after it"),)

    def add_missing(self, table: Table, name: str, clause: str) -> str:
        """ADD CONSTRAINT, unless a constraint of that name is there."""
        return sql_text(
            "postgres/add_constraint.sql.jinja",
            tag=dollar_tag(clause),
            table=self.quote(table.name),
            name=self.quote(name),
            name_literal=sql_string(name),
            table_literal=sql_string(self.quote(table.name)),
            clause=clause,
        )

    def drop_foreign_key(self, table: Table, key: ForeignKey) -> tuple[Statement, ...]:
        """DROP CONSTRAINT IF EXISTS."""
        sql = f"ALTER TABLE IF EXISTS {self.quote(table.name)} DROP CONSTRAINT IF EXISTS {self.quote(key.name)}"
        return (Statement(sql),)

    def row_size(self, table: Table) -> RowSize:
        """The typical size of a tuple and its index entries (PostgreSQL, "66.6. Database Page Layout")."""
        return postgres_row_size(table, self.indexes(table))

    def differences(self, schema: Schema) -> tuple[Difference, ...]:
        """Tables that are elsewhere, and what PostgreSQL leaves out: what is written for SQLite only."""
        return tuple(
            difference
            for table in schema.tables
            for difference in (*_placed(table), *self._left_out(table), *self._without_text(table))
        )

    def _left_out(self, table: Table) -> list[Difference]:
        return [
            Difference(table.name, index.name, "This index does not exist on PostgreSQL.")
            for index in table.indexes
            if not self.supports(index)
        ]

    def _without_text(self, table: Table) -> list[Difference]:
        return [
            Difference(table.name, check.name, "This check does not exist on PostgreSQL.")
            for check in table.checks
            if check.sql.postgres is None
        ]


def _placed(table: Table) -> Iterator[Difference]:
    """What PostgreSQL has in a schema, or under another name."""
    for part, name in (("table", table.name), *(("index", index.name) for index in table.indexes)):
        if isinstance(name, PlacedName):
            yield Difference(table.name, name, f"This {part} is `{in_postgres(name)}` on PostgreSQL.")


def value_check(type_: t.Type, name: str) -> str | None:
    """The condition on a column (quoted) that its type does not hold by itself; None for none.

    A vector of zeros has no direction, and an HNSW index leaves it out (pgvector 0.8, "FAQ").
    """
    if isinstance(t.value_type(type_), t.Vector):
        return f"vector_norm({name}) > 0"
    return None if t.is_named(type_) else written_check(type_, name)


def identity_kind(column: Column) -> str:
    """Whether an INSERT may give the number of an identity (PostgreSQL, "5.3. Identity Columns")."""
    return "ALWAYS" if column.always else "BY DEFAULT"


def declared_type(type_: t.Type) -> str:
    """What stands after a column's name in CREATE TABLE."""
    match type_:
        case t.Enum(name=str(name)) if name:
            return POSTGRES.quote(name)
        case t.Enum() | t.Text():
            return "text"
        case t.Native(postgres=postgres):
            return postgres
        case t.Array(element):
            return f"{declared_type(element)}[]"
    return str(type_)


def _number(value: float) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case float() if not math.isfinite(value):
            return _NOT_FINITE.get(value, "'NaN'")
    return repr(value)


POSTGRES = Postgres()
