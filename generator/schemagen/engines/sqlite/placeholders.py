"""Empty tables in place of those that have gone, for as long as a DROP TABLE wants to see them.

DROP TABLE deletes the rows first, with all foreign key actions (SQLite, "SQLite Foreign Key Support", 5). An action
reaches other tables, whose foreign keys and triggers may name ones that have gone already: SQLite refuses to compile
it, even where there is no row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.changes.migration import Statement
from schemagen.schema.model import Action

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from schemagen.engines.base import Dialect
    from schemagen.schema.model import ForeignKey, Schema


def looked_at(name: str, schema: Schema, is_gone: Callable[[str], bool]) -> dict[str, list[ForeignKey]]:
    """The tables among those that have gone that the DROP TABLE of one looks at, each with the keys that lead there."""
    found: dict[str, list[ForeignKey]] = {}
    seen, waiting = set[str](), [name]
    while waiting:
        current = waiting.pop()
        seen.add(current)
        for child, key in schema.children(current):
            if not key.enforced or is_gone(child.name):
                continue
            if key.on_delete is Action.CASCADE and child.name not in seen:
                waiting.append(child.name)
            for other in child.foreign_keys:
                if is_gone(other.parent) and _is_touched_by(key, other):
                    found.setdefault(other.parent, []).append(other)
    return found


def _is_touched_by(key: ForeignKey, other: ForeignKey) -> bool:
    """Whether the action of a key makes SQLite look for the parent of another key of the same table."""
    match key.on_delete:
        case Action.CASCADE:
            return other.enforced or bool(other.touch)
        case Action.SET_NULL | Action.SET_DEFAULT:
            return bool(other.touch) or (other.enforced and not set(key.columns).isdisjoint(other.columns))
    return False


def placeholder_table(dialect: Dialect, name: str, keys: Iterable[ForeignKey], why: str) -> tuple[Statement, Statement]:
    """What makes an empty table that has the columns to which some keys lead, and what drops it."""
    listed = tuple(keys)
    columns = dict.fromkeys(column for key in listed for column in (*key.parent_columns, key.touch) if column)
    lines = [dialect.quote(column) for column in columns]
    lines += (
        f"UNIQUE ({', '.join(map(dialect.quote, key))})" for key in dict.fromkeys(key.parent_columns for key in listed)
    )
    quoted = dialect.quote(name)
    return Statement(f"CREATE TABLE {quoted} ({', '.join(lines)})", why), Statement(f"DROP TABLE {quoted}")
