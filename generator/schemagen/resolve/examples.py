"""Example rows: every value checked against its column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemagen.schema.model import Column, Example
from schemagen.schema.values import ValueProblem, is_null, parse_value

from .columns import unknown_column

if TYPE_CHECKING:
    from schemagen.base.diagnostics import Origin
    from schemagen.schema.model import Value

    from .context import Context, Draft

BAD_EXAMPLE = "SG114"


def resolve_examples(draft: Draft, columns: tuple[Column, ...], context: Context) -> tuple[Example, ...]:
    """The example rows of a table, in order."""
    return tuple(
        _resolve_example(row, draft, columns, draft.origin.child("examples", number), context)
        for number, row in enumerate(draft.spec.examples)
    )


def _resolve_example(
    row: dict[str, Any], draft: Draft, columns: tuple[Column, ...], at: Origin, context: Context
) -> Example:
    by_key = {column.key: column for column in columns}
    values: list[tuple[str, Value]] = []
    for name, written in row.items():
        if unknown_column(name, draft, at.child(name), context, key=True):
            continue
        column = by_key[name]
        if column.origin and context.reporter.is_damaged(column.origin):
            continue
        if column.generated:
            message = f"`{name}` is generated: an example can't set it"
            context.reporter.error(BAD_EXAMPLE, message, at.child(name), key=True, hint="leave it out")
            continue
        try:
            values.append((name, _value(column, written)))
        except ValueProblem as problem:
            message = f"bad example for `{name}`: {problem}"
            context.reporter.error(BAD_EXAMPLE, message, at.child(name), hint=problem.hint)
    _report_missing(row, columns, at, context)
    return Example(tuple(values), at)


def _value(column: Column, written: Any) -> Value:
    if is_null(written):
        if not column.nullable:
            raise ValueProblem("it can't be NULL")
        return None
    return parse_value(column.type, written)


def _report_missing(row: dict[str, Any], columns: tuple[Column, ...], at: Origin, context: Context) -> None:
    missing = [
        column.key
        for column in columns
        if column.key not in row
        and not (column.nullable or column.default or column.generated or column.identity)
        and not (column.origin and context.reporter.is_damaged(column.origin))
    ]
    if missing:
        message = f"the example has no value for {', '.join(f'`{name}`' for name in missing)}"
        context.reporter.error(BAD_EXAMPLE, message, at, hint="they have no default and can't be NULL")
