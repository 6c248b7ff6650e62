"""Example rows: loaded by SQL and through the models, read back equal both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.model import LiteralDefault

from .fill import insert
from .report import Claim
from .values import comparable, select

if TYPE_CHECKING:
    from schemagen.dialects.base import Dialect
    from schemagen.model import Example, Schema, Table

    from .databases import Database
    from .fill import Row
    from .report import Section
    from .subject import Subject

Given = tuple["Table", "Row"]


def prove_examples(subject: Subject, database: Database) -> None:
    """Load all example rows into one database, by SQL and again through the models."""
    given = [(table, dict(example.values)) for table in subject.schema.tables for example in table.examples]
    if not given:
        return
    with subject.section(Claim.EXAMPLES) as section:
        with database.scratch():
            order = _by_sql(subject, database, given, section)
            tables = {table.name: table for table, _ in order}
            stored = {name: database.rows(table) for name, table in tables.items()}
            _compare(section, subject, stored, "by SQL, read by SQL")
        _through_models(subject, database, order, section)


def _by_sql(subject: Subject, database: Database, given: list[Given], section: Section) -> list[Given]:
    """Insert what refers to nothing that is missing, over and over: the order in which the rows went in."""
    order: list[Given] = []
    waiting, refusals = given, {}
    while waiting:
        left = []
        for table, row in waiting:
            statement = insert_row(database.dialect, table, row)
            refusal = database.attempt(statement, subject.schema, settle=False)
            if refusal:
                left.append((table, row))
                refusals[table.name] = (refusal.message, statement)
            else:
                order.append((table, row))
        if len(left) == len(waiting):
            for table, _ in left:
                message, statement = refusals[table.name]
                section.fails(f"an example row of {table.name}", "accepted", message, statement)
            break
        waiting = left
    section.holds(len(order))
    section.equal("example rows, once all are there", None, database.unsettled(subject.schema))
    return order


def insert_row(dialect: Dialect, table: Table, row: Row) -> str:
    """An INSERT of one row, which may have no columns at all."""
    return insert(dialect, table, [row]) if row else f"INSERT INTO {dialect.quote(table.name)} DEFAULT VALUES"


def _compare(section: Section, subject: Subject, stored: dict[str, list[Row]], way: str) -> None:
    for name, rows in stored.items():
        table = subject.schema.table(name)
        for example in table.examples:
            expected = expected_row(subject.schema, table, example)
            seen = [{name: row[name] for name in expected} for row in rows]
            if expected in seen:
                section.holds()
            else:
                section.fails(f"an example row of {name}, {way}", str(expected), str(seen))


def expected_row(schema: Schema, table: Table, example: Example) -> Row:
    """What a stored example has: its values, literal defaults and NULL.

    Other defaults are the database's, and so is a column that the insert of a child refreshes.
    """
    values = dict(example.values)
    found: Row = {}
    for column in comparable(table):
        if column.name in values:
            found[column.name] = values[column.name]
        elif isinstance(column.default, LiteralDefault):
            found[column.name] = column.default.value
        elif column.default is None and column.generated is None and not column.identity and not column.on_row_update:
            found[column.name] = None
    touched = {key.touch for _, key in schema.children(table.name)}
    return {name: value for name, value in found.items() if name not in touched}


def _through_models(subject: Subject, database: Database, order: list[Given], section: Section) -> None:
    tables = {table.name: table for table, _ in order}
    reads = [
        step
        for name, table in tables.items()
        for step in (
            {"do": "read", "table": name, "columns": [column.name for column in comparable(table)]},
            {"do": "rows", "table": name, "text": select(database.dialect, table, comparable(table))},
        )
    ]
    by_sql = [{"do": "sql", "text": insert_row(database.dialect, table, row)} for table, row in order]
    added = [{"do": "add", "table": table.name, "row": row} for table, row in order]
    for way, writes in (("by SQL", by_sql), ("through the model", added)):
        results = subject.models.session(database.url, [*writes, *reads])
        for step, result in zip([*writes, *reads], results, strict=True):
            if "error" in result:
                section.fails(f"example rows {way}: {step['do']} {step.get('table', '')}", "no error", result["error"])
            elif "read" in str(step["do"]) or step["do"] == "rows":
                back = "by SQL" if step["do"] == "rows" else "through the model"
                _compare(section, subject, {str(step["table"]): result["value"]}, f"{way}, read {back}")
