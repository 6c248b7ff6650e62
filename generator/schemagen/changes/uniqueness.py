"""Which rows a table keeps apart, and which of these rules no longer hold after a change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.dialect import DialectName, Sql
    from schemagen.schema.index import Index
    from schemagen.schema.model import Table

    from .changes import AlterTable


@dataclass(frozen=True)
class UniqueRule:
    """A key, a unique constraint or a unique index: no two rows (``where``) have the same of all ``parts``.

    Parts are names of columns, or expressions; ``only`` names the one engine that keeps it.
    """

    name: str
    parts: tuple[str, ...]
    where: Sql | None = None
    only: DialectName | None = None
    is_primary: bool = False
    nulls_distinct: bool = True

    def follows(self, other: UniqueRule) -> bool:
        """Whether it may be another form of a rule that goes: its name, a part in common, or the key after a key."""
        return (
            self.name == other.name
            or bool(set(self.parts) & set(other.parts))
            or (self.is_primary and other.is_primary)
        )

    def implies(self, other: UniqueRule) -> bool:
        """Whether what keeps this rule keeps the other one as well."""
        everywhere = self.where is None or self.where == other.where
        stricter = self.is_primary or not self.nulls_distinct or other.nulls_distinct
        return everywhere and stricter and self.only in {None, other.only} and set(self.parts) <= set(other.parts)


def unique_rules(table: Table) -> Iterator[UniqueRule]:
    """The rules of a table, its key first."""
    if table.primary_key:
        yield UniqueRule(table.primary_key.name, table.primary_key.columns, is_primary=True)
    for unique in table.uniques:
        yield UniqueRule(unique.name, unique.columns, nulls_distinct=unique.nulls_distinct)
    for index in table.indexes:
        if index.unique and not index.completes:
            parts = tuple(_parts(index))
            yield UniqueRule(index.name, parts, index.where, index.only, nulls_distinct=index.nulls_distinct)


def lost_rules(change: AlterTable) -> tuple[UniqueRule, ...]:
    """The rules, over columns that stay, that are implied by none of those after and become no other form of them.

    Names are the old ones, parts those of after.
    """
    before, after = tuple(unique_rules(change.moved)), tuple(unique_rules(change.new))
    coming = [rule for rule in after if rule not in before]
    gone = change.moved.by_name.keys() - {name for name, _ in change.columns}
    return tuple(
        replace(moved, name=old.name)
        for old, moved in zip(unique_rules(change.old), before, strict=True)
        if not gone.intersection(moved.parts)
        and not any(rule.implies(moved) for rule in after)
        and not any(rule.follows(moved) for rule in coming)
    )


def _parts(index: Index) -> Iterator[str]:
    for element in index.elements:
        if element.column is not None:
            yield element.column
        elif element.sql is not None:
            yield element.sql.postgres or element.sql.sqlite or ""
