"""What a model leaves to the database: a row through it has what the same row by SQL has, left out or given as NULL."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from uuid import UUID

from schemagen.base.escape import sql_string
from schemagen.databases.values import comparable, select
from schemagen.engines.sqlite.types import is_numbered, is_row_number
from schemagen.schema import types as t
from schemagen.schema.dialect import Sql
from schemagen.verify.dependent_rows import following, insert_all, inserts, set_by_triggers
from schemagen.verify.report import Claim

from .examples import insert_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemagen.databases.memory import Row
    from schemagen.databases.scratch import Database
    from schemagen.datagen.violations import ConstraintCase
    from schemagen.schema.model import Column, Schema, Table, Value
    from schemagen.verify.context import ProofContext
    from schemagen.verify.report import Section

BEYOND = 20_000
"""Where identities go on: no row has a number from here, and a smallint holds it."""

A_DAY = dt.timedelta(days=1)


def prove_defaults(context: ProofContext, database: Database) -> None:
    """Insert one valid row of each table without what may be left out, and with NULL in place of each default.

    By SQL and through the model both rows have to be equal but for clocks, UUIDs and the like.
    """
    with context.section(Claim.MODELS) as section:
        for case in filter(lambda case: comparable(case.table), context.sample_rows.cases):
            trial = _Trial(context, database, section, case)
            for what, row in trial.rows():
                trial.compare(what, row)


class _Trial:
    """Rows of one table, each inserted by SQL and through the model into databases that are alike."""

    def __init__(self, context: ProofContext, database: Database, section: Section, case: ConstraintCase) -> None:
        self._subject = context
        self._schema = context.schema
        self._database = database
        self._section = section
        self._case = case
        self._table = case.table

    def rows(self) -> list[tuple[str, Row]]:
        """The rows that the engine accepts, each with what it is."""
        valid = self._case.valid
        omitted = [c.name for c in self._table.columns if c.name in valid and self._may_be_left_out(c)]
        nulls = [c.name for c in self._table.columns if c.name in valid and c.nullable and c.default is not None]
        with self._database.scratch():
            if not self._prepare():
                return []
            found = [
                ("a row of what must be given", self._accepted(_without, omitted)),
                ("a row with NULL for its defaults", self._accepted(_with_null, nulls)),
            ]
        return [(what, row) for what, row in found if row != valid]

    def _may_be_left_out(self, column: Column) -> bool:
        """Whether both ways fill a column: SQLite has no use for the default of a row's number, which a model has."""
        if column.default and self._database.dialect.name == "sqlite" and is_row_number(self._table, column):
            return False
        return column.nullable or column.default is not None or column.identity

    def _prepare(self) -> bool:
        """Let identities go on where no row has been, and insert the rows that go before."""
        for statement in self._restarts():
            self._database.run(statement)
        return insert_all(self._subject, self._database, self._case.before, self._section)

    def _restarts(self) -> list[str]:
        dialect = self._database.dialect
        if dialect.name != "postgres":
            return []
        table = sql_string(dialect.quote(self._table.name))
        return [
            f"SELECT setval(pg_get_serial_sequence({table}, {sql_string(column.name)}), {BEYOND}, false)"
            for column in self._table.columns
            if column.identity
        ]

    def _accepted(self, change: Callable[[Row, list[str]], Row], names: list[str]) -> Row:
        """The valid row with all of these columns changed, or else with each one that the engine accepts."""
        row = self._case.valid
        whole = change(row, names)
        if self._is_accepted(whole):
            return whole
        for name in names:
            if self._is_accepted(change(row, [name])):
                row = change(row, [name])
        return row

    def _is_accepted(self, row: Row) -> bool:
        statement = insert_row(self._database.dialect, self._table, row)
        return self._database.attempt(statement, self._schema, keep=False) is None

    def compare(self, what: str, row: Row) -> None:
        """Insert a row both ways and compare what each of them leaves."""
        by_sql = self._by_sql(row)
        by_model = self._by_model(what, row)
        if by_sql is None or by_model is None:
            return
        by_triggers = set_by_triggers(self._schema, self._table)
        loose = (_set_by_itself(self._schema, self._table) - row.keys()) | by_triggers
        for column in comparable(self._table):
            one, other = by_sql[column.name], by_model[column.name]
            is_alike = _are_alike(column, one, other) if column.name in loose else one == other
            where = f"{self._table.name}.{column.name} of {what}, through the model"
            if is_alike:
                self._section.holds()
            else:
                self._section.fails(where, f"{one!r}, as by SQL", repr(other))

    def _by_sql(self, row: Row) -> Row | None:
        with self._database.scratch():
            if not self._prepare():
                return None
            before = self._database.rows(self._table)
            if self._database.attempt(insert_row(self._database.dialect, self._table, row), self._schema):
                return None
            return _added(self._table, before, self._database.rows(self._table), self._lasting(row))

    def _by_model(self, what: str, row: Row) -> Row | None:
        dialect = self._database.dialect
        texts = [*self._restarts(), *inserts(self._schema, dialect, self._case.before)]
        read = {"do": "rows", "table": self._table.name, "text": select(dialect, self._table, comparable(self._table))}
        steps: list[dict[str, Any]] = [
            {"do": "sql", "texts": texts},
            read,
            {"do": "add", "table": self._table.name, "row": row},
            {"do": "settle"},
            read,
        ]
        results = self._subject.models.session(self._database.url, steps)
        refused = next((result["error"] for result in results if "error" in result), None)
        if refused:
            self._section.fails(f"{self._table.name}, {what} through the model", "accepted, as by SQL", refused)
            return None
        before, after = (result["value"] for step, result in zip(steps, results, strict=True) if step is read)
        return _added(self._table, before, after, self._lasting(row))

    def _lasting(self, row: Row) -> Row:
        """What no trigger has changed of a row."""
        return _without(row, list(set_by_triggers(self._schema, self._table)))


def _without(row: Row, names: list[str]) -> Row:
    return {name: value for name, value in row.items() if name not in names}


def _with_null(row: Row, names: list[str]) -> Row:
    return {**row, **dict.fromkeys(names)}


def _added(table: Table, before: list[Row], after: list[Row], given: Row) -> Row | None:
    """The row that is there now and was not before; triggers may have changed others, so its key tells it, if any."""
    key = table.primary_key.columns if table.primary_key else ()
    names = [column.name for column in comparable(table)]
    telling = [name for name in names if name in key] if set(key) <= set(names) and key else names
    old = [[row[name] for name in telling] for row in before]
    new = []
    for row in after:
        values = [row[name] for name in telling]
        if values in old:
            old.remove(values)
        else:
            new.append(row)
    fitting = [row for row in new if all(row[name] == value for name, value in given.items() if name in row)]
    return next(iter(fitting or new), None)


def _set_by_itself(schema: Schema, table: Table) -> set[str]:
    """Columns whose values differ from row to row: expressions, identities, triggers, and what follows from them."""
    found = set_by_triggers(schema, table)
    found |= {column.name for column in table.columns if isinstance(column.default, Sql) or column.identity}
    found |= {column.name for column in table.columns if is_numbered(column, table)}
    return following(table, found)


def _are_alike(column: Column, one: Value, other: Value) -> bool:
    """Whether two values come from the same clock or the same maker of keys; of others only whether they are NULL."""
    if one is None or other is None:
        return one is other
    match column.type:
        case t.DayType():
            return abs(dt.datetime.fromisoformat(str(one)) - dt.datetime.fromisoformat(str(other))) <= A_DAY
        case t.Uuid():
            return UUID(str(one)).version == UUID(str(other)).version
    return True
