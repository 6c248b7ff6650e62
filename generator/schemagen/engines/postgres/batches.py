"""A step over many rows: some of them a transaction, along the primary key of one table.

Source: PostgreSQL, "Transaction Management" in PL/pgSQL: a DO block may commit where no transaction is open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.engines.standard import do_block, sql_text
from schemagen.schema.places import local_name

from .dialect import POSTGRES

if TYPE_CHECKING:
    from sqlglot import exp

    from schemagen.changes.migration import Statement
    from schemagen.schema.model import Table

LOW, HIGH = "schemagen_low", "schemagen_high"


def batched(sql: str, table: Table, alias: str, rows: int) -> Statement | None:
    """A statement that runs for some rows of a table at a time, and commits; None where it can't be cut so.

    Args:
        sql: an INSERT … SELECT, UPDATE or DELETE that reads the table once, at its outermost level.
        table: has a primary key.
        alias: what the statement calls the table.
        rows: how many of its rows make a transaction.
    """
    key = tuple(POSTGRES.quote(name) for name in table.primary_key.columns) if table.primary_key else ()
    part = _of_one_batch(sql, local_name(table.name), alias, key) if key else None
    if part is None:
        return None
    numbers = range(1, len(key) + 1)
    body = sql_text(
        "postgres/batches.sql.jinja",
        table=POSTGRES.quote(table.name),
        key=key,
        columns=", ".join(key),
        descending=", ".join(f"{column} DESC" for column in key),
        low=", ".join(f"{LOW}_{number}" for number in numbers),
        high=", ".join(f"{HIGH}_{number}" for number in numbers),
        rows=rows,
        statement=part,
    )
    return do_block(body)


def _of_one_batch(sql: str, table: str, alias: str, key: tuple[str, ...]) -> str | None:
    """The statement for the rows from one key to another."""
    import sqlglot
    from sqlglot import exp

    try:
        tree = sqlglot.parse_one(sql, dialect="postgres")
    except Exception:  # noqa: BLE001  (sqlglot's parser trips over some texts with errors of Python's own)
        return None
    outer = tree.expression if isinstance(tree, exp.Insert) else tree
    if not isinstance(outer, (exp.Select, exp.Update, exp.Delete)) or not _reads(outer, table, alias):
        return None
    named = [f"{POSTGRES.quote(alias)}.{column}" for column in key]
    low, high = (", ".join(f"{name}_{place}" for place in range(1, len(key) + 1)) for name in (LOW, HIGH))
    columns = ", ".join(named)
    outer.where(f"({columns}) >= ({low}) AND ({columns}) <= ({high})", dialect="postgres", copy=False)
    return tree.sql(dialect="postgres")


def _reads(outer: exp.Select | exp.Update | exp.Delete, table: str, alias: str) -> bool:
    """Whether the rows of a table decide what is done, each by itself."""
    from sqlglot import exp

    whole = ("group", "having", "distinct", "limit", "offset", "windows", "with_", "with")
    if any(outer.args.get(name) for name in whole):
        return False
    source = outer.args.get("from_") or outer.args.get("from")
    found = [outer.this if isinstance(outer, (exp.Update, exp.Delete)) else None, source.this if source else None]
    return any(isinstance(one, exp.Table) and one.name == table and one.alias_or_name == alias for one in found)
