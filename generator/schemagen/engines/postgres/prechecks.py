"""What has to hold before anything of PostgreSQL is locked or changed: a migration that cannot end does not begin."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from schemagen.changes.conversions import conversion_of, fill_of_nulls
from schemagen.changes.type_changes import type_change

from . import statements as sql
from .dialect import POSTGRES
from .retyping import refuse_twice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemagen.changes.diff import Evolution
    from schemagen.changes.migration import Statement
    from schemagen.schema.model import Column, Table

    from .tables import TablePlan


def prechecks(evolution: Evolution, plans: Iterable[TablePlan], *, online: bool) -> Iterator[Statement]:
    """Stop where the migration has been run already, or where a row does not fit.

    Args:
        evolution: what changes.
        plans: the tables whose rows have to fit.
        online: whether their values are looked at; a rollback leaves those to what comes back.
    """
    yield from (sql.refuse_other_columns(change.old) for change in evolution.swapping)
    for change in evolution.altered:
        yield from refuse_twice(change)
    for plan in plans:
        for before, column in plan.change.pairs:
            if not conversion_of(before, column):
                old = plan.change.old.column(dict(plan.change.columns)[column.name])
                proved = plan.change.proof_of_not_null(column.name) is not None
                yield from _refused_nulls(plan.change.old, old, column, proved=proved)
                if online:
                    yield from _refused_values(plan.change.old, old, column)


def _refused_nulls(table: Table, before: Column, column: Column, *, proved: bool) -> Iterator[Statement]:
    """The rows that are NULL, under the name of before; ``proved`` where none of them is."""
    filled = proved or fill_of_nulls(before, column) or column.generated
    if before.nullable and not column.nullable and not filled:
        yield sql.refuse_rows(table.name, f"{POSTGRES.quote(before.name)} IS NULL", f"{before.name} is NULL")


def _refused_values(table: Table, before: Column, column: Column) -> Iterator[Statement]:
    """The rows that a narrower column refuses, under the name of before."""
    check = POSTGRES.type_check(table, replace(column, name=before.name))
    how = type_change(before.type, column.type)
    if check and check != POSTGRES.type_check(table, before) and how.verdict and not how.rewrites:
        yield sql.refuse_rows(table.name, f"NOT ({check.sql})", f"{before.name} does not fit")
