"""Whether the queries of the specs can be functions, where the project wants them as such."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from schemagen.targets.sqlmodel.queries import problems

if TYPE_CHECKING:
    from schemagen.schema.model import Schema
    from schemagen.spec.reporter import Reporter

NO_FUNCTION = "SG303"


def report_queries(schema: Schema, reporter: Reporter) -> None:
    """Report every query that can't be a function."""
    for problem in problems(schema):
        origin = problem.query.origin
        if origin is not None:
            reporter.error(NO_FUNCTION, problem.message, origin, key=True, hint=problem.hint)


def with_wanted(schema: Schema, reporter: Reporter, *, functions: bool) -> Schema:
    """The schema for a project that wants functions of its queries, which are looked at then, or none."""
    if functions:
        report_queries(schema, reporter)
        return schema
    return without_functions(schema)


def without_functions(schema: Schema) -> Schema:
    """The schema for a project that wants no functions: nothing says what a query gives."""
    return replace(schema, queries=tuple(replace(query, result=None) for query in schema.queries))
