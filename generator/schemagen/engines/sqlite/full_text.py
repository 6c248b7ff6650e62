"""A full-text index on SQLite: FTS5 over a view that gives each row a number, kept in step by triggers.

FTS5 knows rows by number, and nobody promises that a table keeps the numbers of its rows: a table of keys does. What
was indexed is taken out by saying it once more (SQLite, "FTS5 Extension", "External Content Tables").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.changes.migration import Statement
from schemagen.engines.standard import sql_text
from schemagen.schema import types as t
from schemagen.schema.full_text import EVENTS, key_column, key_table, rows_view, text_column

from . import types as sqlite_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.engines.standard import StandardDialect
    from schemagen.schema.model import Column, Table
    from schemagen.schema.triggers import Trigger

TOKENIZER = "unicode61 remove_diacritics 0"
"""Words as PostgreSQL's ``simple`` has them, with their accents."""


def trigger_names(index: str) -> tuple[str, ...]:
    """Its triggers, one an event."""
    return tuple(f"{index}_{event}" for event in EVENTS)


def creation(dialect: StandardDialect, trigger: Trigger, table: Table) -> tuple[Statement, ...]:
    """What makes the index of a trigger, over the rows that are there."""
    return tuple(_Parts(dialect, trigger, table).statements())


def removal(dialect: StandardDialect, index: str) -> tuple[Statement, ...]:
    """What removes everything but the triggers, safe to run twice."""
    parts = (("TABLE", index), ("VIEW", rows_view(index)), ("TABLE", key_table(index)))
    return tuple(Statement(f"DROP {kind} IF EXISTS {dialect.quote(name)}") for kind, name in parts)


class _Parts:
    """The names of one index as they stand in SQL."""

    def __init__(self, dialect: StandardDialect, trigger: Trigger, table: Table) -> None:
        index = next(one for one in table.indexes if one.name == trigger.name)
        key = table.primary_key.columns if table.primary_key else ()
        self._heading = dialect.trigger_heading(trigger)
        self._dialect = dialect
        self._table = table
        self._name = index.name
        self._index, self._keys = dialect.quote(index.name), dialect.quote(key_table(index.name))
        self._texts = {text_column(number): dialect.quote(name) for number, name in enumerate(index.columns)}
        self._key = {key_column(number): table.column(name) for number, name in enumerate(key)}

    def statements(self) -> Iterator[Statement]:
        view, of = self._dialect.quote(rows_view(self._name)), self._dialect.quote(self._table.name)
        strict = " STRICT" if self._table.sqlite.strict else ""
        columns = ", ".join(f"{name} {self._declared(column)} NOT NULL" for name, column in self._key.items())
        names = ", ".join(self._key)
        definition = f"(doc INTEGER PRIMARY KEY, {columns}, UNIQUE ({names})){strict}"
        yield Statement(f"CREATE TABLE IF NOT EXISTS {self._keys} {definition}", self._heading)
        shown = ", ".join(f"r.{column} AS {name}" for name, column in self._texts.items())
        joined = " AND ".join(f"r.{column} = d.{name}" for name, column in self._quoted_key.items())
        rows = f"SELECT d.doc AS doc, {shown} FROM {self._keys} AS d JOIN {of} AS r ON {joined}"
        yield Statement(f"CREATE VIEW IF NOT EXISTS {view} AS {rows}")
        options = f"content={sql_string(rows_view(self._name))}, content_rowid='doc', tokenize='{TOKENIZER}'"
        yield Statement(f"CREATE VIRTUAL TABLE IF NOT EXISTS {self._index} USING fts5({self._listed}, {options})")
        own = ", ".join(self._quoted_key.values())
        yield Statement(f"INSERT OR IGNORE INTO {self._keys} ({names}) SELECT {own} FROM {of}")
        yield Statement(f"INSERT INTO {self._index} ({self._index}) VALUES ('rebuild')")
        yield from (self._trigger(event, of) for event in EVENTS)

    def _declared(self, column: Column) -> str:
        """The type of the key, and the collation by which it is compared."""
        declared = sqlite_types.declared_type(column.type, strict=self._table.sqlite.strict)
        is_padded = isinstance(column.type, t.Char) and self._table.sqlite.parity
        return f"{declared} COLLATE RTRIM" if is_padded else declared

    @property
    def _quoted_key(self) -> dict[str, str]:
        return {name: self._dialect.quote(column.name) for name, column in self._key.items()}

    @property
    def _listed(self) -> str:
        return ", ".join(self._texts)

    def _trigger(self, event: str, of: str) -> Statement:
        key = self._quoted_key
        rows = {row: " AND ".join(f"{name} = {row}.{column}" for name, column in key.items()) for row in ("OLD", "NEW")}
        watched = (*key.values(), *self._texts.values())
        sql = sql_text(
            f"sqlite/trigger_full_text_{event}.sql.jinja",
            name=self._dialect.quote(f"{self._name}_{event}"),
            table=of,
            index=self._index,
            keys=self._keys,
            key=", ".join(key),
            new_key=", ".join(f"NEW.{column}" for column in key.values()),
            moved=", ".join(f"{name} = NEW.{column}" for name, column in key.items()),
            texts=self._listed,
            old_texts=", ".join(f"OLD.{column}" for column in self._texts.values()),
            new_texts=", ".join(f"NEW.{column}" for column in self._texts.values()),
            is_old=rows["OLD"],
            is_new=rows["NEW"],
            changed=" OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in watched),
        )
        return Statement(sql)
