"""What counts of a table's columns where rows are made: which are distinct, checked, or as long as a `char(n)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.schema import types as t

from .mentions import check_columns, fits, sources, unseen_checks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemagen.databases.memory import Row
    from schemagen.schema.dialect import Sql
    from schemagen.schema.model import ForeignKey, Table


def distinct_columns(table: Table) -> set[str]:
    """Columns that a key, a unique constraint or a unique index reads, and identities."""
    found = {column.name for column in table.columns if column.identity}
    found.update(table.primary_key.columns if table.primary_key else ())
    for unique in table.uniques:
        found.update(unique.columns)
    for index in table.indexes:
        for element in index.elements if index.unique else ():
            found |= {element.column} if element.column else sources(table, _text(element.sql))
    return found


def _text(sql: Sql | None) -> str:
    return (sql.sqlite or sql.postgres or "") if sql else ""


def checked_columns(table: Table) -> set[str]:
    """Columns that checks name and that are filled by themselves: neither generated nor foreign keys."""
    named = {name for check in table.checks if check.sql.sqlite for name in check_columns(table, check.sql.sqlite)}
    named -= {name for key in table.enforced_foreign_keys for name in key.columns}
    return {name for name in named if table.column(name).generated is None}


def unseen_columns(table: Table) -> tuple[str, ...]:
    """The columns that only PostgreSQL's checks read, foreign keys left out."""
    read = {name for check in unseen_checks(table) for name in sources(table, check.sql.postgres or "")}
    read -= {name for key in table.enforced_foreign_keys for name in key.columns}
    return tuple(name for name in table.by_name if name in read)


def text_widths(tables: Sequence[Table]) -> dict[tuple[str, str], int]:
    """How long texts have to be to which a ``char(n)`` refers: it would store spaces behind shorter ones."""
    found: dict[tuple[str, str], int] = {}
    for table in reversed(tables):
        for key in table.enforced_foreign_keys:
            for name, of in zip(key.columns, key.parent_columns, strict=True):
                type_ = table.column(name).type
                width = type_.length if isinstance(type_, t.Char) else found.get((table.name, name))
                if width:
                    found[key.parent, of] = width
    return found


def held(table: Table, key: ForeignKey, parent: Table, rows: list[Row]) -> list[Row]:
    """Of a parent's rows those whose keys the child's columns hold as they are; all, where they hold none."""
    pairs = [
        (type_, of)
        for name, of in zip(key.columns, key.parent_columns, strict=True)
        if isinstance(type_ := table.column(name).type, (t.Char, t.Varchar)) and type_ != parent.column(of).type
    ]
    if not pairs:
        return rows
    return [row for row in rows if all(row.get(of) is None or fits(type_, row[of]) for type_, of in pairs)] or rows
