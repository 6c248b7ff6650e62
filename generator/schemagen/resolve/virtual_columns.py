"""What PostgreSQL refuses of a column that is computed when it is read ("5.4. Generated Columns", "CREATE INDEX")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.changes.renames import mentions
from schemagen.schema import types as t

from .context import CONFLICT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.base.diagnostics import Origin
    from schemagen.schema.index import Index
    from schemagen.schema.model import Column, Table

    from .context import Context

_STORED = "store it: leave `stored: false` out"


def report_virtual_columns(table: Table, context: Context) -> None:
    """Report each key and index that needs the values of a virtual column stored, and types that one can't have."""
    for column in (column for column in table.columns if column.virtual):
        for what, hint, at in _obstacles(table, column, context):
            message = f"`{column.key}` is computed when it is read, and PostgreSQL has no {what} of such a column"
            where = at or column.origin
            if where:
                context.reporter.error(CONFLICT, message, where, key=True, hint=hint)


def _obstacles(table: Table, column: Column, context: Context) -> Iterator[tuple[str, str, Origin | None]]:
    name = column.name
    if table.primary_key and name in table.primary_key.columns:
        yield "primary key", _STORED, None
    yield from (("unique constraint", _STORED, each.origin) for each in table.uniques if name in each.columns)
    yield from (("foreign key", _STORED, each.origin) for each in table.declared_foreign_keys if name in each.columns)
    hint = f"{_STORED}, or write `only: sqlite`"
    yield from (("index", hint, index.origin) for index in table.indexes if _reads(index, name))
    if t.is_named(column.type) or context.domain_of(column.type):
        yield "named type", _STORED, None


def _reads(index: Index, name: str) -> bool:
    """Whether an index of PostgreSQL keeps or computes something of a column."""
    texts = [sql.postgres or "" for sql in (index.where, *(element.sql for element in index.elements)) if sql]
    reads = name in (*index.columns, *index.include) or mentions("\n".join(texts), [name])
    return index.only != "sqlite" and reads
