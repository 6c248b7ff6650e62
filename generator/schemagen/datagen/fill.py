"""Synthetic rows that a schema accepts: typed values, keys of parents that exist, and what uniques and checks allow.

Every row is tried in SQLite before it is handed out, on tables without triggers; where a value breaks a rule, others
are tried: those that the spec itself mentions, and NULL where a column may be NULL.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from random import Random
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from schemagen.base.graph import reachable
from schemagen.databases.memory import Row, ScratchDatabase
from schemagen.engines.dialects import SQLITE
from schemagen.schema import types as t
from schemagen.schema.model import LiteralDefault

from .candidate_texts import in_shape_of
from .candidate_values import MENTIONED, ValueGenerator, constant
from .columns import checked_columns, distinct_columns, held, text_widths, unseen_columns
from .repair import Repaired, Repairer, RowRequirements
from .synthetic import Unfillable, known_values, limited_text, skewed, typed_value
from .unique_keys import unique_keys

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from schemagen.schema.model import Column, ForeignKey, Schema, Table, Value

ATTEMPTS = 300
NOTHING: Mapping[str, Value] = MappingProxyType({})
NULLS = 0.1
NULLS_IN_DOUBT = 0.5
REPAIRED = range(2, 10)  # attempts that are repaired where checks refuse them
SOME_PARENTS = 8
FIRST = 24  # accepted rows whose values are taken again: of all of them, a value that came early would crowd out others
PROVEN = 0.8  # how often a table that has refused a row gets values again that it has accepted


def ancestors(schema: Schema, names: Iterable[str]) -> tuple[Table, ...]:
    """Tables with every table that they refer to, directly or not, in creation order."""
    wanted = reachable(names, lambda name: (key.parent for key in schema.table(name).enforced_foreign_keys))
    return tuple(table for table in schema.tables if table.name in wanted)


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


def _with_value_types(table: Table) -> Table:
    """A table whose columns of a domain are of the type under it."""
    if not any(isinstance(column.type, t.Native) and column.type.base for column in table.columns):
        return table
    columns = tuple(replace(column, type=t.value_type(column.type)) for column in table.columns)
    return replace(table, columns=columns)


class Filler:
    """Makes rows for some tables of a schema and for all of their ancestors; the same seed makes the same rows.

    ``nulls`` is how often a column that may be NULL is.

    Attributes:
        rows: all rows that were made, by table, in an order in which they can be inserted.
    """

    def __init__(self, schema: Schema, names: Iterable[str], seed: int = 0, nulls: float = NULLS) -> None:
        self.tables = tuple(map(_with_value_types, ancestors(schema, names)))
        self._by_name = {table.name: table for table in self.tables}
        self.rows: dict[str, list[Row]] = {table.name: [] for table in self.tables}
        self.scratch_database = ScratchDatabase(schema, self.tables)
        self.random = Random(seed)  # noqa: S311  (repeatable on purpose)
        self._nulls = nulls
        self._known = {table.name: {c.name: known_values(table, c) for c in table.columns} for table in self.tables}
        self._uniques = {table.name: [set(key.sources) for key in unique_keys(table, SQLITE)] for table in self.tables}
        self._distinct = {table.name: distinct_columns(table) for table in self.tables}
        self._parents = {name: _Lookup(found) for name, found in self.rows.items()}
        self._checked = {table.name: checked_columns(table) - self._distinct[table.name] for table in self.tables}
        self._unseen = {table.name: unseen_columns(table) for table in self.tables}
        self._widths = text_widths(self.tables)
        self._strict: set[str] = set()
        self._apart: set[int] = set()
        self._repairers: dict[str, Repairer] = {}
        self._recipes: dict[str, list[dict[str, ValueGenerator]]] = defaultdict(list)
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

    def fill_what_can_be(self, sizes: Mapping[str, int], hopeless: Mapping[str, str] | None = None) -> dict[str, str]:
        """The same, but a table whose rules allow fewer rows has as many as they allow: why some tables have none.

        ``hopeless`` tables, each with its reason, are not tried again.
        """
        reasons: dict[str, str] = {}
        for table in self.tables:
            try:
                while len(self.rows[table.name]) < sizes.get(table.name, 1):
                    if hopeless and table.name in hopeless:
                        raise Unfillable(hopeless[table.name])
                    self.add(table)
            except Unfillable as reason:
                if not self.rows[table.name]:
                    reasons[table.name] = str(reason)
        return reasons

    def show_keys(self) -> None:
        """One more row for each foreign key that is NULL in all rows, as one of several that a check lets be set.

        Not for one to a table that is filled later, as tables in a cycle are: in all rows it has to be NULL at first.
        """
        filled = set[str]()
        for table in self.tables:
            filled.add(table.name)
            for key in table.enforced_foreign_keys:
                pairs = list(zip(key.columns, key.parent_columns, strict=True))
                is_shown = any(all(row.get(name) is not None for name, _ in pairs) for row in self.rows[table.name])
                for parent in [] if is_shown or key.parent not in filled else self.rows[key.parent][:1]:
                    with suppress(Unfillable):
                        self.add(table, {name: parent[of] for name, of in pairs if parent.get(of) is not None})

    def show_apart(self, keys: Collection[str]) -> None:
        """For each of these foreign keys a parent and a child of its own; other rows refer to none of these two."""
        for table in self.tables:
            for key in table.enforced_foreign_keys:
                pairs = list(zip(key.columns, key.parent_columns, strict=True))
                if key.name in keys:
                    with suppress(Unfillable):
                        parent = self.add(next(one for one in self.tables if one.name == key.parent))
                        self._apart.add(id(parent))
                        fixed = {name: parent[of] for name, of in pairs if parent.get(of) is not None}
                        self._apart.add(id(self.add(table, fixed)))

    def add(self, table: Table, fixed: Mapping[str, Value] = NOTHING) -> Row:
        """One more valid row of a table, with the values that are fixed.

        Raises:
            Unfillable: when no valid row was found.
        """
        row = self.found(table, fixed)
        self.rows[table.name].append(row)
        return row

    def found(self, table: Table, fixed: Mapping[str, Value] = NOTHING) -> Row:
        """The same, but no other row will refer to it, as it is none of ``rows``.

        Raises:
            Unfillable: when no valid row was found.
        """
        refusal = ""
        for attempt in range(ATTEMPTS):
            again = table.name in self._strict and self.random.random() < PROVEN
            settled = self._proven(table) if again else self._template(table, attempt)
            row = self.candidate(table, {**settled, **self._as_examples(table), **fixed}, in_doubt=attempt > 0)
            refusal = self.scratch_database.refusal(table, row) or ""
            if refusal and attempt in REPAIRED and "CHECK" in refusal:
                row = self._repair(table, row, fixed)
                refusal = self.scratch_database.refusal(table, row) or ""
            if attempt or refusal:
                self._strict.add(table.name)
            if not refusal:
                return row
        raise Unfillable(f"no valid row of {table.name} was found in {ATTEMPTS} attempts: {refusal}")

    def repaired(self, table: Table, row: Row, requirements: RowRequirements) -> Repaired | None:
        """A row of a table made as it is wished."""
        return self._repairer(table).repaired(row, self._serial[table.name], requirements)

    def _repairer(self, table: Table) -> Repairer:
        if table.name not in self._repairers:
            self._repairers[table.name] = Repairer(self.scratch_database, table, self.random)
        return self._repairers[table.name]

    def requirements(self, table: Table, *, fixed: Collection[str] = (), **more: Any) -> RowRequirements:
        """A valid row: foreign keys lead to parents that are there, or are NULL."""
        bound = [name for key in table.enforced_foreign_keys for name in key.columns]
        choices: dict[str, tuple[ValueGenerator, ...]] = dict.fromkeys(bound, ())
        for key in table.enforced_foreign_keys:
            if len(key.columns) == 1 and bound.count(key.columns[0]) == 1:
                found = (parent.get(key.parent_columns[0]) for parent in self.rows.get(key.parent, [])[:SOME_PARENTS])
                choices[key.columns[0]] = tuple(constant(value) for value in found if value is not None)
        return RowRequirements(fixed=fixed, choices=choices, nulls=self._nulls, **more)

    def _as_examples(self, table: Table) -> Row:
        """What an example row has in the columns of checks that SQLite, which would tell, does not have.

        A number in a key is the example's in the first row only.
        """
        if not (table.examples and self._unseen[table.name]):
            return {}
        given = dict(self.random.choice(table.examples).values)
        serial, distinct = self._serial[table.name] + 1, self._distinct[table.name]
        texts = {c.name for c in table.columns if isinstance(c.type, (t.Text, t.Varchar, t.Char))}
        found: Row = {}
        for name in self._unseen[table.name]:
            value = given.get(name)
            if name in distinct & texts and isinstance(value, str):
                found[name] = in_shape_of(value, serial)
            elif name in given and not (name in distinct and self.rows[table.name]):
                found[name] = value
        return found

    def unusual(self, table: Table, name: str) -> Value:
        """Any of a column's candidates."""
        generators = self._repairer(table).candidates.of(name, MENTIONED)
        return self.random.choice(generators)(self._serial[table.name]) if generators else None

    def _repair(self, table: Table, row: Row, fixed: Mapping[str, Value]) -> Row:
        """The row without what checks have against it, if that is found; how is kept for the rows after it."""
        requirements = self.requirements(table, fixed=fixed, stage=MENTIONED)
        found = self.repaired(table, row, requirements)
        if found is None:
            return row
        distinct = self._distinct[table.name]
        # of a constant nearly all rows would be alike, and no planner would look for one by an index
        own = {name: make for name, make in found.generators.items() if name in distinct and make(1) != make(2)}
        if own:
            self._recipes[table.name].append(own)
        return found.row

    def _template(self, table: Table, attempt: int) -> Row:
        """What an example row has in the columns that may be the same in several rows; nothing at the first attempt."""
        if not 0 < attempt <= len(table.examples):
            return {}
        given = dict(table.examples[attempt - 1].values)
        keys = {name for key in table.enforced_foreign_keys for name in key.columns}
        plain = (c for c in table.columns if c.generated is None and c.name not in keys | self._distinct[table.name])
        return {
            c.name: given.get(c.name, c.default.value if isinstance(c.default, LiteralDefault) else None)
            for c in plain
            if c.name in given or c.nullable or isinstance(c.default, LiteralDefault)
        }

    def candidate(self, table: Table, fixed: Mapping[str, Value] = NOTHING, *, in_doubt: bool = False) -> Row:
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
        accepted = self.random.choice(self.rows[table.name][:FIRST])
        recipes = self._recipes[table.name]
        own = self.random.choice(recipes) if recipes else {}
        serial = self._serial[table.name] + 1
        return {name: accepted[name] for name in self._checked[table.name]} | {
            name: generator(serial) for name, generator in own.items()
        }

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
        value = typed_value(column, serial, self.random, distinct=distinct)
        width = self._widths.get((table.name, column.name))
        return value[-width:].rjust(width, "x") if width and isinstance(value, str) else value

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
        if fitting:
            fitting = held(table, key, self._by_name[key.parent], fitting)
        if self._apart:
            fitting = [parent for parent in fitting if id(parent) not in self._apart] or fitting
        optional = [name for name in key.columns if name not in row and table.column(name).nullable]
        if fitting and not (optional and self.random.random() < self._nulls):
            one_each = any(unique <= set(key.columns) for unique in self._uniques[table.name])
            parent = fitting[(serial - 1) % len(fitting) if one_each else skewed(len(fitting), self.random)]
            given = ((name, of) for name, of in pairs if of in parent)
            row.update({name: parent[of] for name, of in given if parent[of] is not None or name in optional})
        elif optional:
            row.update(dict.fromkeys(optional))
        elif key.parent != table.name and not any(row.get(name) is None for name in key.columns if name in row):
            raise Unfillable(f"{table.name} needs a row of {key.parent}, which has none: {', '.join(key.columns)}")

    def _refer_to_itself(self, table: Table, key: ForeignKey, row: Row) -> None:
        """The first row of a table that must refer to itself is its own parent."""
        for name, of in zip(key.columns, key.parent_columns, strict=True):
            if not self.rows[table.name] and row.get(name) is not None and not table.column(name).nullable:
                row[name] = row[of]


def rows(schema: Schema, table: str, n: int, seed: int = 0) -> dict[str, list[Row]]:
    """``n`` valid rows of a table and about as many as they need of its ancestors, by table in creation order.

    Raises:
        Unfillable: when no valid row was found for a table.
    """
    filler = Filler(schema, [table], seed)
    sizes = {parent.name: max(1, n // 10) for parent in filler.tables}
    return filler.fill({**sizes, table: n})
