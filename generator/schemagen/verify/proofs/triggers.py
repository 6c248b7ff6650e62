"""What triggers do: columns and tables that refuse an UPDATE, columns that follow one, parents that are touched."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from schemagen.databases.memory import insert
from schemagen.databases.refusals import Cause
from schemagen.databases.values import INCOMPARABLE, from_driver, select
from schemagen.datagen.references import refers
from schemagen.datagen.synthetic import Unfillable, typed_value
from schemagen.datagen.test_rows import where
from schemagen.engines.trigger_parts import is_left_out
from schemagen.schema import types as t
from schemagen.schema.places import in_postgres
from schemagen.schema.triggers import TriggerKind, rules_of
from schemagen.verify.dependent_rows import insert_all, set_by_triggers
from schemagen.verify.report import Claim

if TYPE_CHECKING:
    from schemagen.databases.memory import Row
    from schemagen.databases.scratch import Database
    from schemagen.engines.base import Dialect
    from schemagen.schema.model import Column, Table, Value
    from schemagen.schema.triggers import Trigger
    from schemagen.verify.context import ProofContext
    from schemagen.verify.dependent_rows import Rows
    from schemagen.verify.report import Section

"""Types whose present value differs from that of every synthetic row."""

_INEXACT = (t.Json, t.Jsonb, t.Real, t.Double, t.Array, t.Interval, t.Native)
"""Types by whose values a row is not looked for: they have no equality, or not that of what was written."""


def prove_row_rules(context: ProofContext, database: Database) -> None:
    """Try every trigger on rows of its table."""
    with context.section(Claim.ROW_RULES) as section:
        for table in context.sample_rows.tables:
            for trigger in rules_of(table):
                if is_left_out(trigger, context.schema, database.dialect.name):
                    continue
                family = context.sample_rows.family([table.name])
                if not family[table.name]:
                    section.untried(f"{trigger.name}: no rows could be made to try it on")
                    continue
                with database.scratch():
                    if insert_all(context, database, family, section):
                        _Trial(context, database, section, trigger, family).run()


class _Trial:
    """One trigger on the rows that are in the database."""

    def __init__(
        self, context: ProofContext, database: Database, section: Section, trigger: Trigger, family: Rows
    ) -> None:
        self.schema = context.schema
        self.database = database
        self.dialect = database.dialect
        self.section = section
        self.trigger = trigger
        self.table = context.schema.table(trigger.table)
        self.family = family

    @property
    def _shown(self) -> str:
        """The table as the engine's messages call it."""
        return in_postgres(self.table.name) if self.dialect.name == "postgres" else self.table.name

    def run(self) -> None:
        """Try it on the last row, or on one that may be deleted."""
        row = self.family[self.table.name][-1]
        match self.trigger.kind:
            case TriggerKind.APPEND_ONLY:
                self._refused(self._same(self.table), f"{self._shown} is append-only")
            case TriggerKind.NO_DELETE:
                self._refused(f"DELETE FROM {self.dialect.quote(self.table.name)}", f"{self.table.name} keeps its rows")
            case TriggerKind.NO_TRUNCATE:
                statement = f"TRUNCATE {self.dialect.quote(self.table.name)} CASCADE"
                self._refused(statement, f"{self.table.name} keeps its rows")
            case TriggerKind.IMMUTABLE:
                self._immutable(row)
            case TriggerKind.ROW_UPDATE if not self.table.append_only:
                self._row_update(row)
            case TriggerKind.TOUCH:
                self._touch()

    def _same(self, table: Table, column: str | None = None) -> str:
        """An UPDATE that changes nothing by itself."""
        name = self.dialect.quote(column or self._plain(table))
        return f"UPDATE {self.dialect.quote(table.name)} SET {name} = {name}"

    def _plain(self, table: Table) -> str:
        """A column that an UPDATE may name; one that no UPDATE fills, where there is one: SQLite may watch no other."""
        written = [
            column for column in table.columns if column.generated is None and column.name != self.trigger.column
        ]
        return next((c.name for c in written if not c.on_row_update), (written or table.columns)[0].name)

    def _refused(self, statement: str, message: str) -> None:
        refusal = self.database.attempt(statement, self.schema)
        context = f"{self.trigger.name}"
        if refusal is None:
            self.section.fails(context, f"refused: {message}", "accepted", statement)
        elif refusal.cause is not Cause.TRIGGER or (message not in refusal.message and not self.table.append_only):
            self.section.fails(context, f"refused: {message}", refusal.message, statement)
        else:
            self.section.holds()

    def _immutable(self, row: Row) -> None:
        name = self.trigger.column
        column = self.table.column(name)
        try:
            other = self._other(name, row)
        except Unfillable as reason:
            self.section.untried(f"{self.trigger.name}: {reason}")
            return
        self._refused(self._set(name, other), f"{self._shown}.{name} is immutable")
        if not self.table.append_only and column.generated is None:
            refusal = self.database.attempt(self._same(self.table, name), self.schema)
            self.section.equal(f"{self.trigger.name}, the same value again", None, refusal)

    def _set(self, name: str, value: Value) -> str:
        return _assigned(self.dialect, self.table.column(name), self.table, value)

    def _other(self, name: str, row: Row) -> Value:
        """Another value of the column's type; NULL where it may be, else what no row has."""
        column = self.table.column(name)
        if column.nullable and row.get(name) is not None:
            return None
        random = Random(1)  # noqa: S311  (repeatable on purpose)
        values = (typed_value(column, number, random, distinct=True) for number in range(9000, 9100))
        return next((value for value in values if value != row.get(name)), None)

    def _row_update(self, row: Row) -> None:
        """An explicit value stays; an UPDATE of another column replaces it, in its own row and in no other.

        What fills the column may happen to be one value that was there, but not both of two.
        """
        condition = self._of(self.table, row)
        touched = self._touched_by(self.table, row)
        if condition is None or (self.table.name, row) in touched:
            why = "the row touches itself" if condition else "no row of it can be distinguished from the others"
            self.section.untried(f"{self.trigger.name}: {why}")
            return
        alone = all(table != self.table.name for table, _ in touched)
        statement = f"{self._same(self.table)} WHERE {condition}"
        values = self._two_values(row)
        changed = [self._refreshed(value, condition, statement, alone=alone) for value in values]
        if values and None not in changed:
            what = f"{self.trigger.name}, after an UPDATE"
            self.section.equal(what, "another value", "another value" if any(changed) else "the same", statement)

    def _refreshed(self, value: Value, condition: str, statement: str, *, alone: bool) -> bool | None:
        """Whether an UPDATE replaces an explicit value, which stays until then; None where it was refused.

        Where rows do not touch each other, all of them are given the value, and the others still have it afterwards.
        """
        name = self.trigger.column
        explicit = self._set(name, value) + ("" if alone else f" WHERE {condition}")
        refusal = self.database.attempt(explicit, self.schema, settle=False)
        if refusal:
            self.section.untried(f"{self.trigger.name}: another value was refused: {refusal.message}")
            return None
        seen = self._values(self.table, name, condition)
        self.section.equal(f"{self.trigger.name}, an explicit value stays", [value], seen, explicit)
        others = self._others(condition)
        self._run(statement)
        if alone:
            what = f"{self.trigger.name}, other rows after an UPDATE"
            self.section.equal(what, others, self._others(condition), statement)
        return self._values(self.table, name, condition) != [value]

    def _two_values(self, row: Row) -> tuple[Value, ...]:
        """Two values of the column, the second of them the row's own; none where its type has no other."""
        name = self.trigger.column
        column = self.table.column(name)
        if isinstance(column.type, INCOMPARABLE):
            self.section.untried(f"{self.trigger.name}: each engine keeps {column.type} in a form of its own")
            return ()
        try:
            other = self._other(name, row)
        except Unfillable as reason:
            self.section.untried(f"{self.trigger.name}: {reason}")
            return ()
        if other is None and not column.nullable:
            self.section.untried(f"{self.trigger.name}: {column.type} has no other value")
            return ()
        return other, row[name]

    def _others(self, condition: str) -> list[str]:
        """What every other row has."""
        return sorted(map(repr, self._values(self.table, self.trigger.column, f"NOT ({condition})")))

    def _touched_by(self, table: Table, row: Row) -> list[tuple[str, Row]]:
        """The rows that an UPDATE of a row touches, and those that these touch in turn."""
        found: list[tuple[str, Row]] = []
        waiting = [(table, row)]
        while waiting:
            child, changed = waiting.pop()
            for key in child.foreign_keys:
                for parent in self.family.get(key.parent, ()) if key.touch else ():
                    if refers(changed, key, parent) and (key.parent, parent) not in found:
                        found.append((key.parent, parent))
                        waiting.append((self.schema.table(key.parent), parent))
        return found

    def _run(self, statement: str) -> None:
        refusal = self.database.attempt(statement, self.schema, settle=False)
        if refusal:
            self.section.fails(self.trigger.name, "accepted", refusal.message, statement)

    def _values(self, table: Table, name: str, condition: str) -> list[Value]:
        column = table.column(name)
        found = self.database.run(f"{select(self.dialect, table, [column])} WHERE {condition}")
        return [from_driver(column.type, value) for (value,) in found]

    def _touch(self) -> None:
        """The parent's column changes when a child is inserted, updated or deleted; it is set back in between."""
        key = self.trigger.foreign_key
        if key is None or not isinstance(self.schema.table(key.parent).column(self.trigger.column).type, t.DayType):
            return
        parent = self.schema.table(key.parent)
        referring = [
            (row, above)
            for row in reversed(self.family[self.table.name])
            for above in self.family.get(parent.name, ())
            if refers(row, key, above) and (parent.name, above) not in self._touched_by(parent, above)
        ]
        if not referring:
            return
        free = next((pair for pair in referring if self._may_go(*pair, parent)), None)
        row, above = free or referring[0]
        identity = self._of(self.table, row)
        if identity is None:
            self.section.untried(
                f"{self.trigger.name}: no row of {self.table.name} can be distinguished from the others"
            )
            return
        if self.table.keeps_rows:
            self._touched_by_insert(identity, row, above, parent)
            return
        statements = []
        if free:
            statements += [self._delete(identity), insert(self.dialect, self.table, [row])]
        else:
            self.section.remark(f"{self.trigger.name}: no row may be deleted by itself, so only an UPDATE was tried")
        if not self.table.append_only:
            statements.append(f"{self._same(self.table)} WHERE {identity}")
        for statement in statements:
            self._set_back(parent, above)
            self._touches(statement, parent, above)

    def _touched_by_insert(self, identity: str, row: Row, above: Row, parent: Table) -> None:
        """Where no row may go, one is taken away beside the triggers, and comes back as a new one."""
        with self.database.without_triggers(self.table.name):
            refusal = self.database.attempt(self._delete(identity), self.schema)
        if refusal:
            self.section.untried(f"{self.trigger.name}: no row is free of others to be inserted once more")
            return
        self._set_back(parent, above)
        self._touches(insert(self.dialect, self.table, [row]), parent, above)

    def _touches(self, statement: str, parent: Table, above: Row) -> None:
        """A statement changes the column of the parent."""
        condition = self._by_key(parent, above)
        before = self._values(parent, self.trigger.column, condition)
        self._run(statement)
        after = self._values(parent, self.trigger.column, condition)
        if before == after:
            expected = f"{parent.name}.{self.trigger.column} changes"
            what = f"{self.trigger.name}, {statement.partition(' ')[0]}"
            self.section.fails(what, expected, f"it is still {after}", statement)
        else:
            self.section.holds()

    def _of(self, table: Table, row: Row) -> str | None:
        """The condition that only one row meets; None where there is none."""
        if table.primary_key:
            return where(self.dialect, table, {name: row[name] for name in table.primary_key.columns})
        identity = self._identity(table, row)
        alike = [other for other in self.family[table.name] if self._identity(table, other) == identity]
        return where(self.dialect, table, identity) if len(alike) == 1 else None

    def _identity(self, table: Table, row: Row) -> Row:
        """What a row without a key has in the columns that only its own statements set."""
        changing = set_by_triggers(self.schema, table)
        return {
            name: value
            for name, value in row.items()
            if name not in changing and not isinstance(table.column(name).type, _INEXACT)
        }

    def _by_key(self, parent: Table, above: Row) -> str:
        """The condition that finds the parent as its children do."""
        key = self.trigger.foreign_key
        return where(self.dialect, parent, {name: above[name] for name in key.parent_columns} if key else {})

    def _delete(self, condition: str) -> str:
        return f"DELETE FROM {self.dialect.quote(self.table.name)} WHERE {condition}"

    def _may_go(self, row: Row, above: Row, parent: Table) -> bool:
        """Whether a row may be deleted and its parent is still there; nothing is changed."""
        condition = self._of(self.table, row)
        if condition is None:
            return False
        self.database.run("SAVEPOINT may_go")
        refusal = self.database.attempt(self._delete(condition), self.schema)
        left = self._values(parent, self.trigger.column, self._by_key(parent, above))
        self.database.run("ROLLBACK TO may_go")
        self.database.run("RELEASE may_go")
        return refusal is None and bool(left)

    def _set_back(self, parent: Table, above: Row) -> None:
        """Give a parent its first value again, unless it has it: an UPDATE to the same value may refresh it."""
        condition = self._by_key(parent, above)
        name = self.trigger.column
        if self._values(parent, name, condition) != [above[name]]:
            self._run(f"{_assigned(self.dialect, parent.column(name), parent, above[name])} WHERE {condition}")


def _assigned(dialect: Dialect, column: Column, table: Table, value: Value) -> str:
    literal = dialect.literal(column.type, value)
    return f"UPDATE {dialect.quote(table.name)} SET {dialect.quote(column.name)} = {literal}"
