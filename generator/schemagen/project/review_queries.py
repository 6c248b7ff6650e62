"""Which query patterns find their rows in another way than before, as far as the specs document the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.changes.wording import index_definition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemagen.changes.diff import Evolution
    from schemagen.schema.index import Index
    from schemagen.schema.model import Table
    from schemagen.schema.query import Query


@dataclass(frozen=True, slots=True)
class QueryChange:
    """What serves a query pattern, before and now: each index, unique constraint or primary key that it ``uses``.

    ``before`` is None for a query that is new, ``after`` for one that is gone. ``rewritten`` says whether its SQL is
    another one.
    """

    query: str
    before: tuple[str, ...] | None
    after: tuple[str, ...] | None
    rewritten: bool = False


def query_changes(evolution: Evolution) -> Iterator[QueryChange]:
    """The query patterns that are new, gone, written or served otherwise; columns are called as they are now."""
    old = {query.name: query for query in evolution.old.queries}
    new = {query.name: query for query in evolution.new.queries}
    ways_before, ways_after = _ways(evolution.moved.values()), _ways(evolution.new.tables)
    for name in dict.fromkeys((*new, *old)):
        was, now = old.get(name), new.get(name)
        before, after = _served(was, ways_before), _served(now, ways_after)
        rewritten = was is not None and now is not None and was.sql != now.sql
        if before != after or rewritten:
            yield QueryChange(name, before, after, rewritten)


def _served(query: Query | None, ways: dict[str, str]) -> tuple[str, ...] | None:
    return None if query is None else tuple(ways.get(name, name) for name in query.uses)


def _ways(tables: Iterable[Table]) -> dict[str, str]:
    """Everything that `uses` may name, in words; these names are unique across the schema."""
    found: dict[str, str] = {}
    for table in tables:
        keys = (*([table.primary_key] if table.primary_key else ()), *table.uniques)
        found |= {key.name: f"{key.name} ({', '.join(key.columns)})" for key in keys}
        found |= {index.name: _index(index) for index in table.indexes}
    return found


def _index(index: Index) -> str:
    return f"{index.name} {index_definition(index)}{' unique' if index.unique else ''}"
