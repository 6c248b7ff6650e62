"""Rows that break one rule each: what a database has to refuse, and for which reason."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from schemagen.engines.dialects import POSTGRES, SQLITE
from schemagen.schema import types as t

from .candidate_values import EXTREME, MENTIONED, PLAIN
from .fill import ATTEMPTS, Filler
from .mentions import check_columns, sources, unseen_checks
from .references import refers
from .synthetic import Unfillable, typed_value
from .unique_keys import unique_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemagen.databases.memory import Row
    from schemagen.schema.model import Check, Column, ForeignKey, Schema, Table, Value

    from .unique_keys import UniqueKey

PARENTS = 3
TRIES = 4
GUESSES = 60
STAGES = (PLAIN, MENTIONED, EXTREME)
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
class ConstraintCase:
    """All that refutes one table.

    ``before`` are rows to insert first, by table in order, rows of this table among them; then every violation must be
    refused, ``valid`` accepted, and what is in ``after`` refused. ``unproved`` names constraints for which no violating
    row was found. ``guesses`` are rows for checks that SQLite does not have: one of them may break the check.
    """

    table: Table
    before: dict[str, list[Row]]
    valid: Row
    violations: tuple[Violation, ...]
    unproved: tuple[str, ...]
    after: tuple[Violation, ...] = ()
    guesses: dict[str, tuple[Row, ...]] = field(default_factory=dict)


def constraint_case(schema: Schema, name: str, seed: int = 0) -> ConstraintCase:
    """A valid row of a table, and the same row against each of the table's rules in turn.

    Raises:
        Unfillable: when no valid row was found.
    """
    return _CaseMaker(schema, schema.table(name), seed).case()


class _CaseMaker:
    """Two valid rows of a table, and the second of them with one thing wrong; of a table of one row, that row alone."""

    def __init__(self, schema: Schema, table: Table, seed: int) -> None:
        self.table = table
        self.filler = Filler(schema, [table.name], seed, nulls=0)
        self.scratch_database = self.filler.scratch_database
        sizes = {parent.name: PARENTS for parent in self.filler.tables} | {table.name: 1}
        reasons = self.filler.fill_what_can_be(sizes)
        if table.name in reasons:
            raise Unfillable(reasons[table.name])
        self.before = {name: list(found) for name, found in self.filler.rows.items()}
        self.unproved: list[str] = []
        self.is_single = False
        try:
            with self.scratch_database.undone():
                self.valid = self.filler.add(table)
            self.filler.rows[table.name].pop()
        except Unfillable:
            self.is_single = True
            self.valid = self.before[table.name].pop()
            self._leave_out_heirs(schema)

    def _leave_out_heirs(self, schema: Schema) -> None:
        """Take away the rows of a cycle that refer to the valid one, which is not there before it is tried."""
        gone = [(self.table.name, self.valid)]
        while gone:
            name, row = gone.pop()
            for child, key in schema.children(name):
                heirs = [one for one in self.before.get(child.name, ()) if key.enforced and refers(one, key, row)]
                for heir in heirs:
                    self.before[child.name].remove(heir)
                    gone.append((child.name, heir))

    def case(self) -> ConstraintCase:
        keys = unique_keys(self.table, SQLITE)
        repeated = [self._repeated(key, keys) for key in keys]
        checks = {check.name: self._check(check) for check in self.table.checks if check.sql.sqlite is not None}
        references = {key.name: self._foreign_key(key) for key in self.table.enforced_foreign_keys}
        searched = {key.name: one for key, one in zip(keys, repeated, strict=True)} | checks | references
        searched |= {key.name: None for key in unique_keys(self.table, POSTGRES) if key.name not in searched}
        found = [violation for violation in searched.values() if violation]
        late = [violation for violation in found if self.is_single and violation.rule is Rule.UNIQUE]
        return ConstraintCase(
            table=self.table,
            before=self.before,
            valid=self.valid,
            violations=(*self._missing(), *self._unfit(), *(one for one in found if one not in late)),
            unproved=tuple(name for name, violation in searched.items() if violation is None),
            after=tuple(late),
            guesses={check.name: self._guesses(check) for check in unseen_checks(self.table)},
        )

    def _missing(self) -> Iterator[Violation]:
        for column in self.table.columns:
            if column.generated is None and not column.nullable and not column.identity:
                yield self._one_wrong(Rule.NOT_NULL, column, None)

    def _unfit(self) -> Iterator[Violation]:
        """Rows with a text that is too long for its column, or with none of its enum's values."""
        for column in self.table.columns:
            match column.type if column.generated is None else None:
                case t.TextType(limit=int(limit)):
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
            self.filler.scratch_database.broken_checks(self.table, one.row) - ({own.name} if own else set())
            for one in rows
        ]
        least = min(range(len(rows)), key=lambda number: len(broken[number]))
        return replace(rows[least], also=frozenset(broken[least]))

    def _one_wrong(self, rule: Rule, column: Column, value: Value) -> Violation:
        return Violation(rule, column.name, (column.name,), {**self.valid, column.name: value})

    def _repeated(self, key: UniqueKey, keys: Iterable[UniqueKey]) -> Violation | None:
        """What a key makes unique, once more: in a row that repeats no other key, if that can be."""
        if self.is_single:
            return self._same_again(key)
        others = [other.columns for other in keys if other.columns and not set(other.sources) <= set(key.sources)]
        within = {other.shown for other in keys if set(other.sources) <= set(key.sources)}
        row = self._twin(key, self.before[self.table.name][0], others, within)
        if row is None:
            first = self._within(key)
            row = self._twin(key, first, others, within) if first else None
        return Violation(Rule.UNIQUE, key.name, key.sources, row) if row else None

    def _same_again(self, key: UniqueKey) -> Violation | None:
        """The only row once more: any of the table's keys may refuse it, where this one applies to it."""
        if key.takes_null or any(self.valid.get(name) is None for name in key.sources):
            return None
        return Violation(Rule.UNIQUE, key.name, tuple(self.table.by_name), self.valid)

    def _within(self, key: UniqueKey) -> Row | None:
        """One more valid row to which a key applies: it is in the predicate of the index, and nothing of it is NULL."""
        filled = [f"{SQLITE.quote(name)} IS NOT NULL" for name in key.sources if not key.takes_null]
        wanted = (*filled, *([key.where] if key.where else []))
        requirements = self.filler.requirements(self.table, true=wanted, stage=MENTIONED)
        for _ in range(TRIES):
            found = self.filler.repaired(self.table, self.filler.candidate(self.table), requirements)
            if found and self._is_beside_valid(found.row):
                self.scratch_database.refusal(self.table, found.row)
                self.before[self.table.name].append(found.row)
                return found.row
        return None

    def _is_beside_valid(self, row: Row) -> bool:
        with self.scratch_database.undone():
            return not (
                self.scratch_database.refusal(self.table, row) or self.scratch_database.refusal(self.table, self.valid)
            )

    def _twin(self, key: UniqueKey, first: Row, others: Iterable[tuple[str, ...]], within: set[str]) -> Row | None:
        """A row that only this key, or one within it, refuses beside the first one.

        For an expression it is one with other values, which only this key refuses, if there is one.
        """
        same = {name: first[name] for name in key.sources}
        wanted = (key.where,) if key.where else ()
        there = [self.scratch_database.stored(self.table, row) for row in self.before[self.table.name]]
        tried = [(values, {key.shown}) for values in _in_other_cases(same)] if key.is_expression else []
        for values, names in [*tried, (same, within)]:
            requirements = self.filler.requirements(self.table, fixed=values, true=wanted, stage=MENTIONED)
            row = {**self.valid, **values}
            for _ in range(TRIES):
                found = self.filler.repaired(self.table, row, requirements)
                if found and self._is_refused_by(names, found.row, there, others):
                    return found.row
                row = self.filler.candidate(self.table, values, in_doubt=True)
        return None

    def _is_refused_by(
        self, names: set[str], row: Row, there: Iterable[Row], others: Iterable[tuple[str, ...]]
    ) -> bool:
        """Whether SQLite refuses a row by one of these keys, and no other key has the values of a row that is there."""
        stored = self.scratch_database.stored(self.table, row)
        for each in there:
            alike = {name for name, value in stored.items() if value is not None and value == each.get(name)}
            if any(alike.issuperset(columns) for columns in others):
                return False
        return (self.scratch_database.would_refuse(self.table, row) or "").removeprefix(
            "UNIQUE constraint failed: "
        ) in names

    def _foreign_key(self, key: ForeignKey) -> Violation | None:
        """A key that no parent has, and that no check refuses: one column changed, one of no other key if there is."""
        shared = {name for other in self.table.enforced_foreign_keys if other is not key for name in other.columns}
        place = max(range(len(key.columns)), key=lambda number: (key.columns[number] not in shared, number))
        column = self.table.column(key.columns[place])
        existing = {repr(row.get(key.parent_columns[place])) for row in self.filler.rows[key.parent]}
        requirements = self.filler.requirements(self.table, fixed=key.columns, stage=MENTIONED)
        whole = self._referring(key)
        for number in range(ATTEMPTS if whole else 0):
            missing = typed_value(column, UNUSED + number, self.filler.random, distinct=True)
            if repr(missing) in existing:
                continue
            found = self.filler.repaired(self.table, {**self.valid, **whole, column.name: missing}, requirements)
            if found and not self.scratch_database.would_refuse(self.table, found.row):
                return Violation(Rule.FOREIGN_KEY, key.name, key.columns, found.row)
        return None

    def _referring(self, key: ForeignKey) -> Row:
        """Values for all columns of a key, as a NULL in one of them refers to nothing; empty where there are none."""
        if all(self.valid.get(name) is not None for name in key.columns):
            return {name: self.valid[name] for name in key.columns}
        pairs = tuple(zip(key.columns, key.parent_columns, strict=True))
        rows = ({name: row.get(of) for name, of in pairs} for row in self.filler.rows[key.parent])
        return next((row for row in rows if None not in row.values()), {})

    def _guesses(self, check: Check) -> tuple[Row, ...]:
        """Rows with unusual values in the columns of a check that SQLite does not have; some of them may break it."""
        names = sorted(sources(self.table, check.sql.postgres or "") & set(self.valid))
        rows = []
        for _ in range(GUESSES):
            requirements = self.filler.requirements(self.table, fixed=names, stage=MENTIONED)
            values = {name: self.filler.unusual(self.table, name) for name in names}
            found = self.filler.repaired(self.table, {**self.valid, **values}, requirements)
            rows += [found.row] if found else []
        return tuple(rows)

    def _check(self, check: Check) -> Violation | None:
        """A row that breaks this check and no other: of usual values, then of those that are mentioned, then of any."""
        own = self._columns_of(check)
        for stage in STAGES if check.sql.sqlite is not None else ():
            requirements = self.filler.requirements(self.table, broken={check.name}, stage=stage)
            for _ in range(TRIES):
                found = self.filler.repaired(self.table, self.valid, requirements)
                if found and self.scratch_database.broken_checks(self.table, found.row) == {check.name}:
                    return Violation(Rule.CHECK, check.name, tuple(sorted(own)), found.row)
        return None

    def _columns_of(self, check: Check) -> set[str]:
        named = check_columns(self.table, check.sql.sqlite) if check.sql.sqlite else ()
        return {name for name in named if name in self.valid}


def _in_other_cases(values: Row) -> Iterator[Row]:
    """The same values with their texts in upper case, in lower case and with both exchanged, where that is another."""
    for change in (str.upper, str.lower, str.swapcase):
        other = {name: change(value) if isinstance(value, str) else value for name, value in values.items()}
        if other != values:
            yield other
