"""Partitioned tables on PostgreSQL, and the partitions that are objects of one's own.

Source: PostgreSQL, "5.12. Table Partitioning", "ALTER TABLE" (ATTACH PARTITION, DETACH PARTITION).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.escape import sql_string
from schemagen.changes.migration import Statement
from schemagen.engines.standard import do_block, sql_text
from schemagen.schema.names import bounded_name, partition_name
from schemagen.schema.partitions import KEEPING
from schemagen.sql.own_partitions import made_partition

if TYPE_CHECKING:
    from schemagen.changes.changes import AlterTable
    from schemagen.engines.base import Dialect
    from schemagen.schema.model import Table
    from schemagen.schema.objects import OwnObject
    from schemagen.sql.own_partitions import MadePartition


def partition_clause(dialect: Dialect, table: Table) -> str:
    """``PARTITION BY …``; empty for a table that has none."""
    by = table.partition
    return f"PARTITION BY {by.method.upper()} ({', '.join(map(dialect.quote, by.columns))})" if by else ""


def whole_partition(dialect: Dialect, table: Table) -> Statement:
    """The one partition of a new table for which no others are written: it takes every row."""
    is_hash = table.partition is not None and table.partition.method == "hash"
    bound = "FOR VALUES WITH (MODULUS 1, REMAINDER 0)" if is_hash else "DEFAULT"
    name = dialect.quote(partition_name(table.name))
    sql = f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {dialect.quote(table.name)} {bound}"
    return Statement(sql, "Takes every row that no other partition takes")


def redivided(dialect: Dialect, change: AlterTable) -> tuple[Statement, ...]:
    """What makes way for partitions that are made as time goes on, or has one take all that they do not.

    The partition of all rows that there was takes those until the end of the present period, so that the next ones find
    no row of theirs in it ("5.12. Table Partitioning", DEFAULT).
    """
    table, old, new = change.new, change.moved.partition, change.new.partition
    if old is None or new is None or bool(old.period) is bool(new.period):
        return ()
    all_rows, before = partition_name(table.name), bounded_name((new.stem or old.stem), "before")
    text = sql_text(
        "postgres/first_period.sql.jinja" if new.period else "postgres/no_period.sql.jinja",
        table=dialect.quote(table.name),
        table_literal=sql_string(dialect.quote(table.name)),
        all_rows=dialect.quote(all_rows),
        all_rows_literal=sql_string(dialect.quote(all_rows)),
        before=dialect.quote(before),
        before_literal=sql_string(dialect.quote(before)),
        period=new.period,
        trigger=KEEPING,
    )
    return (do_block(text),)


def creation(item: OwnObject) -> Statement:
    """What makes a partition, safe to run twice."""
    made = made_partition(item)
    further = f" {made.further}" if made.further else ""
    sql = f"CREATE TABLE IF NOT EXISTS {made.name} PARTITION OF {made.parent} {made.bound}{further}"
    return Statement(sql, item.description)


def removal(item: OwnObject) -> Statement:
    """What drops a partition with its rows, unless somebody has detached it: then it is a table of its own."""
    drop, made = item.drop.postgres or "", made_partition(item)
    if not drop.upper().startswith("DROP TABLE"):
        return Statement(drop)
    child, parent = (f"to_regclass({sql_string(name)})" for name in (made.name, made.parent))
    body = (
        f"BEGIN\n    IF EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhrelid = {child} AND inhparent = {parent}) "
        f"THEN\n        {_detach(made)};\n        DROP TABLE {made.name};\n    END IF;\nEND"
    )
    return do_block(body)


def detachment(old: OwnObject, new: OwnObject) -> tuple[Statement, ...]:
    """What takes a partition that stays out of its parent, until it has its other bounds; its rows stay in it."""
    return (Statement(_detach(made_partition(old))),) if _moves(old, new) else ()


def attachment(old: OwnObject, new: OwnObject) -> tuple[Statement, ...]:
    """What gives it its other bounds: a row that does not fit stops it."""
    made = made_partition(new)
    sql = f"ALTER TABLE {made.parent} ATTACH PARTITION {made.name} {made.bound}"
    return (Statement(sql),) if _moves(old, new) else ()


def _detach(made: MadePartition) -> str:
    return f"ALTER TABLE {made.parent} DETACH PARTITION {made.name}"


def _moves(old: OwnObject, new: OwnObject) -> bool:
    """Whether its bounds are others: where the parent has another name alone, there is nothing to do."""
    return made_partition(old).bound != made_partition(new).bound
