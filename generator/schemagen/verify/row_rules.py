"""What triggers do: columns and tables that refuse an UPDATE, columns that follow one, parents that are touched."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from schemagen import types as t
from schemagen.triggers import TriggerKind, triggers_of

from .databases import Cause
from .fill import insert
from .material import where
from .negative import insert_all
from .report import Claim
from .synthetic import Unfillable, typed_value
from .values import from_driver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemagen.model import ForeignKey, Table, Value
    from schemagen.triggers import Trigger

    from .databases import Database
    from .fill import Row
    from .report import Section
    from .subject import Subject

_MOMENTS = (t.TimestampTz, t.Timestamp, t.Date)
"""Types whose present value differs from that of every synthetic row."""


def prove_row_rules(subject: Subject, database: Database) -> None:
    """Try every trigger on rows of its table."""
    with subject.section(Claim.ROW_RULES) as section:
        for table in subject.schema.tables:
            for trigger in triggers_of(table):
                family = subject.material.family([table.name])
                if family is None or not family[table.name]:
                    section.remark(f"{trigger.name}: no rows could be made to try it on")
                    continue
                with database.scratch():
                    if insert_all(subject, database, family, section):
                        _Trial(subject, database, section, trigger).run(family[table.name])


class _Trial:
    """One trigger on the rows that are in the database."""

    def __init__(self, subject: Subject, database: Database, section: Section, trigger: Trigger) -> None:
        self.schema = subject.schema
        self.database = database
        self.dialect = database.dialect
        self.section = section
        self.trigger = trigger
        self.table = subject.schema.table(trigger.table)

    def run(self, rows: Sequence[Row]) -> None:
        """Try it on the last row, or on one that may be deleted."""
        row = rows[-1]
        match self.trigger.kind:
            case TriggerKind.APPEND_ONLY:
                self._refused(self._same(self.table), f"{self.table.name} is append-only")
            case TriggerKind.IMMUTABLE:
                self._immutable(row)
            case TriggerKind.ROW_UPDATE if not self.table.append_only:
                self._row_update(row)
            case TriggerKind.TOUCH:
                self._touch(rows)

    def _same(self, table: Table, column: str | None = None) -> str:
        """An UPDATE that changes nothing by itself."""
        name = self.dialect.quote(column or self._plain(table))
        return f"UPDATE {self.dialect.quote(table.name)} SET {name} = {name}"

    def _plain(self, table: Table) -> str:
        """A column that an UPDATE may name."""
        return next(column.name for column in table.columns if column.generated is None)

    def _refused(self, statement: str, message: str) -> None:
        refusal = self.database.attempt(statement, self.schema)
        subject = f"{self.trigger.name}"
        if refusal is None:
            self.section.fails(subject, f"refused: {message}", "accepted", statement)
        elif refusal.cause is not Cause.TRIGGER or (message not in refusal.message and not self.table.append_only):
            self.section.fails(subject, f"refused: {message}", refusal.message, statement)
        else:
            self.section.holds()

    def _immutable(self, row: Row) -> None:
        name = self.trigger.column
        column = self.table.column(name)
        try:
            other = self._other(name, row)
        except Unfillable as reason:
            self.section.remark(f"{self.trigger.name}: {reason}")
            return
        self._refused(self._set(name, other), f"{self.table.name}.{name} is immutable")
        if not self.table.append_only and column.generated is None:
            refusal = self.database.attempt(self._same(self.table, name), self.schema)
            self.section.equal(f"{self.trigger.name}, the same value again", None, refusal)

    def _set(self, name: str, value: Value) -> str:
        literal = self.dialect.literal(self.table.column(name).type, value)
        return f"UPDATE {self.dialect.quote(self.table.name)} SET {self.dialect.quote(name)} = {literal}"

    def _other(self, name: str, row: Row) -> Value:
        """Another value of the column's type; NULL where it may be, else what no row has."""
        column = self.table.column(name)
        if column.nullable and row.get(name) is not None:
            return None
        random = Random(1)  # noqa: S311  (repeatable on purpose)
        values = (typed_value(column, number, random, distinct=True) for number in range(9000, 9100))
        return next((value for value in values if value != row.get(name)), None)

    def _row_update(self, row: Row) -> None:
        """The column follows an UPDATE of another one, in every row; an explicit value stays.

        Where the rows of the table touch the column of each other, only one row is looked at.
        """
        name = self.trigger.column
        column = self.table.column(name)
        condition = ""
        if self._touching_own():
            if any(_refers_to_itself(row, key) for key in self._touching_own()):
                self.section.remark(f"{self.trigger.name}: the row refers to itself, so it is touched as well")
                return
            identity = {of: row[of] for of in self._identity(row) if of != name}
            condition = where(self.dialect, self.table, identity)
            self._set_back(self.table, condition)
        before = self._values(self.table, name, condition)
        statement = _limited(self._same(self.table, self._other_column(name)), condition)
        self._run(statement)
        if isinstance(column.type, _MOMENTS):
            unchanged = [value for value in self._values(self.table, name, condition) if value in before]
            self.section.equal(f"{self.trigger.name}, after an UPDATE", [], unchanged, statement)
            if row[name] is not None:
                explicit = _limited(self._set(name, row[name]), condition)
                self._run(explicit)
                expected = {repr(row[name])}
                seen = {repr(value) for value in self._values(self.table, name, condition)}
                self.section.equal(f"{self.trigger.name}, an explicit value stays", expected, seen, explicit)

    def _other_column(self, name: str) -> str:
        return next(column.name for column in self.table.columns if column.name != name and not column.generated)

    def _touching_own(self) -> list[ForeignKey]:
        """The keys of the table to itself that touch the column."""
        name = self.table.name
        return [key for key in self.table.foreign_keys if (key.parent, key.touch) == (name, self.trigger.column)]

    def _run(self, statement: str) -> None:
        refusal = self.database.attempt(statement, self.schema, settle=False)
        if refusal:
            self.section.fails(self.trigger.name, "accepted", refusal.message, statement)

    def _values(self, table: Table, column: str, condition: str = "") -> list[Value]:
        found = self.database.run(
            f"SELECT {self.dialect.quote(column)} FROM {self.dialect.quote(table.name)}"
            + (f" WHERE {condition}" if condition else "")
        )
        return [from_driver(table.column(column).type, value) for (value,) in found]

    def _touch(self, rows: Sequence[Row]) -> None:
        """The parent's column changes when a child is inserted, updated or deleted; it is set back in between."""
        key = self.trigger.foreign_key
        if key is None or key.parent == self.table.name:
            return
        parent = self.schema.table(key.parent)
        if not isinstance(parent.column(self.trigger.column).type, _MOMENTS):
            return
        referring = [row for row in reversed(rows) if all(row[name] is not None for name in key.columns)]
        if not referring:
            return
        row = next((row for row in referring if self._may_go(row, parent, key)), None)
        if row is None:
            row = referring[0]
            self.section.remark(f"{self.trigger.name}: no row may be deleted by itself, so only an UPDATE was tried")
            statements = []
        else:
            statements = [self._delete(row), insert(self.dialect, self.table, [row])]
        if not self.table.append_only:
            statements.append(_limited(self._same(self.table), self._of(row)))
        condition = self._of_parent(row, parent, key)
        for statement in statements:
            self._set_back(parent, condition)
            before = self._values(parent, self.trigger.column, condition)
            self._run(statement)
            after = self._values(parent, self.trigger.column, condition)
            what = f"{self.trigger.name}, {statement.partition(' ')[0]}"
            if before == after:
                self.section.fails(
                    what, f"{parent.name}.{self.trigger.column} changes", f"it is still {after}", statement
                )
            else:
                self.section.holds()

    def _of_parent(self, row: Row, parent: Table, key: ForeignKey) -> str:
        of_parent = {of: row[name] for name, of in zip(key.columns, key.parent_columns, strict=True)}
        return where(self.dialect, parent, of_parent)

    def _of(self, row: Row) -> str:
        return where(self.dialect, self.table, {name: row[name] for name in self._identity(row)})

    def _delete(self, row: Row) -> str:
        return f"DELETE FROM {self.dialect.quote(self.table.name)} WHERE {self._of(row)}"

    def _may_go(self, row: Row, parent: Table, key: ForeignKey) -> bool:
        """Whether a row may be deleted and its parent is still there; nothing is changed."""
        self.database.run("SAVEPOINT may_go")
        refusal = self.database.attempt(self._delete(row), self.schema)
        left = self._values(parent, self.trigger.column, self._of_parent(row, parent, key))
        self.database.run("ROLLBACK TO may_go")
        self.database.run("RELEASE may_go")
        return refusal is None and bool(left)

    def _identity(self, row: Row) -> tuple[str, ...]:
        key = self.table.primary_key
        return key.columns if key else tuple(row)

    def _set_back(self, parent: Table, condition: str) -> None:
        column = parent.column(self.trigger.column)
        old = self.dialect.literal(column.type, _OLD[type(column.type)])
        self._run(
            f"UPDATE {self.dialect.quote(parent.name)} SET {self.dialect.quote(column.name)} = {old} WHERE {condition}"
        )


def _limited(statement: str, condition: str) -> str:
    return f"{statement} WHERE {condition}" if condition else statement


def _refers_to_itself(row: Row, key: ForeignKey) -> bool:
    return all(row[name] == row[of] for name, of in zip(key.columns, key.parent_columns, strict=True))


_OLD: dict[type[t.Type], str] = {
    t.TimestampTz: "2020-01-01T00:00:00.000000Z",
    t.Timestamp: "2020-01-01T00:00:00.000000",
    t.Date: "2020-01-01",
}
