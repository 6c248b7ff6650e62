"""The engines agree on views: the same rows beneath a view give the same rows of it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from schemagen.changes.attached import tables_of
from schemagen.databases.memory import insert
from schemagen.schema import types as t
from schemagen.schema.model import Column, Table
from schemagen.verify.dependent_rows import insert_all
from schemagen.verify.report import BOTH, Claim

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemagen.databases.memory import Row
    from schemagen.databases.scratch import Database
    from schemagen.schema.model import Schema
    from schemagen.schema.objects import View
    from schemagen.verify.context import ProofContext
    from schemagen.verify.report import Ledger

ViewRows = dict[tuple[str, str], list["Row"]]
"""By view and the table beneath it that was filled: the rows of the view."""

_EACH_TIME = re.compile(r"(?i)\b(now|current_\w+|localtime\w*|clock_timestamp|random|gen_random_uuid)\b")


def view_rows(context: ProofContext, database: Database) -> ViewRows:
    """What the views that both engines have give, for the rows of each table beneath them."""
    found: ViewRows = {}
    with context.section(Claim.AGREEMENT) as section:
        for view in compared(context.schema):
            for name in sorted(tables_of([view], context.schema) & context.sample_rows.trials.keys()):
                before, trials = context.sample_rows.trials[name]
                with database.scratch():
                    if not insert_all(context, database, before, section):
                        continue
                    for row in (row for row, verdict in trials if verdict is None):
                        statement = insert(database.dialect, context.schema.table(name), [row])
                        database.attempt(statement, context.schema)
                    _refresh(context.schema, database)
                    found[view.name, name] = [_exact(view, row) for row in database.rows(_as_table(view))]
    return found


def compared(schema: Schema) -> Iterable[View]:
    """The views of both engines that no clock and no chance decides."""
    for view in schema.views:
        texts = view.sql.postgres, view.sql.sqlite
        if all(texts) and not any(_EACH_TIME.search(text or "") for text in texts):
            yield view


def _exact(view: View, row: Row) -> Row:
    """Whole numbers as such: PostgreSQL's sum() of bigint is numeric."""
    whole = {one.name for one in view.columns if isinstance(one.type, t.SmallInt | t.Integer | t.BigInt)}
    return {
        name: int(Decimal(value)) if name in whole and isinstance(value, str) else value for name, value in row.items()
    }


def _as_table(view: View) -> Table:
    return Table(view.name, tuple(Column(one.name, one.type, one.nullable) for one in view.columns))


def _refresh(schema: Schema, database: Database) -> None:
    """Fill the materialized views, which keep the rows of their last refresh."""
    for item in schema.attached:
        if item.kind == "materialized view" and item.sql.postgres and database.dialect.name == "postgres":
            database.run(f"REFRESH MATERIALIZED VIEW {database.dialect.quote(item.name)}")


def compare_views(ledger: Ledger, sqlite: ViewRows, postgres: ViewRows) -> None:
    """Compare the rows of each view; one that differs is reported once."""
    with ledger.section(Claim.AGREEMENT, BOTH) as section:
        reported: set[str] = set()
        for (view, table), rows in sqlite.items():
            others = postgres.get((view, table))
            if others is None or view in reported:
                continue
            if rows == others:
                section.holds(max(1, len(rows)))
            else:
                reported.add(view)
                one = next((row for row in rows if row not in others), "no more rows")
                other = next((row for row in others if row not in rows), "no more rows")
                section.fails(f"rows of view {view}", f"{one} (SQLite)", f"{other} (PostgreSQL)")
