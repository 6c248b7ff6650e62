"""SQLite: STRICT tables whose checks accept what PostgreSQL's types accept, and every foreign key inline."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, ClassVar

from schemagen.base import reserved as words
from schemagen.base.escape import sql_string
from schemagen.changes.migration import Statement
from schemagen.engines.sizes import sqlite_row_size
from schemagen.engines.standard import StandardDialect, enclosed, json_literal, written_check
from schemagen.schema import types as t
from schemagen.schema.conflicts import conflict_action
from schemagen.schema.model import Action
from schemagen.schema.triggers import TriggerKind
from schemagen.schema.vectors import vector_bytes

from . import full_text
from . import release as sqlite_release
from . import triggers as sqlite_triggers
from . import types as sqlite_types
from .differences import sqlite_differences

if TYPE_CHECKING:
    from schemagen.engines.base import Difference, NamedCheck, RowSize
    from schemagen.schema.conflicts import ConflictedRule
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.index import Index, IndexElement
    from schemagen.schema.model import Column, ForeignKey, Schema, Table, Value
    from schemagen.schema.triggers import Trigger

BYTEA_PREFIX = "\\x"
_AFFINITY_IS_ENOUGH = (t.Interval, t.Native)


def is_rowid(column: Column, table: Table) -> bool:
    """Whether a column is the only key and numbered by SQLite itself."""
    return column.identity and sqlite_types.is_row_number(table, column)


class Sqlite(StandardDialect):
    """SQLite 3.37 or newer (STRICT)."""

    name: ClassVar[DialectName] = "sqlite"
    title: ClassVar[str] = "SQLite"
    bare_name: ClassVar[re.Pattern[str]] = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
    reserved: ClassVar[frozenset[str]] = words.SQLITE | words.PARSER
    comments_inside: ClassVar[bool] = True  # ADD and DROP COLUMN cut the text at commas, and take what stands behind

    def column_type(self, column: Column, table: Table) -> str:
        """The declared type: one of STRICT's, or the classical one for a table that is not strict."""
        if is_rowid(column, table):
            return "INTEGER"
        return sqlite_types.declared_type(column.type, strict=table.sqlite.strict)

    def collation(self, column: Column, table: Table) -> str | None:
        """RTRIM for ``char(n)``, or None for BINARY; without parity nothing is done to make the engines agree.

        Final spaces are no part of a ``char(n)`` on PostgreSQL ("8.3. Character Types"), nor where RTRIM compares
        (SQLite, "Datatypes", 7): in conditions, unique keys and foreign keys alike, and an index serves them.
        """
        return "RTRIM" if isinstance(column.type, t.Char) and table.sqlite.parity else None

    def column_rest(self, column: Column, table: Table) -> str:
        """Collation, NOT NULL, then the key, the default or the expression."""
        collation = self.collation(column, table)
        parts = [f"COLLATE {collation}"] if collation else []
        parts += [] if column.nullable else [f"NOT NULL{self.conflict(table, 'not null', (column.name,))}"]
        default = self.default(column)
        generated = column.generated.sqlite if column.generated else None
        if is_rowid(column, table) and table.primary_key:
            parts.append(f"CONSTRAINT {self.quote(table.primary_key.name)} PRIMARY KEY AUTOINCREMENT")
        elif generated is not None:
            parts.append(f"GENERATED ALWAYS AS {enclosed(generated)} {'VIRTUAL' if column.virtual else 'STORED'}")
        elif default is not None:
            parts.append(f"DEFAULT {default}")
        return " ".join(parts)

    def conflict(self, table: Table, kind: ConflictedRule, columns: tuple[str, ...]) -> str:
        """ON CONFLICT, as the spec has it (SQLite, "The ON CONFLICT Clause")."""
        action = conflict_action(table.sqlite.on_conflict, kind, columns)
        return f" ON CONFLICT {action}" if action else ""

    def column_comment(self, column: Column, table: Table) -> str:
        """The type of the spec, where the declared type does not say it, and the description."""
        match column.type:
            case t.Enum():
                spelling = "enum"
            case t.Native(postgres=postgres):
                spelling = postgres
            case _:
                spelling = str(column.type)
        if spelling.upper() == self.column_type(column, table):
            return column.description
        return f"[{spelling}] {column.description}".rstrip()

    def literal(self, type_: t.Type, value: Value) -> str:
        """A canonical value as an SQL literal."""
        if value is None:
            return "NULL"
        type_ = t.value_type(type_)
        if isinstance(type_, (t.JsonType, t.Array)):
            return json_literal(value)
        match value:
            case bool() | int():
                return str(int(value))
            case float():
                return _real(value)
        text = str(value)
        if isinstance(type_, (t.Bytea, t.Vector)):
            held = vector_bytes(text).hex() if isinstance(type_, t.Vector) else text.removeprefix(BYTEA_PREFIX)
            return f"X'{held}'"
        return text if isinstance(type_, t.Numeric) else sql_string(text)

    def default_expression(self, sql: str) -> str:
        """An expression in the parentheses that SQLite wants (SQLite, "CREATE TABLE", 3.2)."""
        return enclosed(sql)

    def type_check(self, table: Table, column: Column) -> NamedCheck | None:
        """The check that accepts what PostgreSQL's type accepts; without parity only what a spec spells out."""
        name = self.quote(column.name)
        condition = self._condition(table, t.value_type(column.type), name)
        return self.type_check_named(table, column, condition) if condition else None

    def _condition(self, table: Table, type_: t.Type, name: str) -> str | None:
        if not table.sqlite.parity:
            return written_check(type_, name)
        condition = sqlite_types.value_check(type_, name)
        if table.sqlite.strict or isinstance(type_, _AFFINITY_IS_ENOUGH):
            return condition
        return " AND ".join(filter(None, (sqlite_types.affinity_check(type_, name), condition))) or None

    def supports(self, index: Index) -> bool:
        """Whether an index exists here: SQLite has B-trees only."""
        return index.method == "btree" and super().supports(index)

    def index_method(self, index: Index) -> str | None:  # noqa: ARG002  (there is nothing to choose)
        """None: SQLite has only its own kind of index."""
        return None

    def index_element(self, element: IndexElement) -> str:
        """A column or expression and its order; SQLite has no operator classes, collations or order of NULLs."""
        return f"{self.element_target(element)} DESC" if element.descending else self.element_target(element)

    def has_inline(self, table: Table, key: ForeignKey, schema: Schema) -> bool:  # noqa: ARG002
        """True: SQLite looks for the parent only when a row is written."""
        return True

    def primary_key_is_inline(self, table: Table) -> bool:
        """AUTOINCREMENT is only allowed in ``INTEGER PRIMARY KEY`` on the column."""
        return any(is_rowid(column, table) for column in table.columns)

    def table_options(self, table: Table) -> str:
        """STRICT and WITHOUT ROWID."""
        options = [
            *(["STRICT"] if table.sqlite.strict else []),
            *(["WITHOUT ROWID"] if table.sqlite.without_rowid else []),
        ]
        return ", ".join(options)

    def comments(self, table: Table) -> tuple[Statement, ...]:  # noqa: ARG002
        """Nothing: SQLite keeps the text of CREATE TABLE with its comments."""
        return ()

    def on_delete(self, key: ForeignKey) -> str:
        """The action of a key; SET NULL of some columns is a trigger here, behind which the key is looked at."""
        return Action.NO_ACTION.upper() if key.set_null else super().on_delete(key)

    def create_trigger(self, trigger: Trigger, schema: Schema) -> tuple[Statement, ...]:
        """CREATE TRIGGER IF NOT EXISTS; three for touch, one an event."""
        return sqlite_triggers.create_trigger(self, trigger, schema)

    def drop_trigger(self, trigger: Trigger, schema: Schema) -> tuple[Statement, ...]:
        """DROP TRIGGER IF EXISTS for each one that was made, with what a full-text index keeps."""
        names = sqlite_triggers.trigger_names(trigger, schema)
        dropped = tuple(Statement(f"DROP TRIGGER IF EXISTS {self.quote(name)}") for name in names)
        kept = full_text.removal(self, trigger.name) if trigger.kind is TriggerKind.FULL_TEXT else ()
        return (*dropped, *kept)

    def add_foreign_key(self, table: Table, key: ForeignKey) -> tuple[Statement, ...]:  # noqa: ARG002
        """Nothing: every foreign key is inline."""
        return ()

    def drop_foreign_key(self, table: Table, key: ForeignKey) -> tuple[Statement, ...]:  # noqa: ARG002
        """Nothing: every foreign key is inline."""
        return ()

    def release(self, table: Table, schema: Schema) -> tuple[Statement, ...]:
        """References taken away that would refuse the deletion of rows that DROP TABLE begins with."""
        return sqlite_release.release(self, table, schema)

    def placeholder_tables(self, table: Table, schema: Schema) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
        """Empty tables in place of the parents that have gone, where a cascade leads past them."""
        return sqlite_release.placeholder_tables(self, table, schema)

    def row_size(self, table: Table) -> RowSize:
        """The typical size of a record and its index entries (SQLite, "Database File Format", 2.1)."""
        return sqlite_row_size(table, self.indexes(table))

    def differences(self, schema: Schema) -> tuple[Difference, ...]:
        """What SQLite does otherwise than the specs say, for the tables at hand."""
        return sqlite_differences(schema, self)


def _real(value: float) -> str:
    if math.isinf(value):
        return "9e999" if value > 0 else "-9e999"
    return repr(value)


SQLITE = Sqlite()
