"""Values that models refuse by themselves: each type of each table is offered what it must not let through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemagen.verify.models.invalid_values import invalid_values
from schemagen.verify.report import Claim

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemagen.databases.scratch import Database
    from schemagen.schema.model import Table
    from schemagen.verify.context import ProofContext


def prove_refused_values(context: ProofContext, database: Database) -> None:
    """Offer every type its forbidden values in one column of each table that has it; nothing is kept.

    A type refuses before a statement is sent, so the rows need no parents and no other values.
    """
    steps = list(_offers(context.sample_rows.tables))
    results = context.models.session(database.url, steps) if steps else []
    with context.section(Claim.MODELS) as section:
        for step, result in zip(steps, results, strict=True):
            type_ = context.schema.table(step["table"]).column(step["column"]).type
            what, _, error = invalid_values(type_)[step["number"]]
            seen = result["value"] if "value" in result else result["error"]
            section.equal(f"{step['table']}.{step['column']}, {what} through the model", f"a {error}", f"a {seen}")


def _offers(tables: Iterable[Table]) -> Iterator[dict[str, Any]]:
    for table in tables:
        columns = {str(column.type): column for column in table.columns if column.generated is None}
        for column in columns.values():
            for number in range(len(invalid_values(column.type))):
                yield {"do": "offer", "table": table.name, "column": column.name, "number": number}
