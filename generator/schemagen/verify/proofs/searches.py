"""Full-text indexes: a row is found by its words when it has been inserted, and by other words when it is updated.

It is found by none when it has been deleted or rolled back, and FTS5 itself finds its index in step with the table.
"""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING

from schemagen.datagen.synthetic import Unfillable, typed_value
from schemagen.datagen.test_rows import key_of, where
from schemagen.engines.dialects import POSTGRES
from schemagen.schema import types as t
from schemagen.sql import query
from schemagen.verify.dependent_rows import insert_all
from schemagen.verify.report import Claim

if TYPE_CHECKING:
    from schemagen.databases.memory import Row
    from schemagen.databases.scratch import Database
    from schemagen.schema.index import Index
    from schemagen.schema.model import Column, Table
    from schemagen.verify.context import ProofContext
    from schemagen.verify.report import Section


def prove_searches(context: ProofContext, database: Database) -> None:
    """Search every column of every full-text index for words of a row."""
    with context.section(Claim.ROW_RULES) as section:
        for table in context.sample_rows.tables:
            for index in (index for index in table.indexes if index.is_full_text):
                for name in index.columns:
                    _Search(context, database, section, table, index, table.column(name)).prove()


class _Search:
    """The words of one column."""

    def __init__(
        self, context: ProofContext, database: Database, section: Section, table: Table, index: Index, column: Column
    ) -> None:
        self.context = context
        self.database = database
        self.section = section
        self.table = table
        self.index = index
        self.column = column
        self.name = f"words of {table.name}.{column.name}"

    def prove(self) -> None:
        family = self.context.sample_rows.family([self.table.name])
        with self.database.scratch():
            if insert_all(self.context, self.database, family, self.section):
                keys = [key for row in family[self.table.name] if (key := key_of(self.table, row))]
                texts = ((key, self._text(key)) for key in keys)
                found = next((pair for pair in texts if _words(pair[1])), None)
                if found is None:
                    self.section.untried(f"{self.name}: no row with a word could be made")
                    return
                self._follow(*found)
        with self.database.scratch():
            self._is_in_step("a rollback")

    def _text(self, key: Row) -> str:
        """The text of a row, which may be generated."""
        dialect = self.database.dialect
        of, condition = dialect.quote(self.table.name), where(dialect, self.table, key)
        [(text,)] = self.database.run(f"SELECT {dialect.quote(self.column.name)} FROM {of} WHERE {condition}")
        return text or ""

    def _follow(self, key: Row, typed: str) -> None:
        """A row from its INSERT to its DELETE."""
        self._finds(1, typed, key, "an INSERT")
        dialect = self.database.dialect
        of, condition = dialect.quote(self.table.name), where(dialect, self.table, key)
        other = self._other(typed)
        if other is not None:
            assigned = f"{dialect.quote(self.column.name)} = {dialect.literal(self.column.type, other)}"
            if self.database.attempt(f"UPDATE {of} SET {assigned} WHERE {condition}", self.context.schema) is None:
                key |= {self.column.name: other} if self.column.name in key else {}
                self._finds(0, typed, key, "an UPDATE")
                self._finds(1, other, key, "an UPDATE")
                typed, condition = other, where(dialect, self.table, key)
        if self.database.attempt(f"DELETE FROM {of} WHERE {condition}", self.context.schema) is None:
            self._finds(0, typed, key, "a DELETE")

    def _other(self, typed: str) -> str | None:
        """A text without all of these words; None where no UPDATE may set one."""
        if self.table.append_only or self.column.immutable or self.column.generated:
            return None
        try:
            made = str(typed_value(self.column, 9000, Random(1), distinct=True))  # noqa: S311  (repeatable on purpose)
        except Unfillable:
            return None
        return made if _words(made) and not _words(typed) <= _words(made) else None

    def _finds(self, expected: int, typed: str, key: Row, when: str) -> None:
        """Whether the row is found after a statement, and the index in step with all rows."""
        self._asks("search", expected, typed, key, when)
        if expected:
            self._asks("search_prefix", expected, typed.rstrip()[:-1] or typed, key, when)
        self._is_in_step(when)

    def _asks(self, function: str, expected: int, typed: str, key: Row, when: str) -> None:
        dialect = self.database.dialect
        of, column = POSTGRES.quote(str(self.table.name)), POSTGRES.quote(self.column.name)  # as a spec says them
        text = f"SELECT count(*) AS found FROM {of} WHERE {function}({column}, :typed)"
        sql = query(text, self.context.schema.by_name).sql.for_dialect(dialect.name) or ""
        asked = sql.replace(":typed", dialect.literal(t.Text(), typed))
        statement = f"{asked} AND {where(dialect, self.table, key)}"
        [(found,)] = self.database.run(statement)
        self.section.equal(f"{self.name}, {function}() after {when}", expected, found, statement)

    def _is_in_step(self, when: str) -> None:
        """What FTS5 says of its index (SQLite, "FTS5 Extension", 'integrity-check')."""
        if self.database.dialect.name == "sqlite":
            name = self.database.dialect.quote(self.index.name)
            check = f"INSERT INTO {name} ({name}, rank) VALUES ('integrity-check', 1)"
            refusal = self.database.attempt(check, self.context.schema, settle=False)
            self.section.equal(f"{self.index.name}, in step after {when}", None, refusal and refusal.message, check)


def _words(text: str) -> set[str]:
    """The words of ASCII in a text, which both engines find alike."""
    return set(re.findall(r"[a-z0-9]+", text.lower()))
