"""Statements that fix what no migration of ours ever changes, as a spec has no word for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.engines.dialects import POSTGRES
from schemagen.schema.owners import policies
from schemagen.schema.rule_state import RuleState

if TYPE_CHECKING:
    from schemagen.engines.catalog_differences import CatalogDifference
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.model import Schema, Table

_ROW_SECURITY = frozenset({"row level security", "forced row level security", "", "nothing"})
"""The options of a table that enforce its owner, and none."""


def by_hand(found: CatalogDifference, wanted: Schema, dialect: DialectName) -> tuple[str, ...]:
    """The statement that a person would write for a difference; none where it is not certain, or takes a rule away."""
    if dialect != "postgres" or found.table not in wanted.by_name:
        return ()
    table = wanted.table(found.table)
    if table.owner and (made := _of_owner(found, table)):
        return made
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


def _of_owner(found: CatalogDifference, table: Table) -> tuple[str, ...]:
    """What enforces the owner of a table, made again; a policy is dropped before, as it may be there otherwise."""
    security, policy = policies([table])
    made: tuple[str | None, ...] = ()
    if found.what == "options" and _options(found.left) ^ _options(found.right) <= _ROW_SECURITY:
        made = (security.sql.postgres,)
    elif found.what in {f"policy {policy.name}", f"policy {policy.name}, definition"}:
        made = (policy.drop.postgres, policy.sql.postgres)
    return tuple(filter(None, made))


def _options(text: str) -> frozenset[str]:
    return frozenset(text.split(", "))


def _quoted(part: str, *kinds: str) -> str:
    """The name of a part, without the word for its kind."""
    kind = next(kind for kind in kinds if part.startswith(kind))
    return POSTGRES.quote(part.removeprefix(kind))
