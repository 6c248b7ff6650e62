"""What is unique in a table: its primary key, unique constraints and unique indexes, as an engine names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .mentions import sources

if TYPE_CHECKING:
    from schemagen.engines.base import Dialect
    from schemagen.schema.model import Table


@dataclass(frozen=True, slots=True)
class UniqueKey:
    """One of them.

    Attributes:
        columns: what it is made of; none for an index that has an expression.
        sources: the columns that a row has to give for it, those of expressions and generated columns among them.
        where: the predicate of a partial index, else None.
        shown: how SQLite names it where it refuses a row.
        takes_null: whether it is about rows with NULL.
    """

    name: str
    columns: tuple[str, ...]
    sources: tuple[str, ...]
    where: str | None
    shown: str
    takes_null: bool = False

    @property
    def is_expression(self) -> bool:
        """Whether it is an index over an expression: different values may be the same to it."""
        return not self.columns


def unique_keys(table: Table, dialect: Dialect) -> list[UniqueKey]:
    """Everything that is unique in a table on an engine."""
    key = table.primary_key
    plain = [(key.name, key.columns)] if key else []
    plain += [(unique.name, unique.columns) for unique in table.uniques]
    found = [_of_columns(table, name, columns) for name, columns in plain]
    for index in dialect.indexes(table):
        where = index.where.for_dialect(dialect.name) if index.where else None
        if index.unique and len(index.columns) == len(index.elements):
            found.append(_of_columns(table, index.name, index.columns, where))
        elif index.unique:
            texts = [element.sql.for_dialect(dialect.name) or "" for element in index.elements if element.sql]
            read = {*index.columns, *(name for text in texts for name in sources(table, text))}
            given = tuple(name for name in table.by_name if name in read)
            found.append(UniqueKey(index.name, (), given, where, f"index '{index.name}'", index.completes))
    return found


def _of_columns(table: Table, name: str, columns: tuple[str, ...], where: str | None = None) -> UniqueKey:
    given: dict[str, None] = {}
    for column in columns:
        generated = table.column(column).generated
        text = (generated.sqlite or generated.postgres or "") if generated else ""
        read = sources(table, text) if generated else {column}
        given |= {name: None for name in table.by_name if name in read}
    return UniqueKey(name, columns, tuple(given), where, ", ".join(f"{table.name}.{column}" for column in columns))
