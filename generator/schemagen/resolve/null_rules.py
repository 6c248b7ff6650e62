"""SQLite's half of unique rules to which NULL is a value: an index over the rows that have a NULL.

SQLite takes every NULL for another value (SQLite, "CREATE INDEX", 1.3). The rule itself, which both engines have, keeps
rows without NULL apart; the index keeps apart those that have NULL in the same places, and the same beside it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from schemagen.schema import types as t
from schemagen.schema.dialect import Sql
from schemagen.schema.index import Index, IndexElement
from schemagen.sql.nodes import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemagen.schema.model import Column, Unique

    from .context import Context, Draft


def null_indexes(
    draft: Draft, columns: Iterable[Column], uniques: Iterable[Unique], indexes: Iterable[Index], context: Context
) -> tuple[Index, ...]:
    """An index on SQLite for each rule that takes NULL for a value and may meet one."""
    by_key = {column.key: column for column in columns}
    rules = [_as_index(unique) for unique in uniques if not unique.nulls_distinct]
    rules += [index for index in indexes if not index.nulls_distinct and index.only != "postgres"]
    return tuple(index for rule in rules for index in _of_rule(draft, by_key, rule, context))


def _as_index(unique: Unique) -> Index:
    elements = tuple(IndexElement(name) for name in unique.columns)
    return Index(unique.name, elements, unique=True, origin=unique.origin)


def _of_rule(draft: Draft, columns: dict[str, Column], rule: Index, context: Context) -> Iterator[Index]:
    fixed = [each for each in rule.elements if each.column and not columns[each.column].nullable]
    texts = {_text(draft, each): _collation(draft, columns, each) for each in rule.elements if each not in fixed}
    if not texts:
        return
    conditions = [f"{text} IS NULL" for text in texts]
    parts = [replace(each, descending=False, nulls=None, opclass=None) for each in fixed]
    if len(texts) > 1:
        parts += [_sqlite(f"coalesce({text}, 0){collation}") for text, collation in texts.items()]
    parts += map(_sqlite, conditions)
    where = " OR ".join(conditions)
    if rule.where:
        where = f"({rule.where.sqlite}) AND ({where})"
    origin = rule.origin or draft.origin
    yield Index(
        name=context.relations.derive((rule.name, "nulls"), "nulls", origin),
        elements=tuple(parts),
        unique=True,
        where=Sql(None, where),
        only="sqlite",
        description=f"To {rule.name}, NULL is a value like others",
        origin=origin,
        completes=True,
    )


def _text(draft: Draft, element: IndexElement) -> str:
    if element.column is not None:
        return quote(draft.column_called(element.column))
    return f"({element.sql.sqlite if element.sql else ''})"


def _collation(draft: Draft, columns: dict[str, Column], element: IndexElement) -> str:
    """What a call loses of its column: final spaces are no part of a ``char(n)`` where the engines agree."""
    is_char = element.column is not None and isinstance(columns[element.column].type, t.Char)
    return " COLLATE RTRIM" if is_char and draft.spec.sqlite.parity else ""


def _sqlite(text: str) -> IndexElement:
    return IndexElement(sql=Sql(None, text))
