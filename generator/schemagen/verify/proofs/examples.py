"""Example rows: loaded by SQL and through the models, read back equal both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemagen.base.graph import reachable
from schemagen.databases.memory import insert
from schemagen.databases.values import INCOMPARABLE, comparable, select
from schemagen.engines.sqlite.types import is_row_number
from schemagen.schema.model import LiteralDefault
from schemagen.verify.dependent_rows import set_by_triggers
from schemagen.verify.report import Claim

if TYPE_CHECKING:
    from schemagen.databases.memory import Row
    from schemagen.databases.scratch import Database
    from schemagen.engines.base import Dialect
    from schemagen.schema.model import Example, Schema, Table
    from schemagen.verify.context import ProofContext
    from schemagen.verify.report import Section

Given = tuple["Table", "Row"]


def prove_examples(context: ProofContext, database: Database) -> None:
    """Load all example rows into one database, by SQL and again through the models."""
    given = [(table, dict(example.values)) for table in _shown_tables(context) for example in table.examples]
    if not given:
        return
    with context.section(Claim.EXAMPLES) as section:
        with database.scratch():
            order = _by_sql(context, database, given, section)
            tables = {table.name: table for table, _ in order}
            expected = {name: _expected(context.schema, database, table) for name, table in tables.items()}
            for name, table in tables.items():
                _compare(section, name, expected[name], database.rows(table, table.columns), "by SQL, read by SQL")
        _through_models(context, database, order, expected, section)


def _shown_tables(context: ProofContext) -> list[Table]:
    """The tables whose examples are proved, with their parents."""
    schema = context.schema
    wanted = reachable(
        [table.name for table in context.sample_rows.tables],
        lambda name: (key.parent for key in schema.table(name).enforced_foreign_keys),
    )
    return [table for table in schema.tables if table.name in wanted]


def _by_sql(context: ProofContext, database: Database, given: list[Given], section: Section) -> list[Given]:
    """Insert what refers to nothing that is missing, over and over: the order in which the rows went in."""
    order: list[Given] = []
    waiting, refusals = given, {}
    while waiting:
        left = []
        for table, row in waiting:
            statement = insert_row(database.dialect, table, row)
            refusal = database.attempt(statement, context.schema, settle=False)
            if refusal:
                left.append((table, row))
                refusals[table.name] = (refusal.message, statement)
            else:
                order.append((table, row))
        if len(left) == len(waiting):
            for table, _ in left:
                message, statement = refusals[table.name]
                section.fails(f"an example row of {table.name}", "accepted", message, statement, origin=table.origin)
            break
        waiting = left
    section.holds(len(order))
    refusal = database.attempt("SELECT 1", context.schema)
    section.equal("example rows, once all are there", "accepted", refusal.message if refusal else "accepted")
    return order


def insert_row(dialect: Dialect, table: Table, row: Row) -> str:
    """An INSERT of one row, which may have no columns at all."""
    return insert(dialect, table, [row]) if row else f"INSERT INTO {dialect.quote(table.name)} DEFAULT VALUES"


def _compare(section: Section, table: str, expected: list[Row], rows: list[Row], way: str) -> None:
    for one in expected:
        seen = [{name: row[name] for name in one} for row in rows]
        if one in seen:
            section.holds()
        else:
            section.fails(f"an example row of {table}, {way}", str(one), str(seen))


def _expected(schema: Schema, database: Database, table: Table) -> list[Row]:
    """What the stored examples of a table have; values of an engine's own types are what it makes of them."""
    own = [column for column in table.columns if isinstance(column.type, INCOMPARABLE)]
    return [
        expected_row(schema, table, example)
        | {
            column.name: database.kept(table, column, value)
            for column in own
            if (value := dict(example.values).get(column.name)) is not None
        }
        for example in table.examples
    ]


def expected_row(schema: Schema, table: Table, example: Example) -> Row:
    """What a stored example has: its values, literal defaults and NULL.

    Other defaults are the database's, and so is the number of a row of SQLite, which has no use for a default, and what
    triggers set where the insert of a child touches the table.
    """
    values = dict(example.values)
    found: Row = {}
    for column in comparable(table):
        if column.name in values:
            found[column.name] = values[column.name]
        elif isinstance(column.default, LiteralDefault) and not is_row_number(table, column):
            found[column.name] = column.default.value
        elif column.default is None and column.generated is None and not column.identity and not column.on_row_update:
            found[column.name] = None
    is_touched = any(key.touch for _, key in schema.children(table.name))
    changing = set_by_triggers(schema, table) if is_touched else set()
    return {name: value for name, value in found.items() if name not in changing}


def _through_models(
    context: ProofContext, database: Database, order: list[Given], expected: dict[str, list[Row]], section: Section
) -> None:
    tables = {table.name: table for table, _ in order}
    reads: list[dict[str, Any]] = []
    for name, table in tables.items():
        step = {"table": name, "columns": list(table.by_name)}
        text = select(database.dialect, table, table.columns)
        reads += [{"do": "read", **step}, {"do": "rows", **step, "text": text}]
    by_sql = [{"do": "sql", "texts": [insert_row(database.dialect, table, row)]} for table, row in order]
    added = [{"do": "add", "table": table.name, "row": row} for table, row in order]
    for way, writes in (("by SQL", by_sql), ("through the model", added)):
        steps = [*writes, {"do": "settle"}, *reads]
        results = context.models.session(database.url, steps)
        for step, result in zip(steps, results, strict=True):
            if "error" in result:
                what = " ".join(filter(None, [str(step["do"]), str(step.get("table", ""))]))
                section.fails(f"example rows {way}: {what}", "no error", result["error"])
            elif "read" in str(step["do"]) or step["do"] == "rows":
                back = "by SQL" if step["do"] == "rows" else "through the model"
                name = str(step["table"])
                _compare(section, name, expected[name], result["value"], f"{way}, read {back}")
