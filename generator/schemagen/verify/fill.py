"""Synthetic rows that a schema accepts: typed values, keys of parents that exist, and what uniques and checks allow.

Every row is tried in SQLite before it is handed out, on tables without triggers; where a value breaks a rule, others
are tried: those that the spec itself mentions, and NULL where a column may be NULL.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from random import Random
from typing import TYPE_CHECKING

from schemagen import types as t
from schemagen.dialects import SQLITE

from .synthetic import Unfillable, check_columns, known_values, limited_text, skewed, typed_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from schemagen.dialects.base import Dialect
    from schemagen.model import Column, ForeignKey, Schema, Table, Value

Row = dict[str, "Value"]
"""Canonical values by column; generated columns are left out."""

ATTEMPTS = 300
NULLS = 0.1
NULLS_IN_DOUBT = 0.5
PROVEN = 0.8  # how often a table that has refused a row gets values again that it has accepted


def insert(dialect: Dialect, table: Table, rows: Iterable[Row]) -> str:
    """One INSERT of rows that have the same columns, at least one."""
    listed = list(rows)
    columns = list(listed[0])
    names = ", ".join(dialect.quote(name) for name in columns)
    tuples = ", ".join(
        f"({', '.join(dialect.literal(table.column(name).type, row[name]) for name in columns)})" for row in listed
    )
    return f"INSERT INTO {dialect.quote(table.name)} ({names}) VALUES {tuples}"


def ancestors(schema: Schema, names: Iterable[str]) -> tuple[Table, ...]:
    """Tables with every table that they refer to, directly or not, in creation order."""
    wanted, waiting = set[str](), list(names)
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting += [key.parent for key in schema.table(name).enforced_foreign_keys]
    return tuple(table for table in schema.tables if table.name in wanted)


class Sandbox:
    """Tables of a schema in a SQLite of their own: checks and unique keys, no triggers, no enforced foreign keys."""

    def __init__(self, schema: Schema, tables: Sequence[Table]) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        for table in tables:
            for statement in SQLITE.create_table(table, schema):
                self._connection.execute(statement.sql)
            for index in SQLITE.indexes(table):
                if index.unique:
                    self._connection.execute(SQLITE.create_index(table, index).sql)

    def refusal(self, table: Table, row: Row) -> str | None:
        """Insert a row: None where it was accepted and stays, else what SQLite says against it."""
        try:
            self._connection.execute(insert(SQLITE, table, [row]))
        except sqlite3.IntegrityError as error:
            return str(error)
        return None

    def broken_checks(self, table: Table, row: Row) -> set[str]:
        """The names of all checks that a row breaks, those of its types among them; an INSERT tells only the first."""
        checks = SQLITE.checks(table)
        if not checks:
            return set()
        conditions = ", ".join(f"({check.sql})" for check in checks)
        results = self._connection.execute(f"SELECT {conditions} FROM {_completed(table, row)}").fetchone()
        return {check.name for check, result in zip(checks, results, strict=True) if result == 0}

    def stored(self, table: Table, row: Row) -> Row:
        """A row as SQLite has it, with what is generated."""
        cursor = self._connection.execute(f"SELECT * FROM {_completed(table, row)}")
        return dict(zip((name for name, *_ in cursor.description), cursor.fetchone(), strict=True))

    def close(self) -> None:
        """Throw everything away."""
        self._connection.close()


def _completed(table: Table, row: Row) -> str:
    """A subquery of one row with its generated columns."""
    values = ", ".join(f"{SQLITE.literal(table.column(n).type, v)} AS {SQLITE.quote(n)}" for n, v in row.items())
    generated = "".join(
        f", ({column.generated.sqlite}) AS {SQLITE.quote(column.name)}" for column in table.columns if column.generated
    )
    return f"(SELECT *{generated} FROM (SELECT {values}))"


class _Lookup:
    """Finds rows of a growing list by the values of some columns, without reading all of them each time."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows
        self._found: dict[tuple[str, ...], dict[str, list[Row]]] = {}
        self._read: dict[tuple[str, ...], int] = {}

    def matching(self, values: Mapping[str, Value]) -> list[Row]:
        """The rows that have these values, in their order; all rows for no values."""
        if not values:
            return self._rows
        columns = tuple(values)
        found = self._found.setdefault(columns, defaultdict(list))
        for row in self._rows[self._read.get(columns, 0) :]:
            found[repr([row.get(column) for column in columns])].append(row)
        self._read[columns] = len(self._rows)
        return found.get(repr(list(values.values())), [])


class Filler:
    """Makes rows for some tables of a schema and for all of their ancestors; the same seed makes the same rows.

    ``nulls`` is how often a column that may be NULL is.

    Attributes:
        rows: all rows that were made, by table, in an order in which they can be inserted.
    """

    def __init__(self, schema: Schema, names: Iterable[str], seed: int = 0, nulls: float = NULLS) -> None:
        self.tables = ancestors(schema, names)
        self.rows: dict[str, list[Row]] = {table.name: [] for table in self.tables}
        self.sandbox = Sandbox(schema, self.tables)
        self.random = Random(seed)  # noqa: S311  (repeatable on purpose)
        self._nulls = nulls
        self._known = {table.name: {c.name: known_values(table, c) for c in table.columns} for table in self.tables}
        self._distinct = {table.name: distinct_columns(table) for table in self.tables}
        self._parents = {name: _Lookup(found) for name, found in self.rows.items()}
        self._checked = {table.name: _checked_columns(table) - self._distinct[table.name] for table in self.tables}
        self._strict: set[str] = set()
        self._serial: dict[str, int] = defaultdict(int)

    def fill(self, sizes: Mapping[str, int]) -> dict[str, list[Row]]:
        """Make rows until each table has its size; ancestors that are not named get one row.

        Raises:
            Unfillable: when no valid row was found for a table.
        """
        for table in self.tables:
            while len(self.rows[table.name]) < sizes.get(table.name, 1):
                self.add(table)
        return self.rows

    def add(self, table: Table, **fixed: Value) -> Row:
        """One more valid row of a table, with the values that are fixed.

        Raises:
            Unfillable: when no valid row was found.
        """
        refusal = ""
        for attempt in range(ATTEMPTS):
            again = table.name in self._strict and self.random.random() < PROVEN
            settled = self._proven(table) if again else {}
            row = self.candidate(table, in_doubt=attempt > 0, **{**settled, **fixed})
            refusal = self.sandbox.refusal(table, row) or ""
            if not refusal:
                self.rows[table.name].append(row)
                return row
            self._strict.add(table.name)
        raise Unfillable(f"no valid row of {table.name} was found in {ATTEMPTS} attempts: {refusal}")

    def candidate(self, table: Table, *, in_doubt: bool = False, **fixed: Value) -> Row:
        """A row whose types and foreign keys are right; ``in_doubt`` tries less usual values."""
        self._serial[table.name] += 1
        serial = self._serial[table.name]
        row: Row = dict(fixed)
        for key in sorted(table.enforced_foreign_keys, key=lambda key: -len(key.columns)):
            self._refer(table, key, row, serial)
        for column in table.columns:
            if column.generated is None and column.name not in row:
                row[column.name] = self._value(table, column, serial, in_doubt=in_doubt)
        for key in table.enforced_foreign_keys:
            if key.parent == table.name:
                self._refer_to_itself(table, key, row)
        return {column.name: row[column.name] for column in table.columns if column.name in row}

    def _proven(self, table: Table) -> Row:
        """What some row that was accepted has in the columns that checks compare."""
        if not self.rows[table.name]:
            return {}
        accepted = self.random.choice(self.rows[table.name])
        return {name: accepted[name] for name in self._checked[table.name]}

    def known(self, table: Table, column: Column) -> tuple[Value, ...]:
        """The values that the spec itself mentions for a column."""
        return self._known[table.name][column.name]

    def _value(self, table: Table, column: Column, serial: int, *, in_doubt: bool) -> Value:
        distinct = column.name in self._distinct[table.name]
        nulls = NULLS_IN_DOUBT if in_doubt else self._nulls
        if column.nullable and self.random.random() < nulls:
            return None
        known = self.known(table, column)
        unknown_type = isinstance(column.type, t.Native)
        if known and (unknown_type or (in_doubt and self.random.random() < NULLS_IN_DOUBT)):
            return self._variant(column, self.random.choice(known), serial)
        if unknown_type and column.nullable:
            return None
        return typed_value(column, serial, self.random, distinct=distinct)

    def _variant(self, column: Column, value: Value, serial: int) -> Value:
        """A value that the spec mentions, or, for text, one that has it at its end or its beginning."""
        if not isinstance(column.type, (t.Text, t.Varchar)) or not isinstance(value, str):
            return value
        return self.random.choice((value, f"{limited_text('', serial, 9)}{value}", f"{value}{serial}"))

    def _refer(self, table: Table, key: ForeignKey, row: Row, serial: int) -> None:
        """Set a foreign key to a parent's, one that agrees with the columns that are set; busy parents come first.

        A key that no parent fits is left NULL where it may be; the attempt then fails or not by the table's own rules.
        """
        pairs = list(zip(key.columns, key.parent_columns, strict=True))
        settled = {of: row[name] for name, of in pairs if name in row}
        fitting = self._parents[key.parent].matching(settled) if key.parent in self._parents else []
        optional = [name for name in key.columns if name not in row and table.column(name).nullable]
        if fitting and not (optional and self.random.random() < self._nulls):
            one_each = set(key.columns) <= self._distinct[table.name]
            parent = fitting[(serial - 1) % len(fitting) if one_each else skewed(len(fitting), self.random)]
            row.update({name: parent[of] for name, of in pairs if parent.get(of) is not None})
        elif optional:
            row.update(dict.fromkeys(optional))
        elif key.parent != table.name and not any(row.get(name) is None for name in key.columns if name in row):
            raise Unfillable(f"{table.name} needs a row of {key.parent}, which is made later: {', '.join(key.columns)}")

    def _refer_to_itself(self, table: Table, key: ForeignKey, row: Row) -> None:
        """The first row of a table that must refer to itself is its own parent."""
        for name, of in zip(key.columns, key.parent_columns, strict=True):
            if not self.rows[table.name] and row.get(name) is not None and not table.column(name).nullable:
                row[name] = row[of]


def distinct_columns(table: Table) -> set[str]:
    """Columns that take part in a key, a unique constraint or a unique index, or are identities."""
    found = {column.name for column in table.columns if column.identity}
    found.update(table.primary_key.columns if table.primary_key else ())
    for unique in table.uniques:
        found.update(unique.columns)
    for index in table.indexes:
        if index.unique:
            found.update(index.columns)
    return found


def _checked_columns(table: Table) -> set[str]:
    """Columns that checks name and that are filled by themselves: neither generated nor foreign keys."""
    named = {name for check in table.checks if check.sql.sqlite for name in check_columns(table, check.sql.sqlite)}
    named -= {name for key in table.enforced_foreign_keys for name in key.columns}
    return {name for name in named if table.column(name).generated is None}


def rows(schema: Schema, table: str, n: int, seed: int = 0) -> dict[str, list[Row]]:
    """``n`` valid rows of a table and about as many as they need of its ancestors, by table in creation order.

    Raises:
        Unfillable: when no valid row was found for a table.
    """
    filler = Filler(schema, [table], seed)
    sizes = {parent.name: max(1, n // 10) for parent in filler.tables}
    return filler.fill({**sizes, table: n})
