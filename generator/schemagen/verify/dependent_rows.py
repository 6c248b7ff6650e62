"""A family, a table's rows and all that hang on them: what a statement or a session does to it, beside the spec."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from schemagen.base.graph import reachable
from schemagen.changes.renames import mentions
from schemagen.databases.memory import insert
from schemagen.databases.refusals import Cause, StatementError
from schemagen.databases.values import comparable, in_one_order, select
from schemagen.datagen.mentions import unseen_checks
from schemagen.datagen.references import refers
from schemagen.schema.model import LiteralDefault
from schemagen.verify.focus import looks_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from schemagen.databases.memory import Row
    from schemagen.databases.refusals import Refusal
    from schemagen.databases.scratch import Database
    from schemagen.engines.base import Dialect
    from schemagen.schema.model import ForeignKey, Schema, Table
    from schemagen.verify.context import ProofContext
    from schemagen.verify.report import Section

Rows = dict[str, list["Row"]]


@dataclass(slots=True)
class Outcome:
    """What a statement has to do: the rows of every table afterwards, or that it is refused.

    ``certain`` is false where it depends on the order in which an engine looks at its keys.
    """

    rows: Rows
    refused_by: str = ""
    certain: bool = True
    followed: set[str] = field(default_factory=set)


def descendants(schema: Schema, name: str) -> set[str]:
    """A table with every table that refers to it, directly or not."""
    return reachable([name], lambda one: (child.name for child, key in schema.children(one) if key.enforced))


def enforced_keys(context: ProofContext, table: Table) -> set[str]:
    """The names of the foreign keys that refer to a table and are to be proved."""
    children = context.schema.children(table.name)
    return {key.name for child, key in children if key.enforced and looks_at(context.focus, child.name, table.name)}


def insert_all(context: ProofContext, database: Database, rows: Mapping[str, Iterable[Row]], section: Section) -> bool:
    """Insert valid rows, parents before their children: whether all are in."""
    for name, row in in_order(context.schema, rows):
        statement = insert(database.dialect, context.schema.table(name), [row])
        try:
            database.run(statement)
        except StatementError as error:
            judge_refusal(section, context.schema.table(name), error.refusal, statement)
            return False
    return True


def in_order(schema: Schema, rows: Mapping[str, Iterable[Row]]) -> list[tuple[str, Row]]:
    """Rows with their tables, as near to the order given as it goes with every parent before its children.

    Tables may form a cycle, and rows of each of them refer to rows of the other; rows in a cycle come last.
    """
    waiting = [(name, row) for name, listed in rows.items() for row in listed]
    found: list[tuple[str, Row]] = []
    while waiting:
        left = {name: [row for of, row in waiting if of == name] for name in rows}
        free = [one for one in waiting if not _waits(schema, *one, left)] or waiting
        found += free
        waiting = [one for one in waiting if one not in free]
    return found


def inserts(schema: Schema, dialect: Dialect, rows: Mapping[str, Iterable[Row]]) -> list[str]:
    """INSERTs of these rows, parents before their children; rows of one table that come together are in one."""
    alike = groupby(in_order(schema, rows), key=lambda one: (one[0], tuple(one[1])))
    return [insert(dialect, schema.table(name), [row for _, row in listed]) for (name, _), listed in alike]


def _waits(schema: Schema, name: str, row: Row, left: Rows) -> bool:
    """Whether a parent of a row is still to come; the row itself is no such parent."""
    keys = schema.table(name).enforced_foreign_keys
    return any(parent is not row and refers(row, key, parent) for key in keys for parent in left.get(key.parent, ()))


def judge_refusal(section: Section, table: Table, refusal: Refusal, statement: str) -> None:
    """A valid row that is refused: a failure, unless it is by a check that SQLite, which was asked, does not have."""
    if refusal.cause is Cause.CHECK and refusal.name in {check.name for check in unseen_checks(table)}:
        example = "give the table an example row"
        section.untried(f"{table.name}: {refusal.name}, which SQLite does not have, refuses its rows: {example}")
    else:
        section.fails(f"{table.name}, a valid row", "accepted", refusal.message, statement)


def in_cycle(schema: Schema, table: Table) -> bool:
    """Whether a table refers to one that hangs on it, be it itself."""
    hanging = descendants(schema, table.name)
    return any(key.parent in hanging for key in table.enforced_foreign_keys)


def refers_to_itself(row: Row, table: Table) -> bool:
    """Whether a row is its own parent."""
    return any(key.parent == table.name and refers(row, key, row) for key in table.enforced_foreign_keys)


def leads_nowhere(row: Row, key: ForeignKey, rows: Rows) -> bool:
    """Whether a row's foreign key is set, and no parent has it."""
    if any(row.get(name) is None for name in key.columns):
        return False
    return not any(refers(row, key, parent) for parent in rows.get(key.parent, ()))


def literal_default(table: Table, name: str) -> Any:
    """The plain value that a column is given by SET DEFAULT; None where it has none."""
    default = table.column(name).default
    return default.value if isinstance(default, LiteralDefault) else None


def set_by_triggers(schema: Schema, table: Table) -> set[str]:
    """Columns that triggers set, and what follows from them: those that children touch, those that an UPDATE fills."""
    touched = {key.touch for _, key in schema.children(table.name) if key.touch}
    return following(table, touched | {column.name for column in table.columns if column.on_row_update})


def following(table: Table, names: set[str]) -> set[str]:
    """These columns, and the generated ones that are made of them."""
    found = set(names)
    generated = {column.name: column.generated for column in table.columns if column.generated}
    for _ in generated:
        for name, sql in generated.items():
            if any(mentions(text, found) for text in (sql.postgres, sql.sqlite) if text):
                found.add(name)
    return found


class Family:
    """Rows of one table and of all that hang on it, and how something that is done to one of them is judged.

    ``act`` is what is done, as it stands in a report: ``delete``.
    """

    def __init__(
        self, context: ProofContext, database: Database, section: Section, table: Table, rows: Rows, act: str
    ) -> None:
        self._subject = context
        self._schema = context.schema
        self._database = database
        self._section = section
        self._table = table
        self._rows = rows
        self._what = f"{act} of one of {table.name}"

    def by_sql(self, statement: str, outcome: Outcome) -> bool:
        """Run a statement on the rows and compare what it leaves: whether there are such rows."""
        with self._database.scratch():
            if not insert_all(self._subject, self._database, self._rows, self._section):
                return False
            refusal = self._database.attempt(statement, self._schema)
            if outcome.refused_by:
                fits = refusal is not None and refusal.cause is Cause.FOREIGN_KEY
                self._refused(self._what, outcome, refusal.message if refusal else "", statement, holds=fits)
            elif refusal:
                self._section.fails(self._what, "it is done", refusal.message, statement)
            else:
                found = {name: self._database.rows(self._schema.table(name)) for name in self._rows}
                self._compare(self._what, outcome.rows, found, statement)
        return True

    def through_session(self, step: dict[str, Any], statement: str, outcome: Outcome) -> None:
        """The same through the models; ``step`` says what a session does, and whether it knows the children."""
        dialect = self._database.dialect
        before = {"do": "sql", "texts": inserts(self._schema, dialect, self._rows)}
        reads = [
            {"do": "rows", "table": name, "text": select(dialect, table, comparable(table))}
            for name, table in ((name, self._schema.table(name)) for name in self._rows)
        ]
        results = self._subject.models.session(self._database.url, [before, step, *reads])
        what = f"{self._what} through a session{', children loaded' if step['loaded'] else ''}"
        failed, seen = (str(result.get("error", "")) for result in results[:2])
        if failed:
            self._section.fails(what, "its rows are accepted", failed, statement)
        elif outcome.refused_by:
            self._refused(what, outcome, seen, statement, holds="IntegrityError" in seen)
        elif seen:
            self._section.fails(what, "it is done", seen, statement)
        else:
            found = {
                str(read["table"]): result.get("value", [])
                for read, result in zip(reads, results[-len(reads) :], strict=True)
            }
            self._compare(what, outcome.rows, found, statement)

    def _refused(self, what: str, outcome: Outcome, seen: str, statement: str, *, holds: bool) -> None:
        if holds:
            self._section.holds()
        else:
            self._section.fails(what, f"refused by {outcome.refused_by}", seen or "it was done", statement)

    def _compare(self, what: str, expected: Rows, found: Mapping[str, list[Row]], statement: str) -> None:
        for name, rows in expected.items():
            table = self._schema.table(name)
            filled = set_by_triggers(self._schema, table)
            columns = [
                column.name for column in comparable(table) if column.generated is None and column.name not in filled
            ]
            wanted = sorted(({n: row.get(n) for n in columns} for row in rows), key=in_one_order)
            seen = sorted(({n: row.get(n) for n in columns} for row in found[name]), key=in_one_order)
            if wanted == seen:
                self._section.holds()
            else:
                text = f"rows of {name} after a {what}"
                self._section.fails(text, _difference(wanted, seen), _difference(seen, wanted), statement)


def _difference(rows: list[Row], others: list[Row]) -> str:
    """The first row that only one side has, and how many rows that side has in all."""
    alone = [row for row in rows if row not in others]
    return f"{len(rows)} rows" + (f", among them {alone[0]}" if alone else "")
