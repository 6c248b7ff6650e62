"""References of tables that stay to the rows of one that goes: a cycle has to be opened before its table is dropped.

Both engines do the same. A reference becomes NULL, so that the way forward again finds none that leads nowhere. Where
it can't be NULL, the rollback is refused as long as there are rows: they would be lost with a table that is not theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.changes.migration import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.model import ForeignKey, Schema, Table

    from .base import Dialect


@dataclass(frozen=True, slots=True)
class Release:
    """One foreign key of ``child``, a table that was made earlier; ``columns`` are those to set to NULL."""

    child: Table
    key: ForeignKey
    columns: tuple[str, ...]
    is_refused: bool

    @property
    def loss(self) -> str:
        """What is lost, or what has to be lost before."""
        names = ", ".join(self.key.columns)
        if self.is_refused:
            return f"every row of table {self.child.name}, to be deleted before: {names} can't be NULL"
        return f"the references of table {self.child.name} ({names}) to table {self.key.parent}: they become NULL"

    @property
    def heading(self) -> str:
        """The comment above the statement."""
        if self.is_refused:
            return f"Refused while {self.child.name} has rows: they can't be without {self.key.parent}"
        return f"{self.child.name} stays, without its references to {self.key.parent}"


def releases(table: Table, schema: Schema) -> Iterator[Release]:
    """The foreign keys of earlier tables that lead to a table's rows."""
    for child, key in schema.children(table.name):
        if not key.enforced or not schema.is_late(child, key):
            continue
        written = [child.column(name) for name in key.columns if not child.column(name).generated]
        nullable = tuple(column.name for column in written if column.nullable)
        columns = nullable or tuple(column.name for column in written)
        if columns:
            yield Release(child, key, columns, is_refused=not nullable)


def cleared(dialect: Dialect, release: Release) -> Statement:
    """The UPDATE of a release; NOT NULL refuses it as soon as there is a row."""
    assignments = ", ".join(f"{dialect.quote(name)} = NULL" for name in release.columns)
    return Statement(f"UPDATE {dialect.quote(release.child.name)} SET {assignments}", release.heading)
