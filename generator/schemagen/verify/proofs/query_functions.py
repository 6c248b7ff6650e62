"""Query functions: each gives the rows of its documented text, in the types that it names."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schemagen.schema.codec import encode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schemagen.databases.refusals import Refusal
    from schemagen.databases.scratch import Database
    from schemagen.schema.model import Value
    from schemagen.schema.query import Query
    from schemagen.verify.context import ProofContext
    from schemagen.verify.report import Section


@dataclass(frozen=True, slots=True)
class QueryCall:
    """A query with values for its parameters: as a statement with literals, and why that was refused, if it was."""

    query: Query
    values: Mapping[str, Value]
    statement: str
    refusal: Refusal | None


def prove_functions(section: Section, context: ProofContext, database: Database, calls: Sequence[QueryCall]) -> None:
    """Call each query that runs through its function, and compare what it gives with what its text gives."""
    callable_ = [call for call in calls if call.refusal is None and call.query.result is not None]
    steps = [
        {
            "do": "query",
            "name": call.query.name,
            "text": call.statement,
            "values": dict(call.values),
            "parameters": [encode(parameter) for parameter in call.query.parameters],
            "result": encode(call.query.result),
        }
        for call in callable_
    ]
    results = context.models.session(database.url, steps) if steps else []
    for call, result in zip(callable_, results, strict=True):
        what = f"the function {call.query.name}()"
        if "error" in result:
            section.fails(what, "it runs", result["error"], call.statement)
        else:
            section.equal(what, *_compared(call, **result["value"]))


def _compared(call: QueryCall, by_text: Any, by_function: Any) -> tuple[object, object]:
    """What both gave, in one order; of an INSERT only how much, as the database fills the rest anew each time."""
    if isinstance(by_text, list) and isinstance(by_function, list):
        is_new = call.statement.lstrip()[:6].upper() == "INSERT"
        if is_new:
            return [len(by_text), *_unfit(by_text)], [len(by_function), *_unfit(by_function)]
        one, other = (Counter(json.dumps(row, sort_keys=True) for row in rows) for rows in (by_text, by_function))
        return _some(one - other), _some(other - one)
    return by_text, by_function


def _some(rows: Counter[str]) -> list[str]:
    """The first of the rows that only one of them gave."""
    return sorted(rows)[:1]


def _unfit(rows: list[Any]) -> list[Any]:
    """Where NULL stands."""
    return [[value is None for value in row] for row in rows]
