"""Cascades: a parent is deleted, and exactly the rows go, change or stay that the foreign keys say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.datagen.references import refers
from schemagen.datagen.test_rows import key_of, where
from schemagen.schema.dialect import Sql
from schemagen.schema.model import Action, Deferrable
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
from schemagen.verify.report import Claim

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemagen.databases.memory import Row
    from schemagen.databases.scratch import Database
    from schemagen.schema.model import ForeignKey, Schema, Table
    from schemagen.verify.context import ProofContext
    from schemagen.verify.dependent_rows import Rows
    from schemagen.verify.report import Section


def simulate(schema: Schema, rows: Mapping[str, list[Row]], table: str, victim: Row) -> Outcome:
    """Delete a row as the documented foreign keys say, without any database.

    What is not certain: a child that a RESTRICT, or a NO ACTION that is not deferred, protects, or that SET NULL or SET
    DEFAULT changes, is deleted on another way in the same statement: PostgreSQL looks at its keys in the order in which
    they were made, and at all keys of a changed row that the transaction has inserted. Nor is it where a child gets a
    default that only an engine can tell, or where rows refer to what SET NULL or SET DEFAULT changes.
    """
    return _Simulation(schema, rows).delete(table, victim)


_REFUSING = {Action.RESTRICT, Action.NO_ACTION}


class _Simulation:
    """Rows as they are while deletes spread."""

    def __init__(self, schema: Schema, rows: Mapping[str, list[Row]]) -> None:
        self.schema = schema
        self.rows = {name: [dict(row) for row in listed] for name, listed in rows.items()}
        self.gone: set[int] = set()
        self.followed: set[str] = set()
        self.known = True
        self.restricted: list[tuple[str, Row]] = []
        self.unrestricted: list[tuple[str, Row, ForeignKey, Row]] = []
        self.changed: list[Row] = []
        self.redirected: list[tuple[Row, ForeignKey]] = []

    def delete(self, table: str, victim: Row) -> Outcome:
        self._remove(table, next(row for row in self.rows[table] if row == victim))
        kept = {name: [row for row in listed if id(row) not in self.gone] for name, listed in self.rows.items()}
        blocked = [name for name, row in self.restricted if id(row) not in self.gone]
        blocked += [name for name, row, key, parent in self.unrestricted if self._still_open(row, key, parent)]
        lost = [(row, key) for row, key in self.redirected if leads_nowhere(row, key, kept)]
        blocked += [key.name for row, key in lost if id(row) not in self.gone]
        saved = any(id(row) in self.gone for row in (*(row for _, row in self.restricted), *self.changed))
        saved |= any(
            key.deferrable is not Deferrable.DEFERRED and not self._still_open(row, key, parent)
            for _, row, key, parent in self.unrestricted
        )
        return Outcome(kept, blocked[0] if blocked else "", self.known and not saved, self.followed)

    def _still_open(self, row: Row, key: ForeignKey, parent: Row) -> bool:
        return id(row) not in self.gone and refers(row, key, parent)

    def _remove(self, table: str, victim: Row) -> None:
        if id(victim) in self.gone:
            return
        self.gone.add(id(victim))
        for child, key in self.schema.children(table):
            if key.enforced:
                for row in self.rows.get(child.name, ()):
                    if refers(row, key, victim):
                        self.followed.add(key.name)
                        if id(row) not in self.gone or key.on_delete in _REFUSING:
                            self._follow(child, key, row, victim)

    def _follow(self, child: Table, key: ForeignKey, row: Row, victim: Row) -> None:
        match key.on_delete:
            case Action.CASCADE:
                self._remove(child.name, row)
            case Action.SET_NULL:
                self.known &= not self._is_referred_to(child, key, row)
                row.update(dict.fromkeys(key.emptied))
                self.changed.append(row)
            case Action.SET_DEFAULT:
                self.known &= all(not isinstance(child.column(name).default, Sql) for name in key.columns)
                self.known &= not self._is_referred_to(child, key, row)
                row.update({name: literal_default(child, name) for name in key.columns})
                self.changed.append(row)
                self.redirected.append((row, key))
            case Action.RESTRICT:
                self.restricted.append((key.name, row))
            case Action.NO_ACTION:
                self.unrestricted.append((key.name, row, key, victim))

    def _is_referred_to(self, table: Table, key: ForeignKey, row: Row) -> bool:
        """Whether rows refer to what a foreign key is about to change: then their ON UPDATE counts."""
        return any(
            not set(below.parent_columns).isdisjoint(key.columns)
            and any(refers(each, below, row) for each in self.rows.get(child.name, ()))
            for child, below in self.schema.children(table.name)
            if below.enforced
        )


def prove_cascades(context: ProofContext, database: Database) -> None:
    """Delete a parent of every foreign key, by SQL and through a session; siblings have to survive."""
    schema = context.schema
    with context.section(Claim.CASCADES) as section:
        for table in schema.tables:
            keys = enforced_keys(context, table)
            if not keys or table.keeps_rows:  # no key is followed where no row goes
                continue
            family = context.sample_rows.family(descendants(schema, table.name))
            if not family[table.name]:
                section.untried(f"{table.name}: no family of rows could be made to delete from")
                continue
            proved = _Deletion(context, database, section, table, family).run(keys)
            if left := keys - proved:
                family = context.sample_rows.family(descendants(schema, table.name), left)
                known = (False,) if in_cycle(schema, table) else (False, True)
                proved |= _Deletion(context, database, section, table, family, known).run(left)
            for name in sorted(keys - proved):
                section.untried(f"{name}: no rows could be made on which its ON DELETE can be seen")


class _Deletion:
    """Rows of one table and of all that hang on it.

    ``loaded`` says whether sessions know the children: where rows of tables in a cycle refer to each other both ways,
    SQLAlchemy itself fails with a KeyError if they do.
    """

    def __init__(
        self,
        context: ProofContext,
        database: Database,
        section: Section,
        table: Table,
        family: Rows,
        loaded: tuple[bool, ...] = (False, True),
    ) -> None:
        self.loaded = loaded
        self.schema = context.schema
        self.sample_rows = context.sample_rows
        self.dialect = database.dialect
        self.section = section
        self.table = table
        self.rows = family
        self.family = Family(context, database, section, table, family, "delete")

    def run(self, keys: set[str]) -> set[str]:
        """Delete rows until every key has been followed, to a refusal and to a delete where both may be: the keys."""
        proved: set[tuple[str, bool]] = set()
        for victim in self.rows[self.table.name]:
            outcome = simulate(self.schema, self.rows, self.table.name, victim)
            shown = {(name, bool(outcome.refused_by)) for name in outcome.followed & keys}
            if outcome.certain and shown - proved and self.sample_rows.fit(outcome.rows):
                if not self.family.by_sql(self._statement(victim), outcome):
                    break
                self._through_sessions(victim, outcome)
                proved |= shown
        return {name for name, _ in proved}

    def _through_sessions(self, victim: Row, outcome: Outcome) -> None:
        if refers_to_itself(victim, self.table):
            text = f"{self.table.name}: a session does not delete a row that refers to itself; SQL was tried"
            self.section.remark(text)
        elif key := key_of(self.table, victim):
            for loaded in self.loaded:
                step = {"do": "delete", "table": self.table.name, "key": key, "loaded": loaded}
                self.family.through_session(step, f"session.delete({self.table.class_name})", outcome)

    def _statement(self, victim: Row) -> str:
        key = key_of(self.table, victim) or victim
        return f"DELETE FROM {self.dialect.quote(self.table.name)} WHERE {where(self.dialect, self.table, key)}"
