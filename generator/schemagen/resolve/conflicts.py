"""What a spec says of conflicts on SQLite: ON CONFLICT of NOT NULL, unique constraints and primary keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.schema.conflicts import ConflictRule
from schemagen.spec.constraint_definition import PrimaryKeySpec

from .context import CONFLICT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.conflicts import ConflictedRule
    from schemagen.spec.constraint_definition import ConflictSpec

    from .context import Context, Draft


def resolve_conflicts(draft: Draft, context: Context) -> tuple[ConflictRule, ...]:
    """The rules of a table that SQLite keeps otherwise than by refusing a row; `abort` is what it does anyhow."""
    return tuple(sorted(_resolved(draft, context)))


def _resolved(draft: Draft, context: Context) -> Iterator[ConflictRule]:
    for name, column in draft.spec.columns.items():
        if column.sqlite and column.nullable:
            at = draft.origin.child("columns", name, "sqlite")
            message = f"`{name}` may be NULL, so nothing conflicts with NOT NULL"
            context.reporter.error(CONFLICT, message, at, key=True, hint="leave it out")
        else:
            yield from _rule("not null", [name], column.sqlite)
    for unique in draft.spec.unique:
        yield from _rule("unique", unique.columns, unique.sqlite)
    key = draft.spec.primary_key
    if isinstance(key, PrimaryKeySpec):
        numbered = [name for name in key.columns if name in draft.spec.columns and draft.spec.columns[name].identity]
        if key.sqlite and numbered:
            at = draft.origin.child("primary_key", "sqlite")
            message = f"SQLite numbers `{numbered[0]}`, and takes no ON CONFLICT of ours there"
            context.reporter.error(CONFLICT, message, at, key=True, hint="leave it out")
        else:
            yield from _rule("primary key", key.columns, key.sqlite)


def _rule(kind: ConflictedRule, columns: list[str], written: ConflictSpec | None) -> Iterator[ConflictRule]:
    if written and written.on_conflict != "abort":
        yield ConflictRule(kind, tuple(columns), written.on_conflict)
