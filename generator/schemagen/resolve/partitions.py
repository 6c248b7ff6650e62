"""Partitioned tables: which columns divide the rows, and what PostgreSQL then asks of keys.

Source: PostgreSQL, "5.12. Table Partitioning" (Limitations).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from schemagen.schema import types as t
from schemagen.schema.names import partition_name
from schemagen.schema.partition import Partition
from schemagen.schema.partitions import names_of
from schemagen.schema.places import HERE

from .columns import unknown_column
from .context import NAME_TAKEN
from .keys import check_columns
from .partition_parts import BAD_PARTITION, with_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from schemagen.base.diagnostics import Origin
    from schemagen.schema.index import Index
    from schemagen.schema.model import Schema, Table
    from schemagen.schema.partition import PartitionMethod
    from schemagen.schema.types import Type

    from .context import Context, Draft


def resolve_partition(draft: Draft, types: Mapping[str, Type], context: Context) -> Partition | None:
    """How a table is partitioned; what PostgreSQL refuses is reported, and None."""
    written, at = draft.spec.partition, draft.origin.child("partition")
    if written is None:
        return None
    ways = {name: value for name in ("range", "list", "hash") if (value := getattr(written, name)) is not None}
    if len(ways) != 1:
        message = "a table is partitioned in one way" if ways else "`partition` does not say how"
        hint = "write one of `{range: c}`, `{list: c}` and `{hash: c}`"
        context.reporter.error(BAD_PARTITION, message, at, key=True, hint=hint)
        return None
    ((method, value),) = ways.items()
    columns = [value] if isinstance(value, str) else value
    where = at.child(method)
    are_known = check_columns if columns is value else _is_known
    if not are_known(columns, draft, where, context) or not _are_fit(method, columns, draft, types, where, context):
        return None
    by = Partition(cast("PartitionMethod", method), tuple(columns))
    return with_parts(by, written, draft, types, context)


def _is_known(columns: list[str], draft: Draft, at: Origin, context: Context) -> bool:
    return not unknown_column(columns[0], draft, at, context)


def _are_fit(
    method: str, columns: list[str], draft: Draft, types: Mapping[str, Type], at: Origin, context: Context
) -> bool:
    """Whether PostgreSQL can divide rows by these columns, and the triggers of the table leave them where they are."""
    found = [("a list is of one column", "name one, or write `range`")] if method == "list" and columns[1:] else []
    for name in columns:
        column = draft.spec.columns[name]
        if column.generated:
            found.append((f"`{name}` is generated, and rows can't be divided by such a column", "name another column"))
        if isinstance(types.get(name), t.Json):
            found.append(
                (f"PostgreSQL can't compare json, so rows can't be divided by `{name}`", "name another column")
            )
        if column.on_row_update:
            reason = f"`on_row_update` of `{name}` would move rows to other partitions, which no trigger may"
            found.append((reason, "name another column, or take `on_row_update` away"))
    for message, hint in found:
        context.reporter.error(BAD_PARTITION, message, at, hint=hint)
    return not found


def report_keys_across_partitions(table: Table, context: Context) -> None:
    """Report each key and unique index that leaves a column out by which the rows are divided."""
    if table.partition is None:
        return
    if table.postgres != HERE and table.origin:
        message = "a partitioned table cannot be in another schema or under another name on PostgreSQL yet"
        hint = "take `partition` or `postgres` away"
        context.reporter.error(BAD_PARTITION, message, table.origin.child("partition"), key=True, hint=hint)
    by = table.partition.columns  # what the specs call them, as the keys have them here
    for what, columns, at in _unique_rules(table):
        missing = [name for name in table.partition.columns if name not in columns]
        if missing and at:
            named = ", ".join(f"`{name}`" for name in missing)
            message = f"the {what} lacks {named}: PostgreSQL keeps it unique only within a partition"
            hint = f"name all of {', '.join(by)} in it: then the same values may stand in two partitions"
            context.reporter.error(BAD_PARTITION, message, at, key=True, hint=hint)


def _unique_rules(table: Table) -> Iterator[tuple[str, tuple[str, ...], Origin | None]]:
    if table.primary_key:
        yield "primary key", table.primary_key.columns, table.origin
    yield from ((f"unique constraint `{each.name}`", each.columns, each.origin) for each in table.uniques)
    yield from (
        (f"unique index `{index.name}`", index.columns, index.origin) for index in table.indexes if _is_unique(index)
    )


def _is_unique(index: Index) -> bool:
    return index.unique and index.only != "sqlite"


def report_partition_names(schema: Schema, taken: Iterable[str], context: Context) -> None:
    """Report each table whose own partitions would have names of something else, or stand beside written ones."""
    names = {name.lower() for name in (*taken, *(own.name for own in schema.objects))}
    for table in schema.tables:
        by, at = table.partition, table.origin and table.origin.child("partition")
        if by is None or at is None:
            continue
        for name in (each for each in _made_names(schema, table, by) if each.lower() in names):
            message = f"{_WHAT[by.makes_partitions, by.period is not None].format(table.key)} would be called `{name}`"
            hint = "give the other one another name, or write the partitions as objects of kind `partition`"
            context.reporter.error(NAME_TAKEN, f"{message}, which is taken", at, key=True, hint=hint)
        for own in schema.partitions_of(table) if by.parts or by.values else ():
            message = f"`{own.name}` is a partition of `{table.key}`, which says itself which ones it has"
            hint = f"leave it out, or {'`parts`' if by.parts else '`values`'}"
            context.reporter.error(BAD_PARTITION, message, own.origin or at, key=True, hint=hint)


_WHAT = {
    (False, False): "the partition of `{}` that takes every row",
    (True, False): "a partition of `{}`",
    (True, True): "what makes partitions of `{}`",
}


def _made_names(schema: Schema, table: Table, by: Partition) -> tuple[str, ...]:
    """The names of what is made for a table that says how it is divided."""
    if by.makes_partitions:
        return names_of(by)
    return (partition_name(table.name),) if schema.has_whole_partition(table) else ()
