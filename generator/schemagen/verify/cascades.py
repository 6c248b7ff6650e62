"""Cascades: a parent is deleted, and exactly the rows go, change or stay that the foreign keys say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from schemagen.model import Action, LiteralDefault

from .databases import Cause
from .fill import insert
from .material import key_of, where
from .negative import insert_all
from .report import Claim
from .values import comparable, select

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemagen.model import ForeignKey, Schema, Table

    from .databases import Database
    from .fill import Row
    from .report import Section
    from .subject import Subject

Rows = dict[str, list["Row"]]


@dataclass(slots=True)
class Outcome:
    """What a DELETE has to do: the rows of every table afterwards, or that it is refused.

    ``certain`` is false where it depends on the order in which an engine looks at its keys: a child that a RESTRICT
    protects is deleted on another way in the same statement.
    """

    rows: Rows
    refused_by: str = ""
    certain: bool = True
    followed: set[str] = field(default_factory=set)


def simulate(schema: Schema, rows: Mapping[str, list[Row]], table: str, victim: Row) -> Outcome:
    """Delete a row as the documented foreign keys say, without any database."""
    return _Simulation(schema, rows).delete(table, victim)


class _Simulation:
    """Rows as they are while deletes spread."""

    def __init__(self, schema: Schema, rows: Mapping[str, list[Row]]) -> None:
        self.schema = schema
        self.rows = {name: [dict(row) for row in listed] for name, listed in rows.items()}
        self.gone: set[int] = set()
        self.followed: set[str] = set()
        self.restricted: list[tuple[str, Row]] = []
        self.unrestricted: list[tuple[str, Row, ForeignKey, Row]] = []
        self.redirected: list[tuple[Row, ForeignKey]] = []

    def delete(self, table: str, victim: Row) -> Outcome:
        self._remove(table, next(row for row in self.rows[table] if row == victim))
        kept = {name: [row for row in listed if id(row) not in self.gone] for name, listed in self.rows.items()}
        blocked = [name for name, row in self.restricted if id(row) not in self.gone]
        blocked += [name for name, row, key, parent in self.unrestricted if self._still_open(row, key, parent)]
        blocked += [key.name for row, key in self.redirected if self._leads_nowhere(row, key, kept)]
        saved = any(id(row) in self.gone for _, row in self.restricted)
        return Outcome(kept, blocked[0] if blocked else "", not saved, self.followed)

    def _still_open(self, row: Row, key: ForeignKey, parent: Row) -> bool:
        return id(row) not in self.gone and _refers(row, key, parent)

    def _leads_nowhere(self, row: Row, key: ForeignKey, kept: Rows) -> bool:
        """Whether a row that has its default now refers to a row that is not there."""
        if id(row) in self.gone or any(row.get(name) is None for name in key.columns):
            return False
        return not any(_refers(row, key, parent) for parent in kept.get(key.parent, ()))

    def _remove(self, table: str, victim: Row) -> None:
        if id(victim) in self.gone:
            return
        self.gone.add(id(victim))
        for child, key in self.schema.children(table):
            if key.enforced:
                for row in self.rows.get(child.name, ()):
                    if _refers(row, key, victim):
                        self.followed.add(key.name)
                        if id(row) not in self.gone or key.on_delete is Action.RESTRICT:
                            self._follow(child, key, row, victim)

    def _follow(self, child: Table, key: ForeignKey, row: Row, victim: Row) -> None:
        match key.on_delete:
            case Action.CASCADE:
                self._remove(child.name, row)
            case Action.SET_NULL:
                row.update(dict.fromkeys(key.columns))
            case Action.SET_DEFAULT:
                row.update({name: _default(child, name) for name in key.columns})
                self.redirected.append((row, key))
            case Action.RESTRICT:
                self.restricted.append((key.name, row))
            case Action.NO_ACTION:
                self.unrestricted.append((key.name, row, key, victim))


def _refers(row: Row, key: ForeignKey, parent: Row) -> bool:
    pairs = zip(key.columns, key.parent_columns, strict=True)
    return all(row.get(name) is not None and row[name] == parent.get(of) for name, of in pairs)


def _default(table: Table, name: str) -> Any:
    default = table.column(name).default
    return default.value if isinstance(default, LiteralDefault) else None


def prove_cascades(subject: Subject, database: Database) -> None:
    """Delete a parent of every foreign key, by SQL and through a session; siblings have to survive."""
    schema = subject.schema
    with subject.section(Claim.CASCADES) as section:
        for table in schema.tables:
            keys = {key.name for _, key in schema.children(table.name) if key.enforced}
            if not keys:
                continue
            family = subject.material.family(_descendants(schema, table.name))
            if family is None:
                section.remark(f"{table.name}: no family of rows could be made to delete from")
                continue
            proved = _Deletion(subject, database, section, table, family).run(keys)
            for name in sorted(keys - proved):
                section.remark(f"{name}: no rows could be made on which its ON DELETE can be seen")


def _descendants(schema: Schema, name: str) -> set[str]:
    found, waiting = set[str](), [name]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting += [child.name for child, key in schema.children(current) if key.enforced]
    return found


class _Deletion:
    """Rows of one table and of all that hang on it."""

    def __init__(self, subject: Subject, database: Database, section: Section, table: Table, family: Rows) -> None:
        self.subject = subject
        self.schema = subject.schema
        self.database = database
        self.dialect = database.dialect
        self.section = section
        self.table = table
        self.family = family
        self.filled = {child.name: _set_by_triggers(self.schema, child) for child in self.schema.tables}

    def run(self, keys: set[str]) -> set[str]:
        """Delete rows until every key has been followed: the keys that were."""
        proved: set[str] = set()
        for victim in self.family[self.table.name]:
            outcome = simulate(self.schema, self.family, self.table.name, victim)
            if outcome.certain and outcome.followed & keys - proved:
                self._by_sql(victim, outcome)
                self._through_session(victim, outcome, loaded=False)
                self._through_session(victim, outcome, loaded=True)
                proved |= outcome.followed & keys
        return proved

    def _statement(self, victim: Row) -> str:
        key = key_of(self.table, victim) or victim
        return f"DELETE FROM {self.dialect.quote(self.table.name)} WHERE {where(self.dialect, self.table, key)}"

    def _by_sql(self, victim: Row, outcome: Outcome) -> None:
        statement = self._statement(victim)
        with self.database.scratch():
            if not insert_all(self.subject, self.database, self.family, self.section):
                return
            refusal = self.database.attempt(statement, self.schema)
            what = f"delete of one of {self.table.name}"
            if outcome.refused_by:
                seen = refusal.message if refusal else "the row was deleted"
                fits = refusal is not None and refusal.cause is Cause.FOREIGN_KEY
                self._fact(what, f"refused by {outcome.refused_by}", seen, statement, holds=fits)
            elif refusal:
                self.section.fails(what, "the row is deleted", refusal.message, statement)
            else:
                found = {name: self.database.rows(self.schema.table(name)) for name in self.family}
                self._compare(outcome.rows, found, statement)

    def _fact(self, subject: str, expected: str, seen: str, statement: str, *, holds: bool) -> None:
        if holds:
            self.section.holds()
        else:
            self.section.fails(subject, expected, seen, statement)

    def _compare(self, expected: Rows, found: Mapping[str, list[Row]], statement: str) -> None:
        for name, rows in expected.items():
            table = self.schema.table(name)
            columns = [
                column.name
                for column in comparable(table)
                if column.generated is None and column.name not in self.filled[name]
            ]
            wanted = sorted(({n: row.get(n) for n in columns} for row in rows), key=repr)
            seen = sorted(({n: row.get(n) for n in columns} for row in found[name]), key=repr)
            what = f"rows of {name} after a delete from {self.table.name}"
            if wanted == seen:
                self.section.holds()
            else:
                self.section.fails(what, _difference(wanted, seen), _difference(seen, wanted), statement)

    def _through_session(self, victim: Row, outcome: Outcome, *, loaded: bool) -> None:
        """The same through the models, with and without the children in the session."""
        key = key_of(self.table, victim)
        if key is None:
            return
        before = [
            {"do": "sql", "text": insert(self.dialect, self.schema.table(name), [row])}
            for name, rows in self.family.items()
            for row in rows
        ]
        delete = {"do": "delete", "table": self.table.name, "key": key, "loaded": loaded}
        reads = [
            {"do": "rows", "table": name, "text": select(self.dialect, table, comparable(table))}
            for name, table in ((name, self.schema.table(name)) for name in self.family)
        ]
        results = self.subject.models.session(self.database.url, [*before, delete, *reads])
        statement = f"session.delete({self.table.class_name})"
        what = f"delete of one of {self.table.name} through a session{', children loaded' if loaded else ''}"
        failed = next((result["error"] for result in results[: len(before)] if "error" in result), "")
        deleted = results[len(before)]
        if failed:
            self.section.fails(what, "its rows are accepted", failed, statement)
        elif outcome.refused_by:
            seen = deleted.get("error", "the row was deleted")
            self._fact(what, f"refused by {outcome.refused_by}", seen, statement, holds="IntegrityError" in seen)
        elif "error" in deleted:
            self.section.fails(what, "the row is deleted", deleted["error"], statement)
        else:
            found = {
                str(step["table"]): result.get("value", [])
                for step, result in zip(reads, results[-len(reads) :], strict=True)
            }
            self._compare(outcome.rows, found, statement)


def _set_by_triggers(schema: Schema, table: Table) -> set[str]:
    """Columns that change by themselves when rows around them change."""
    touched = {key.touch for _, key in schema.children(table.name) if key.touch}
    return touched | {column.name for column in table.columns if column.on_row_update}


def _difference(rows: list[Row], others: list[Row]) -> str:
    """The first row that only one side has, and how many rows that side has in all."""
    alone = [row for row in rows if row not in others]
    return f"{len(rows)} rows" + (f", among them {alone[0]}" if alone else "")
