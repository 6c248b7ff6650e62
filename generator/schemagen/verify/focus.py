"""What a proof looks at when only what has changed since another state of the output has to be proved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemagen.migrations.lock import Lock
    from schemagen.schema.model import ForeignKey, Table
    from schemagen.schema.query import Query


@dataclass(frozen=True, slots=True)
class Focus:
    """The tables that have changed, the queries that are new or read one of them, and the last migrations, old and new.

    Catalogs, documents and files are of the whole schema all the same: one part of them tells little of the others.
    """

    since: str
    tables: frozenset[str]
    queries: frozenset[str]
    migration: int
    head: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing has changed that a database would show."""
        return not (self.tables or self.queries) and self.head == self.migration

    def describe(self) -> str:
        """What was looked at, in words."""
        parts = [f"tables {', '.join(sorted(self.tables))}"] if self.tables else []
        parts += [f"queries {', '.join(sorted(self.queries))}"] if self.queries else []
        changed = "; ".join(parts) or "no table and no query"
        return f"what has changed since {self.since} was proved, with what hangs on it: {changed}"


def focus_on(old: Lock, new: Lock, since: str) -> Focus:
    """What differs between two locks, of which the second is the present one.

    A table whose parent's key or touched column has changed is among them: its keys hang on it.
    """
    before, schema = old.schema.by_name, new.schema
    changed = {table.name for table in schema.tables if before.get(table.name) != table}
    changed |= {
        child.name
        for name in tuple(changed)
        for child, key in schema.children(name)
        if name in before and _reached(before[name], key) != _reached(schema.table(name), key)
    }
    known = {query.name: query for query in old.schema.queries}
    queries = {q.name for q in schema.queries if known.get(q.name) != q or not changed.isdisjoint(q.tables)}
    numbers = (lock.head.number if lock.head else 0 for lock in (old, new))
    return Focus(since, frozenset(changed), frozenset(queries), *numbers)


def _reached(parent: Table, key: ForeignKey) -> tuple[object, ...]:
    """What a foreign key depends on in its parent."""
    names = (*key.parent_columns, *([key.touch] if key.touch else []))
    return tuple(parent.by_name.get(name) for name in names)


def looks_at(focus: Focus | None, *tables: str) -> bool:
    """Whether one of some tables is to be proved."""
    return focus is None or not focus.tables.isdisjoint(tables)


def is_asked(focus: Focus | None, query: Query) -> bool:
    """Whether a query is to be proved."""
    return focus is None or query.name in focus.queries
