"""What an UPDATE of a model's row fills by itself: the session shows it at once, and not what it has read before."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from schemagen.databases.values import INCOMPARABLE, comparable, select
from schemagen.datagen.columns import distinct_columns
from schemagen.datagen.synthetic import Unfillable, typed_value
from schemagen.datagen.test_rows import key_of, where
from schemagen.verify.dependent_rows import insert_all, inserts
from schemagen.verify.report import Claim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.databases.memory import Row
    from schemagen.databases.scratch import Database
    from schemagen.datagen.violations import ConstraintCase
    from schemagen.schema.model import Table
    from schemagen.verify.context import ProofContext
    from schemagen.verify.report import Section

NUMBERS = range(9100, 9110)


def prove_refreshed(context: ProofContext, database: Database) -> None:
    """Change a row of each table that fills columns by itself, through a session that has read it."""
    with context.section(Claim.MODELS) as section:
        for case in context.sample_rows.cases:
            names = [column.name for column in comparable(case.table) if column.on_row_update]
            key = key_of(case.table, case.valid)
            is_shown = key and not any(isinstance(case.table.column(name).type, INCOMPARABLE) for name in key)
            if names and key and is_shown and not case.table.append_only:
                _prove_table(context, database, section, case, (key, names))


def _prove_table(
    context: ProofContext, database: Database, section: Section, case: ConstraintCase, wanted: tuple[Row, list[str]]
) -> None:
    table, (key, names) = case.table, wanted
    change = _change(context, database, section, case, key)
    if change is None:
        section.remark(f"{table.name}: no UPDATE was found that shows in a session what it fills")
        return
    rows = {**case.before, table.name: [*case.before.get(table.name, ()), case.valid]}
    texts = inserts(context.schema, database.dialect, rows)
    results = context.models.session(
        database.url,
        [
            {"do": "sql", "texts": texts},
            {"do": "refresh", "table": table.name, "key": key, "values": change, "columns": names},
            {"do": "rows", "table": table.name, "text": select(database.dialect, table, comparable(table))},
        ],
    )
    refused = next((result["error"] for result in results if "error" in result), None)
    if refused:
        section.fails(f"{table.name}, an UPDATE through the model", "accepted, as by SQL", refused)
        return
    refreshed, found = (result["value"] for result in results[-2:])
    by_sql: Row = next((row for row in found if key.items() <= row.items()), {})
    for name in names:
        what = f"{table.name}.{name}, read from the session after an UPDATE"
        section.equal(what, by_sql.get(name), refreshed[name])


def _change(context: ProofContext, database: Database, section: Section, case: ConstraintCase, key: Row) -> Row | None:
    """One column and its other value that an UPDATE may set; None where every one is refused."""
    table, dialect = case.table, database.dialect
    with database.scratch():
        if not insert_all(context, database, {**case.before}, section):
            return None
        if not insert_all(context, database, {table.name: [case.valid]}, section):
            return None
        for change in _changes(table, case.valid):
            ((name, value),) = change.items()
            assigned = f"{dialect.quote(name)} = {dialect.literal(table.column(name).type, value)}"
            statement = f"UPDATE {dialect.quote(table.name)} SET {assigned} WHERE {where(dialect, table, key)}"
            if database.attempt(statement, context.schema, keep=False) is None:
                return change
    return None


def _changes(table: Table, row: Row) -> Iterator[Row]:
    """Other values for the columns that an UPDATE may name, those of no key first."""
    bound = distinct_columns(table) | {name for key in table.foreign_keys for name in key.columns}
    random = Random(2)  # noqa: S311  (repeatable on purpose)
    columns = [c for c in table.columns if c.name in row and not c.immutable and c.on_row_update is None]
    for column in sorted(columns, key=lambda column: column.name in bound):
        if table.primary_key and column.name in table.primary_key.columns:
            continue
        if column.nullable and row[column.name] is not None:
            yield {column.name: None}
        try:
            values = [typed_value(column, number, random, distinct=True) for number in NUMBERS]
        except Unfillable:
            continue
        yield from ({column.name: value} for value in values if value != row[column.name])
