"""Statements that fix what no migration of ours ever changes, as a spec has no word for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.engines.dialects import POSTGRES
from schemagen.schema.rule_state import RuleState

if TYPE_CHECKING:
    from schemagen.engines.catalog_differences import CatalogDifference
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.model import Schema


def by_hand(found: CatalogDifference, wanted: Schema, dialect: DialectName) -> tuple[str, ...]:
    """The statement that a person would write for a difference; none where it is not certain, or takes a rule away."""
    if dialect != "postgres" or found.table not in wanted.by_name:
        return ()
    table = wanted.table(found.table)
    part, _, field = found.what.rpartition(", ")
    action = ""
    match field:
        case "state" if (found.left, found.right) == (RuleState.NOT_VALID, RuleState.VALID):
            action = f"VALIDATE CONSTRAINT {_quoted(part, 'check ', 'foreign key ')}"
        case "details" if part.startswith("column "):
            column = table.by_name.get(part.removeprefix("column "))
            action = (
                f"ALTER COLUMN {_quoted(part, 'column ')} {'DROP' if column and column.nullable else 'SET'} NOT NULL"
            )
    return (f"ALTER TABLE {POSTGRES.quote(table.name)} {action}",) if action else ()


def _quoted(part: str, *kinds: str) -> str:
    """The name of a part, without the word for its kind."""
    kind = next(kind for kind in kinds if part.startswith(kind))
    return POSTGRES.quote(part.removeprefix(kind))
