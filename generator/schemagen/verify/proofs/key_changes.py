"""Changed keys: the key of a parent changes, and its children follow, let go or forbid it as ON UPDATE says."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from schemagen.datagen.references import refers
from schemagen.datagen.synthetic import Unfillable, typed_value
from schemagen.datagen.test_rows import key_of, where
from schemagen.schema.model import Action, LiteralDefault
from schemagen.verify.dependent_rows import (
    Family,
    Outcome,
    descendants,
    enforced_keys,
    in_cycle,
    leads_nowhere,
    literal_default,
    refers_to_itself,
)
from schemagen.verify.focus import looks_at
from schemagen.verify.report import Claim

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schemagen.databases.memory import Row
    from schemagen.databases.scratch import Database
    from schemagen.schema.model import ForeignKey, Schema, Table, Value
    from schemagen.verify.context import ProofContext
    from schemagen.verify.dependent_rows import Rows
    from schemagen.verify.report import Section

UNUSED = 1_500
"""Values from here on are in no row of a family."""

ATTEMPTS = 20


def simulate_change(schema: Schema, rows: Mapping[str, list[Row]], table: str, row: Row, values: Row) -> Outcome:
    """Change columns of a row as the documented foreign keys say, without any database.

    What is not certain: a column that changes belongs to another foreign key too, or gets a default that only an
    engine can tell.
    """
    return _Simulation(schema, rows).change(table, row, values)


class _Simulation:
    """Rows as they are while a change spreads."""

    def __init__(self, schema: Schema, rows: Mapping[str, list[Row]]) -> None:
        self.schema = schema
        self.rows = {name: [dict(row) for row in listed] for name, listed in rows.items()}
        self.followed: set[str] = set()
        self.invalid_values: list[str] = []
        self.left: list[tuple[ForeignKey, Row]] = []
        self.certain = True

    def change(self, table: str, row: Row, values: Row) -> Outcome:
        self._set(self.schema.table(table), next(one for one in self.rows[table] if one == row), values)
        blocked = self.invalid_values + [key.name for key, one in self.left if leads_nowhere(one, key, self.rows)]
        return Outcome(self.rows, blocked[0] if blocked else "", self.certain, self.followed)

    def _set(self, table: Table, row: Row, values: Row) -> None:
        before = dict(row)
        row.update(values)
        for child, key in self.schema.children(table.name):
            if key.enforced and any(before.get(of) != row.get(of) for of in key.parent_columns):
                for one in self.rows.get(child.name, ()):
                    if refers(one, key, before):
                        self.followed.add(key.name)
                        self._follow(child, key, one, row)

    def _follow(self, child: Table, key: ForeignKey, row: Row, parent: Row) -> None:
        match key.on_update:
            case Action.CASCADE:
                pairs = zip(key.columns, key.parent_columns, strict=True)
                self._change_key(child, key, row, {name: parent[of] for name, of in pairs})
            case Action.SET_NULL:
                self._change_key(child, key, row, dict.fromkeys(key.columns))
            case Action.SET_DEFAULT:
                self.certain &= all(isinstance(child.column(name).default, LiteralDefault) for name in key.columns)
                self._change_key(child, key, row, {name: literal_default(child, name) for name in key.columns})
                self.left.append((key, row))
            case Action.RESTRICT:
                self.invalid_values.append(key.name)
            case Action.NO_ACTION:
                self.left.append((key, row))

    def _change_key(self, child: Table, key: ForeignKey, row: Row, values: Row) -> None:
        others = (other for other in child.enforced_foreign_keys if other is not key)
        self.certain &= all(set(other.columns).isdisjoint(key.columns) for other in others)
        self._set(child, row, values)


def prove_key_changes(context: ProofContext, database: Database) -> None:
    """Change the key of a parent of every foreign key, by SQL and through a session; siblings have to stay."""
    schema = context.schema
    proved: set[str] = set()
    with context.section(Claim.CASCADES) as section:
        for table in schema.tables:
            keys = enforced_keys(context, table)
            rows = context.sample_rows.family(descendants(schema, table.name)) if keys and not table.append_only else {}
            if rows.get(table.name):
                proved |= _KeyChange(context, database, section, table, rows).run(keys)
                enforced = (key for _, key in schema.children(table.name) if key.name in keys)
                if left := {key.name for key in enforced if not _is_fixed(table, key)} - proved:
                    rows = context.sample_rows.family(descendants(schema, table.name), left)
                    proved |= _KeyChange(context, database, section, table, rows).run(left)
        for table in schema.tables:
            for key in table.enforced_foreign_keys:
                if not looks_at(context.focus, table.name, key.parent):
                    continue
                if key.name not in proved and not _is_fixed(schema.table(key.parent), key):
                    section.untried(f"{key.name}: no rows could be made on which its ON UPDATE can be seen")


def _is_fixed(parent: Table, key: ForeignKey) -> bool:
    """Whether triggers, or an expression, keep a parent's key as it is."""
    return parent.append_only or not any(_may_change(parent, name) for name in key.parent_columns)


def _may_change(table: Table, name: str) -> bool:
    column = table.column(name)
    return not column.immutable and column.generated is None


class _KeyChange:
    """Rows of one table, whose key changes, and of all that hang on it."""

    def __init__(self, context: ProofContext, database: Database, section: Section, table: Table, rows: Rows) -> None:
        self.schema = context.schema
        self.sample_rows = context.sample_rows
        self.dialect = database.dialect
        self.section = section
        self.table = table
        self.rows = rows
        self.family = Family(context, database, section, table, rows, "change of the key")
        self.random = Random(0)  # noqa: S311  (repeatable on purpose)

    def run(self, keys: set[str]) -> set[str]:
        """Change rows until every key has been followed, to a refusal and to a change where both may be: the keys."""
        proved: set[tuple[str, bool]] = set()
        for row in self.rows[self.table.name]:
            for values in self._changes(row):
                outcome = simulate_change(self.schema, self.rows, self.table.name, row, values)
                shown = {(name, bool(outcome.refused_by)) for name in outcome.followed}
                if outcome.certain and {one for one in shown if one[0] in keys} - proved:
                    if not self.family.by_sql(self._statement(row, values), outcome):
                        return {name for name, _ in proved}
                    self._through_sessions(row, values, outcome)
                    proved |= shown
        return {name for name, _ in proved}

    def _changes(self, row: Row) -> Iterator[Row]:
        """New values of columns that children refer to: values that no row has, or the key of another parent."""
        referred = {of for _, key in self.schema.children(self.table.name) if key.enforced for of in key.parent_columns}
        bound = {name for key in self.table.enforced_foreign_keys for name in key.columns}
        for name in sorted(referred - bound):
            if _may_change(self.table, name):
                yield from self._allowed(row, ({name: value} for value in self._fresh(name)))
        for key in self.table.enforced_foreign_keys:
            if not referred.isdisjoint(key.columns) and all(_may_change(self.table, name) for name in key.columns):
                yield from self._allowed(row, self._of_other_parents(key, row))

    def _fresh(self, name: str) -> Iterator[Value]:
        column = self.table.column(name)
        for number in range(UNUSED, UNUSED + ATTEMPTS):
            try:
                yield typed_value(column, number, self.random, distinct=True)
            except Unfillable:
                return

    def _of_other_parents(self, key: ForeignKey, row: Row) -> Iterator[Row]:
        pairs = tuple(zip(key.columns, key.parent_columns, strict=True))
        for parent in self.rows[key.parent]:
            if not refers(row, key, parent) and all(parent.get(of) is not None for _, of in pairs):
                yield {name: parent[of] for name, of in pairs}

    def _allowed(self, row: Row, changes: Iterator[Row]) -> Iterator[Row]:
        """The first of these changes after which every row still fits its checks and unique keys."""
        for values in changes:
            outcome = simulate_change(self.schema, self.rows, self.table.name, row, values)
            if self.sample_rows.fit(outcome.rows):
                yield values
                return

    def _statement(self, row: Row, values: Row) -> str:
        quote = self.dialect.quote
        assigned = ", ".join(
            f"{quote(name)} = {self.dialect.literal(self.table.column(name).type, value)}"
            for name, value in values.items()
        )
        found = where(self.dialect, self.table, key_of(self.table, row) or row)
        return f"UPDATE {quote(self.table.name)} SET {assigned} WHERE {found}"

    def _through_sessions(self, row: Row, values: Row, outcome: Outcome) -> None:
        key = key_of(self.table, row)
        if refers_to_itself(row, self.table):
            text = "a session does not change the key of a row that refers to itself; SQL was tried"
            self.section.remark(f"{self.table.name}: {text}")
            return
        for loaded in self._loaded() if key else ():
            step = {"do": "change", "table": self.table.name, "key": key, "values": values, "loaded": loaded}
            self.family.through_session(step, f"a {self.table.class_name} whose key is set to {values}", outcome)

    def _loaded(self) -> tuple[bool, ...]:
        """With and without children in the session, which SQLAlchemy leads to the new key where tables form a cycle.

        It updates them itself, whatever ON UPDATE says; other children are left to the database.
        """
        return (False,) if in_cycle(self.schema, self.table) else (False, True)
