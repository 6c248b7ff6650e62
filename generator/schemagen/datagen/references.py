"""Which row another row leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemagen.databases.memory import Row
    from schemagen.schema.model import ForeignKey


def refers(row: Row, key: ForeignKey, parent: Row) -> bool:
    """Whether a row's foreign key leads to a parent: no column of it is NULL, and all are the parent's."""
    pairs = zip(key.columns, key.parent_columns, strict=True)
    return all(row.get(name) is not None and row[name] == parent.get(of) for name, of in pairs)
