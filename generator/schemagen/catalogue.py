"""What of a schema stands in the database: two schemas with the same catalogue need no migration between them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from .types import Native

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .model import Check, Column, ForeignKey, Index, Schema, Table, Unique


def changed_tables(old: Schema, new: Schema) -> dict[str, str]:
    """Each table whose catalogue differs, and how in words: ``columns title (new), body (changed)``."""
    found: dict[str, str] = {}
    for name in (*new.by_name, *(name for name in old.by_name if name not in new.by_name)):
        before, after = old.by_name.get(name), new.by_name.get(name)
        if before is None or after is None:
            found[name] = "the table is new" if before is None else "the table is gone"
        elif before != after and (difference := _difference(_bare(before), _bare(after))):
            found[name] = difference
    return found


def _difference(before: Table, after: Table) -> str:
    parts = []
    for title, old, new in (
        ("columns", before.columns, after.columns),
        ("foreign keys", before.foreign_keys, after.foreign_keys),
        ("unique constraints", before.uniques, after.uniques),
        ("checks", before.checks, after.checks),
        ("indexes", before.indexes, after.indexes),
    ):
        if changes := _named_changes(old, new):
            parts.append(f"{title} {', '.join(changes)}")
    if before.primary_key != after.primary_key:
        parts.append("the primary key")
    if before.append_only != after.append_only:
        parts.append("append_only")
    if before.sqlite != after.sqlite:
        parts.append("the sqlite options")
    return "; ".join(parts)


_Named: TypeAlias = "Column | ForeignKey | Unique | Check | Index"


def _named_changes(old: Iterable[_Named], new: Iterable[_Named]) -> list[str]:
    before, after = {part.name: part for part in old}, {part.name: part for part in new}
    added = [f"{name} (new)" for name in after if name not in before]
    gone = [f"{name} (gone)" for name in before if name not in after]
    changed = [f"{name} (changed)" for name, part in after.items() if name in before and before[name] != part]
    return added + changed + gone


def _bare(table: Table) -> Table:
    """The table without what only documents and models show."""
    return replace(
        table,
        columns=tuple(map(_bare_column, table.columns)),
        foreign_keys=tuple(
            replace(key, description="", relationship=None, inverse=None)
            for key in table.foreign_keys
            if key.enforced or key.touch
        ),
        uniques=tuple(replace(unique, description="") for unique in table.uniques),
        checks=tuple(replace(check, description="") for check in table.checks),
        indexes=tuple(replace(index, description="", reason="") for index in table.indexes),
    )


def _bare_column(column: Column) -> Column:
    type_ = replace(column.type, python="") if isinstance(column.type, Native) else column.type
    return replace(column, type=type_, description="", external_reference=None, renamed_from=None, backfill=None)
