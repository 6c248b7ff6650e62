"""Whether what is pending may fail on the rows that are there: questions that only read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schemagen.changes.renames import mentions
from schemagen.engines.dialects import POSTGRES, SQLITE
from schemagen.engines.spec_names import with_names
from schemagen.schema.rule_state import RuleState
from schemagen.schema.types import Char, Varchar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.engines.base import Dialect
    from schemagen.engines.catalog import Catalog, CatalogTable
    from schemagen.schema.model import Column, Schema, Table

    from .chain import Chain
    from .target import Reader, Target


@dataclass(frozen=True, slots=True)
class Question:
    """A new rule: its ``name`` in migrations, what a row that breaks it has, and the SELECT that counts such rows."""

    table: str
    name: str
    broken: str
    sql: str


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Rows that a pending migration would be stopped by; ``count`` is None where that could not be asked yet."""

    migration: str
    table: str
    rule: str
    broken: str
    count: int | None


def row_problems(target: Target, chain: Chain, number: int) -> tuple[RowProblem, ...]:
    """The rows that stop what follows a migration, for each new rule of the tables that are there.

    A column that a backfill fills or converts is not asked for: its values are not yet what they will be.

    Raises:
        SchemagenError: when the database cannot be reached or read.
    """
    if not target.exists or number == chain.head:
        return ()
    live = with_names(target.catalog(chain.schemas), chain.postgres_names(number))
    questions = Questions(live, chain.lock.schema)
    with target.reader() as reader:
        found = [(question, _count(reader, question.sql)) for question in questions.of_all()]
    return tuple(
        RowProblem(_culprit(target, chain, number, question), question.table, question.name, question.broken, count)
        for question, count in found
        if count != 0
    )


def _count(reader: Reader, sql: str) -> int | None:
    import sqlite3

    refused: tuple[type[Exception], ...] = (sqlite3.Error,)
    if reader.target.dialect == "postgres":
        import psycopg

        refused = (psycopg.Error,)
    try:
        return int(reader.attempt(sql)[0][0])
    except refused:
        return None


def _culprit(target: Target, chain: Chain, number: int, question: Question) -> str:
    """The first pending migration that names the rule, else the table."""
    for word in (question.name, question.table):
        for record in chain.after(number):
            text = "\n".join(chain.half(record.number, target.dialect).statements)
            if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text):
                return record.identifier
    return chain.records[-1].identifier


class Questions:
    """What is to be asked of a database that will get a schema."""

    def __init__(self, live: Catalog, schema: Schema) -> None:
        self._live = live
        self._schema = schema
        self._dialect: Dialect = POSTGRES if live.dialect == "postgres" else SQLITE

    def of_all(self) -> Iterator[Question]:
        """Every question, by table."""
        for table in self._schema.tables:
            there = self._there(table)
            if there:
                yield from self._of_columns(table, there)
                yield from self._of_checks(table, there)
                yield from self._of_unique(table, there)
                yield from self._of_keys(table, there)

    def _there(self, table: Table) -> CatalogTable | None:
        names = self._live.by_name
        return names.get(table.name) or names.get(table.renamed_from or "")

    def _name(self, column: Column, there: CatalogTable) -> str | None:
        """What a column is called in the database; None where it will come."""
        names = {one.name for one in there.columns}
        return next((name for name in (column.name, column.renamed_from) if name in names), None)

    def _rows(self, table: Table, there: CatalogTable) -> str:
        """The table as it is called later, of the columns that are there and keep their values."""
        quote = self._dialect.quote
        listed = [
            f"{quote(name)} AS {quote(column.name)}"
            for column in table.columns
            if column.backfill is None and (name := self._name(column, there))
        ]
        return f"(SELECT {', '.join(listed) or 'NULL'} FROM {quote(there.name)}) AS {self._dialect.alias(table.name)}"

    def _question(self, table: Table, there: CatalogTable, name: str, broken: str, condition: str) -> Question:
        sql = f"SELECT count(*) FROM {self._rows(table, there)} WHERE {condition}"
        return Question(table.name, name, broken, sql)

    def _of_columns(self, table: Table, there: CatalogTable) -> Iterator[Question]:
        live = {one.name: one for one in there.columns}
        for column in table.columns:
            if column.backfill is not None:
                continue
            name, quoted = self._name(column, there), self._dialect.quote(column.name)
            filled = column.nullable or column.default or column.identity or column.generated
            if name is None and not filled:
                yield self._question(table, there, column.name, f"a value for the new column {column.name}", "true")
            elif name is not None and live[name].nullable and not column.nullable:
                yield self._question(table, there, column.name, f"NULL in {column.name}", f"{quoted} IS NULL")
            length = column.type.length if isinstance(column.type, (Varchar, Char)) else None
            if name is not None and length and self._dialect.name == "postgres":
                condition = f"length(CAST({quoted} AS text)) > {length}"
                yield self._question(
                    table, there, column.name, f"more than {length} characters in {column.name}", condition
                )

    def _of_checks(self, table: Table, there: CatalogTable) -> Iterator[Question]:
        """Of every check: one of the same name may be another one, and no row breaks what stands already."""
        coming = [one.name for one in table.columns if one.backfill is not None or not self._name(one, there)]
        for check in self._dialect.checks(table):
            if check.state is not RuleState.VALID or (coming and mentions(check.sql, coming)):
                continue
            yield self._question(table, there, check.name, f"a row that breaks {check.name}", f"NOT ({check.sql})")

    def _of_unique(self, table: Table, there: CatalogTable) -> Iterator[Question]:
        parts: list[Any] = [*table.uniques, *([table.primary_key] if table.primary_key else [])]
        parts += [one for one in self._dialect.indexes(table) if one.unique and len(one.columns) == len(one.elements)]
        live = {one.name for one in there.uniques} | {one.name for one in there.indexes}
        live |= {there.primary_key.name} if there.primary_key else set()
        for part in parts:
            if part.name in live:
                continue
            columns = ", ".join(map(self._dialect.quote, part.columns))
            where = [f"{self._dialect.quote(name)} IS NOT NULL" for name in part.columns]
            predicate = getattr(part, "where", None)
            where += [f"({predicate.for_dialect(self._dialect.name)})"] if predicate else []
            rows = f"{self._rows(table, there)} WHERE {' AND '.join(where)}"
            grouped = f"SELECT 1 FROM {rows} GROUP BY {columns} HAVING count(*) > 1"
            sql = f"SELECT count(*) FROM ({grouped}) AS twice"
            yield Question(table.name, part.name, f"the same values twice in {', '.join(part.columns)}", sql)

    def _of_keys(self, table: Table, there: CatalogTable) -> Iterator[Question]:
        quote = self._dialect.quote
        live = {one.name for one in there.foreign_keys}
        for key in table.enforced_foreign_keys:
            parent = self._schema.table(key.parent)
            found = self._there(parent)
            if key.name in live or found is None or key.state is not RuleState.VALID:
                continue
            rows = self._rows(parent, found).removesuffix(f" AS {self._dialect.alias(parent.name)}")
            pairs = zip(key.columns, key.parent_columns, strict=True)
            same = " AND ".join(
                f"p.{quote(theirs)} = {self._dialect.alias(table.name)}.{quote(own)}" for own, theirs in pairs
            )
            where = [f"{quote(name)} IS NOT NULL" for name in key.columns]
            condition = " AND ".join([*where, f"NOT EXISTS (SELECT 1 FROM {rows} AS p WHERE {same})"])
            yield self._question(table, there, key.name, f"a row without its parent in {key.parent}", condition)
