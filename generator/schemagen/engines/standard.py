"""What both engines write alike: names, keys, indexes and the frame of a CREATE TABLE."""

from __future__ import annotations

import json
import re
from abc import abstractmethod
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from schemagen.base.escape import dollar_tag, sql_string
from schemagen.base.render import render
from schemagen.changes.migration import Statement
from schemagen.schema.model import Action, Deferrable, LiteralDefault
from schemagen.schema.names import type_check_name
from schemagen.schema.rule_state import RuleState
from schemagen.schema.triggers import REFUSING_DELETES, TriggerKind
from schemagen.schema.types import Enum, Text

from .base import Dialect, NamedCheck
from .table_layout import ColumnLine, Line, align_columns, table_body

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from schemagen.schema.conflicts import ConflictedRule
    from schemagen.schema.dialect import Sql
    from schemagen.schema.index import Index, IndexElement
    from schemagen.schema.model import Column, ForeignKey, Schema, Table, Unique, Value
    from schemagen.schema.triggers import Trigger
    from schemagen.schema.types import Type

_SIMPLE_EXPRESSION = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*(\([^()'\"]*\))?")


def is_simple(sql: str) -> bool:
    """Whether an expression is one word or one plain call, which needs no parentheses around it."""
    return _SIMPLE_EXPRESSION.fullmatch(sql) is not None


_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


def enclosed(sql: str) -> str:
    """An expression in parentheses; an author's ``--`` comment cannot swallow the closing one."""
    if "--" in sql:
        return f"({sql}\n)"
    return sql if is_enclosed(sql) else f"({sql})"


def is_enclosed(sql: str) -> bool:
    """Whether an expression stands in one pair of parentheses as a whole already."""
    if not (sql.startswith("(") and sql.endswith(")")):
        return False
    bare = _QUOTED.sub("", sql)
    depth = 0
    for place, character in enumerate(bare):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return place > 0 and place == len(bare) - 1
    return False


def do_block(body: str, comment: str = "") -> Statement:
    """A block of code that PostgreSQL runs once ("DO"), with what is said of it."""
    tag = dollar_tag(body)
    return Statement(f"DO {tag}\n{body}\n{tag}", comment)


def sql_text(template: str, **values: Any) -> str:
    """One statement from its template, without the newline that ends the template's file."""
    return render(template, **values).removesuffix("\n")


@lru_cache(maxsize=1 << 16)
def _index_text(template: str, **values: Hashable) -> str:
    """``sql_text`` for an index, which a migration makes and a document shows."""
    return sql_text(template, **values)


def json_literal(value: Value) -> str:
    """A JSON value as an SQL literal, written as PostgreSQL writes jsonb."""
    return sql_string(json.dumps(value, ensure_ascii=False))


def with_parentheses(sql: str) -> str:
    """An expression that may stand anywhere: in parentheses unless it is one word or call."""
    return sql if is_simple(sql) else enclosed(sql)


def enum_check(type_: Enum, name: str) -> str:
    """The condition that a column holds one of an enum's values."""
    return f"{name} IN ({', '.join(map(sql_string, type_.values))})"


def relabelled(value: str, labels: Sequence[tuple[str, str]]) -> str:
    """A value of an enum type, whose (new, old) labels are renamed."""
    if not labels:
        return value
    cases = " ".join(f"WHEN {sql_string(old)} THEN {sql_string(new)}" for new, old in labels)
    return f"CASE {value} {cases} ELSE {value} END"


def written_check(type_: Type, name: str) -> str | None:
    """The condition that a spec spells out itself, on both engines: an enum's values, a text's ``max_length``."""
    match type_:
        case Enum():
            return enum_check(type_, name)
        case Text(max_length) if max_length is not None:
            return f"length({name}) <= {max_length}"
    return None


class StandardDialect(Dialect):
    """The part of a dialect that SQL itself fixes; engines fill in what they do their own way."""

    bare_name: ClassVar[re.Pattern[str]]
    """Names that keep their spelling without quotes."""

    reserved: ClassVar[frozenset[str]]

    comments_inside: ClassVar[bool] = False
    """Whether the comment of a column is a part of its definition, since the engine keeps the text."""

    @abstractmethod
    def column_rest(self, column: Column, table: Table) -> str:
        """What stands after a column's type."""

    @abstractmethod
    def column_comment(self, column: Column, table: Table) -> str:
        """The comment beside a column."""

    @abstractmethod
    def has_inline(self, table: Table, key: ForeignKey, schema: Schema) -> bool:
        """Whether CREATE TABLE itself holds an enforced foreign key."""

    @abstractmethod
    def primary_key_is_inline(self, table: Table) -> bool:
        """Whether the primary key stands on its column rather than as a constraint of its own."""

    @abstractmethod
    def table_options(self, table: Table) -> str:
        """What stands after the closing parenthesis of CREATE TABLE, or nothing."""

    @abstractmethod
    def comments(self, table: Table) -> tuple[Statement, ...]:
        """Statements that store descriptions in the database, where the engine can."""

    def quote(self, name: str) -> str:
        """A name as it stands in SQL: bare where that is safe."""
        if self.bare_name.fullmatch(name) and name.lower() not in self.reserved:
            return name
        return '"' + name.replace('"', '""') + '"'

    def quote_all(self, names: Iterable[str]) -> str:
        """Names in a list: ``a, b``."""
        return ", ".join(map(self.quote, names))

    def checks(self, table: Table) -> tuple[NamedCheck, ...]:
        """Every CHECK of a table on this engine: those of the types in column order, then the author's."""
        implied = (self.type_check(table, column) for column in table.columns)
        written = ((check, check.sql.for_dialect(self.name)) for check in table.checks)
        return (
            *(check for check in implied if check),
            *(NamedCheck(check.name, sql, check.state) for check, sql in written if sql is not None),
        )

    def foreign_keys(self, table: Table) -> tuple[ForeignKey, ...]:
        """Every foreign key that is a constraint on this engine: those that are enforced."""
        return table.enforced_foreign_keys

    def check_clause(self, check: NamedCheck) -> str:
        """``CHECK (…)`` without the constraint's name."""
        return f"CHECK {enclosed(check.sql)}"

    def type_check_named(self, table: Table, column: Column, condition: str) -> NamedCheck:
        """The check that a type implies, under the name that every engine gives it."""
        return NamedCheck(table.pinned_name(type_check_name(table.key, column.key)), condition)

    def default(self, column: Column) -> str | None:
        """What stands after DEFAULT, or None."""
        match column.default:
            case None:
                return None
            case LiteralDefault(value):
                return self.literal(column.type, value)
            case sql:
                text = sql.for_dialect(self.name)
                return None if text is None or _is_none(column, sql, text) else self.default_expression(text)

    @abstractmethod
    def default_expression(self, sql: str) -> str:
        """An expression as it stands after DEFAULT."""

    def supports(self, index: Index) -> bool:
        """Whether an index exists on this engine, as far as its author says."""
        expressions = (index.where, *(element.sql for element in index.elements))
        return index.only in {None, self.name} and all(
            sql is None or sql.for_dialect(self.name) is not None for sql in expressions
        )

    def indexes(self, table: Table) -> tuple[Index, ...]:
        """The indexes that exist on this engine, in the order of the spec."""
        return tuple(index for index in table.indexes if self.supports(index))

    def index_elements(self, index: Index) -> tuple[IndexElement, ...]:
        """The elements of an index as this engine has them."""
        return index.elements

    def element_target(self, element: IndexElement) -> str:
        """The column or the parenthesised expression of an index element."""
        if element.column is not None:
            return self.quote(element.column)
        return enclosed(self.text_of(element.sql))

    def text_of(self, sql: Sql | None) -> str:
        """The text of an expression that this engine is known to have.

        Raises:
            ValueError: when it has none.
        """
        text = sql.for_dialect(self.name) if sql else None
        if text is None:
            raise ValueError(f"an expression has no text for {self.title}")
        return text

    def foreign_key_clause(self, key: ForeignKey) -> str:
        """``FOREIGN KEY (…) REFERENCES … ON DELETE …`` without the constraint's name."""
        parent = f"{self.quote(key.parent)} ({self.quote_all(key.parent_columns)})"
        deletion = f"ON DELETE {self.on_delete(key)}"
        parts = [f"FOREIGN KEY ({self.quote_all(key.columns)}) REFERENCES {parent} {deletion}"]
        if key.on_update is not Action.NO_ACTION:
            parts.append(f"ON UPDATE {key.on_update.upper()}")
        if key.deferrable is not Deferrable.NO:
            parts.append(f"DEFERRABLE {key.deferrable.upper()}")
        return " ".join(parts)

    def on_delete(self, key: ForeignKey) -> str:
        """The action of a key, with the columns where it is of some."""
        some = f" ({self.quote_all(key.set_null)})" if key.set_null else ""
        return f"{key.on_delete.upper()}{some}"

    def create_table(self, table: Table, schema: Schema) -> tuple[Statement, ...]:
        """CREATE TABLE IF NOT EXISTS with aligned comments, then the engine's own comments."""
        columns = align_columns([self._column_line(column, table) for column in table.columns])
        sql = sql_text(
            f"{self.name}/create_table.sql.jinja",
            name=self.quote(table.name),
            lines=table_body(columns, self._constraints(table, schema), inside=self.comments_inside),
            options=self.table_options(table),
        )
        return Statement(sql), *self.comments(table)

    def _column_line(self, column: Column, table: Table) -> ColumnLine:
        return ColumnLine(
            name=self.quote(column.name),
            type=self.column_type(column, table),
            rest=self.column_rest(column, table),
            comment=self.column_comment(column, table),
        )

    def _constraints(self, table: Table, schema: Schema) -> list[Line]:
        found: list[Line] = []
        if table.primary_key and not self.primary_key_is_inline(table):
            found.append(self._constraint(table.primary_key.name, self.primary_key_clause(table)))
        for key in self.foreign_keys(table):
            if self.has_inline(table, key, schema):
                found.append(self._constraint(key.name, self.foreign_key_clause(key), key.description))
        for unique in table.uniques:
            clause = self.unique_clause(unique) + self.conflict(table, "unique", unique.columns)
            found.append(self._constraint(unique.name, clause, unique.description))
        descriptions = {check.name: check.description for check in table.checks}
        for check in self.checks(table):
            if check.state is not RuleState.NOT_VALID:
                found.append(self._constraint(check.name, self.check_clause(check), descriptions.get(check.name, "")))
        return found

    def primary_key_clause(self, table: Table) -> str:
        """``PRIMARY KEY (…)`` without the constraint's name; nothing of a table without one."""
        key = table.primary_key
        columns = key.columns if key else ()
        return f"PRIMARY KEY ({self.quote_all(columns)}){self.conflict(table, 'primary key', columns)}" if key else ""

    def conflict(self, table: Table, kind: ConflictedRule, columns: tuple[str, ...]) -> str:  # noqa: ARG002
        """What stands behind a rule where a row that breaks it is not simply refused."""
        return ""

    def unique_clause(self, unique: Unique) -> str:
        """``UNIQUE (…)`` without the constraint's name."""
        return f"UNIQUE ({self.quote_all(unique.columns)})"

    def _constraint(self, name: str, definition: str, comment: str = "") -> Line:
        return Line(f"CONSTRAINT {self.quote(name)} {definition}", comment)

    def create_index(self, table: Table, index: Index) -> Statement:
        """CREATE INDEX IF NOT EXISTS."""
        sql = _index_text(
            f"{self.name}/create_index.sql.jinja",
            unique=index.unique,
            name=self.quote(index.name),
            table=self.quote(table.name),
            method=self.index_method(index),
            elements=tuple(map(self.index_element, self.index_elements(index))),
            include=tuple(self.quote(name) for name in index.include),
            nulls_distinct=index.nulls_distinct,
            where=None if index.where is None else enclosed(self.text_of(index.where)),
        )
        return Statement(sql, index.description)

    def drop_table(self, table: Table) -> Statement:
        """DROP TABLE IF EXISTS, never with CASCADE."""
        return Statement(f"DROP TABLE IF EXISTS {self.quote(table.name)}")

    def trigger_heading(self, trigger: Trigger) -> str:
        """What a trigger does, as a comment line."""
        key = trigger.foreign_key
        column = f"{trigger.table}.{trigger.column}"
        said = {
            TriggerKind.APPEND_ONLY: f"Rows of {trigger.table} are never updated",
            TriggerKind.NO_DELETE: f"Rows of {trigger.table} are never deleted",
            TriggerKind.NO_TRUNCATE: f"{trigger.table} is never truncated",
            TriggerKind.IMMUTABLE: f"{column} never changes",
            TriggerKind.FULL_TEXT: f"Words of {trigger.table} are searched in {trigger.name}",
            TriggerKind.ROW_UPDATE: f"{column} is refreshed by an UPDATE that does not set it",
        }
        if key and trigger.kind is TriggerKind.TOUCH:
            return f"A change to {trigger.table} refreshes {key.parent}.{trigger.column}"
        if key:
            return f"Deleting a row of {key.parent} sets {trigger.table} ({', '.join(key.emptied)}) to NULL"
        return said[trigger.kind]


def _is_none(column: Column, default: Sql, text: str) -> bool:
    """Whether a default is the NULL that stands for none on one engine, of a column that can't be NULL."""
    return not column.nullable and text.upper() == "NULL" and default.postgres != default.sqlite


def refusal(trigger: Trigger) -> str:
    """The message of a trigger that refuses an UPDATE, a DELETE or a TRUNCATE."""
    if trigger.kind is TriggerKind.APPEND_ONLY:
        return f"{trigger.table} is append-only"
    if trigger.kind in REFUSING_DELETES:
        return f"rows of {trigger.table} are never deleted"
    return f"{trigger.table}.{trigger.column} is immutable"
