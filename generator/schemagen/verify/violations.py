"""Rows that break one rule each: what a database has to refuse, and for which reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from schemagen import types as t
from schemagen.dialects import SQLITE

from .fill import ATTEMPTS, Filler, Row
from .synthetic import check_columns, typed_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemagen.model import Check, Column, ForeignKey, Index, Schema, Table, Value


PARENTS = 3
NEIGHBOURS = 0.5
UNUSED = 10_000  # numbers from here on make values that no row has


class Rule(StrEnum):
    """Which kind of rule a row breaks."""

    NOT_NULL = "not null"
    LENGTH = "length"
    ENUM = "enum"
    FOREIGN_KEY = "foreign key"
    UNIQUE = "unique"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Violation:
    """A row that is valid but for one rule; ``name`` is the constraint's, or the column's for rules of a column.

    ``also`` names checks that every row breaks which breaks the rule.
    """

    rule: Rule
    name: str
    columns: tuple[str, ...]
    row: Row
    also: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NegativeCase:
    """All that refutes one table.

    ``before`` are rows to insert first, by table in order, one of this table among them; then every violation must be
    refused, and ``valid`` accepted. ``unproved`` names constraints for which no violating row was found.
    """

    table: Table
    before: dict[str, list[Row]]
    valid: Row
    violations: tuple[Violation, ...]
    unproved: tuple[str, ...]


def negative_case(schema: Schema, name: str, seed: int = 0) -> NegativeCase:
    """A valid row of a table, and the same row against each of the table's rules in turn.

    Raises:
        Unfillable: when no valid row was found.
    """
    return _Maker(schema, schema.table(name), seed).case()


class _Maker:
    """Two valid rows of a table, and the second of them with one thing wrong."""

    def __init__(self, schema: Schema, table: Table, seed: int) -> None:
        self.table = table
        self.filler = Filler(schema, [table.name], seed, nulls=0)
        filled = self.filler.fill({parent.name: PARENTS for parent in self.filler.tables} | {table.name: 1})
        self.before = {name: list(found) for name, found in filled.items()}
        self.valid = self.filler.add(table)
        self.unproved: list[str] = []

    def case(self) -> NegativeCase:
        checks = {check.name: self._check(check) for check in self.table.checks if check.sql.sqlite is not None}
        keys = {key.name: self._foreign_key(key) for key in self.table.enforced_foreign_keys}
        found = [*self._missing(), *self._unfit(), *self._uniques()]
        searched = checks | keys
        return NegativeCase(
            table=self.table,
            before=self.before,
            valid=self.valid,
            violations=(*found, *(violation for violation in searched.values() if violation)),
            unproved=(*self.unproved, *(name for name, violation in searched.items() if violation is None)),
        )

    def _missing(self) -> Iterator[Violation]:
        for column in self.table.columns:
            if column.generated is None and not column.nullable and not column.identity:
                yield self._one_wrong(Rule.NOT_NULL, column, None)

    def _unfit(self) -> Iterator[Violation]:
        """Rows with a text that is too long for its column, or with none of its enum's values."""
        for column in self.table.columns:
            match column.type if column.generated is None else None:
                case t.Varchar(length=int(limit)) | t.Char(length=limit) | t.Text(max_length=int(limit)):
                    excess = "x" * (limit + 1)
                    yield self._breaking(Rule.LENGTH, column, excess, f"{self.valid[column.name] or ''}{excess}")
                case t.Enum(values=values):
                    yield self._breaking(
                        Rule.ENUM, column, *(f"{value}?" for value in sorted(values, key=len, reverse=True))
                    )

    def _breaking(self, rule: Rule, column: Column, *texts: str) -> Violation:
        """A row with the first of these texts that breaks no check but that of the column's type, if there is one."""
        own = SQLITE.type_check(self.table, column)
        rows = [self._one_wrong(rule, column, text) for text in texts]
        broken = [
            self.filler.sandbox.broken_checks(self.table, one.row) - ({own.name} if own else set()) for one in rows
        ]
        least = min(range(len(rows)), key=lambda number: len(broken[number]))
        return replace(rows[least], also=frozenset(broken[least]))

    def _one_wrong(self, rule: Rule, column: Column, value: Value) -> Violation:
        return Violation(rule, column.name, (column.name,), {**self.valid, column.name: value})

    def _uniques(self) -> Iterator[Violation]:
        """The key of the row that is already there, once more."""
        keys = [(unique.name, unique.columns) for unique in self.table.uniques]
        if self.table.primary_key:
            keys.insert(0, (self.table.primary_key.name, self.table.primary_key.columns))
        keys += [(index.name, index.columns) for index in self.table.indexes if _is_plainly_unique(index)]
        first = self.before[self.table.name][0]
        sources = {
            name: tuple(source for column in columns for source in self._sources(column)) for name, columns in keys
        }
        for name, written in sources.items():
            repeated = {column: first[column] for column in written if first.get(column) is not None}
            others = [columns for other, columns in keys if sources[other] and not set(sources[other]) <= set(written)]
            if not written or len(repeated) < len(set(written)):
                continue
            row = self._unbroken(repeated, others)
            if row:
                yield Violation(Rule.UNIQUE, name, written, row)
            else:
                self.unproved.append(name)

    def _sources(self, name: str) -> tuple[str, ...]:
        """The columns whose values make a column's; a generated one that may be NULL repeats nothing for certain."""
        column = self.table.column(name)
        if column.generated is None or column.nullable or not column.generated.sqlite:
            return (name,)
        return check_columns(self.table, column.generated.sqlite)

    def _unbroken(self, fixed: Row, others: Iterable[tuple[str, ...]]) -> Row | None:
        """A row with these values that no check refuses, and none of the other keys."""
        sandbox = self.filler.sandbox
        first = sandbox.stored(self.table, self.before[self.table.name][0])
        row = {**self.valid, **fixed}
        for _ in range(ATTEMPTS):
            stored = sandbox.stored(self.table, row)
            same = {name for name, value in stored.items() if value is not None and value == first.get(name)}
            repeats = any(same.issuperset(columns) for columns in others)
            if not repeats and not sandbox.broken_checks(self.table, row):
                return row
            row = {**self.filler.candidate(self.table, in_doubt=True), **fixed}
        return None

    def _foreign_key(self, key: ForeignKey) -> Violation | None:
        """A key that no parent has, and that no check refuses: one column changed, one of no other key if there is."""
        shared = {name for other in self.table.enforced_foreign_keys if other is not key for name in other.columns}
        place = max(range(len(key.columns)), key=lambda number: (key.columns[number] not in shared, number))
        column = self.table.column(key.columns[place])
        existing = {repr(row.get(key.parent_columns[place])) for row in self.filler.rows[key.parent]}
        for number in range(ATTEMPTS):
            missing = typed_value(column, UNUSED + number, self.filler.random, distinct=True)
            row = {**self.valid, column.name: missing}
            if repr(missing) not in existing and not self.filler.sandbox.broken_checks(self.table, row):
                return Violation(Rule.FOREIGN_KEY, key.name, key.columns, row)
        return None

    def _check(self, check: Check) -> Violation | None:
        """A row that breaks this check and no other, found by trying unusual values.

        They go into the check's own columns and, now and then, into those of checks that share one with it.
        """
        own = self._columns_of(check)
        shared = [other for other in self.table.checks if not own.isdisjoint(self._columns_of(other))]
        related = sorted({name for other in shared for name in self._columns_of(other)})
        for attempt in range(ATTEMPTS):
            chosen = [name for name in related if name in own or self.filler.random.random() < NEIGHBOURS]
            row = {**self.valid, **{name: self._unusual(name, 3 * attempt // ATTEMPTS) for name in chosen}}
            if self.filler.sandbox.broken_checks(self.table, row) == {check.name}:
                return Violation(Rule.CHECK, check.name, tuple(sorted(own)), row)
        return None

    def _columns_of(self, check: Check) -> set[str]:
        named = check_columns(self.table, check.sql.sqlite) if check.sql.sqlite else ()
        return {name for name in named if name in self.valid}

    def _unusual(self, name: str, stage: int) -> Value:
        """A value of a small range; later also one that the spec mentions, and last an extreme one."""
        column = self.table.column(name)
        choices: list[Value] = [None] if column.nullable else []
        choices += [self.valid[name], *_UNUSUAL.get(type(column.type), ())]
        if isinstance(column.type, t.Enum):
            choices += column.type.values
        if stage > 0:
            choices += self.filler.known(self.table, column)
        if stage > 1:
            choices += _EXTREME.get(type(column.type), ())
        return self.filler.random.choice(choices)


def _is_plainly_unique(index: Index) -> bool:
    return index.unique and index.where is None and len(index.columns) == len(index.elements)


_UNUSUAL: dict[type[t.Type], tuple[Value, ...]] = {
    t.Text: ("", " ", "?", "A", "x" * 64),
    t.Varchar: ("", " ", "?", "A"),
    t.Char: ("?", "A"),
    t.SmallInt: (-1, 0, 1, 100, -100),
    t.Integer: (-1, 0, 1, 10_000, -10_000),
    t.BigInt: (-1, 0, 1, 2**31 - 1, -(2**31)),
    t.Real: (-1.0, 0.0, 1.0e6, -1.0e6),
    t.Double: (-1.0, 0.0, 1.0e6, -1.0e6),
    t.Boolean: (True, False),
    t.Date: ("1900-01-01", "2999-12-31"),
    t.Timestamp: ("1900-01-01T00:00:00.000000", "2999-12-31T00:00:00.000000"),
    t.TimestampTz: ("1900-01-01T00:00:00.000000Z", "2999-12-31T00:00:00.000000Z"),
    t.Json: ({}, []),
    t.Jsonb: ({}, []),
}
"""Numbers whose sum and product are of their type as well: PostgreSQL refuses an expression that overflows."""

_EXTREME: dict[type[t.Type], tuple[Value, ...]] = {
    t.SmallInt: (32767, -32767),
    t.Integer: (2**31 - 1, -(2**31) + 1),
    t.BigInt: (2**53, -(2**53)),
}
"""Tried where nothing less breaks a check."""
