"""Whether an engine has refused a migration because of what the rows hold, or because the migration spoils them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schemagen.databases.refusals import Cause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.databases.refusals import StatementError
    from schemagen.engines.catalog import Catalog

    from .recorded_changes import RecordedChanges

_GUARD = "nothing_was_changed"
_UNFIT = "; nothing was changed"  # what a block of ours raises on PostgreSQL
_BROKEN = "broken references of "
_WORDS = re.compile(r'"(?:[^"]|"")+"|\w+')


def is_expected_rejection(error: StatementError, reported: RecordedChanges, before: Catalog) -> bool:
    """Whether rows that were valid before may be the reason of a refusal.

    Args:
        error: the refusal.
        reported: what the lock says of the migration: only columns and tables that it names can have become unfit.
        before: the catalog of then; a rule that stood already, over columns that stay, refuses no row.
    """
    if error.unmet:
        former = {old for old, new in reported.tables.renamed.items() if new in reported.constrained}  # in a rollback
        return all(_is_about(fact, reported.constrained | former) for fact in error.unmet)
    refusal, touched = error.refusal, {name.lower() for name in reported.touched}
    if refusal.cause in {Cause.NOT_NULL, Cause.VALUE} and refusal.name:
        refused = f".{refusal.name.lower()}"
        return any(refused.endswith(f".{name}") for name in touched)
    if any(name == refusal.name and touched.isdisjoint(map(str.lower, words)) for name, words in _rules(before)):
        return False
    fair = {
        Cause.FOREIGN_KEY: bool(reported.constrained) or not reported.columns,
        Cause.TRIGGER: _UNFIT in refusal.message,
        Cause.CHECK: not refusal.name.endswith(_GUARD),
        Cause.OTHER: False,
        Cause.TIME: False,
    }
    return bool(reported.columns or reported.tables.made or reported.divided) and fair.get(refusal.cause, True)


def _is_about(fact: str, tables: set[str]) -> bool:
    """Whether a fact of a guard is that references of one of these tables are broken."""
    return any(fact.startswith(f"{_BROKEN}{table}:") for table in tables)


def _rules(catalog: Catalog) -> Iterator[tuple[str, set[str]]]:
    """Checks and unique keys as engines name them in a refusal, with the words or columns that they are about."""
    for table in catalog.tables:
        for check in table.checks:
            yield check.name or "", {word.strip('"') for word in _WORDS.findall(check.expression.canonical)}
        keys = [(key.name, key.columns) for key in (table.primary_key, *table.uniques) if key]
        keys += [(i.name, tuple(e.column or "" for e in i.elements)) for i in table.indexes if i.unique]
        for name, columns in keys:
            yield name or "", set(columns)
            yield ", ".join(f"{table.name}.{column}" for column in columns), set(columns)
