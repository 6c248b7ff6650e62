"""The partitions that a spec says: of times that are made ahead, a number of hashes, or lists of values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from schemagen.schema.names import MAX_BYTES
from schemagen.schema.partitions import LONGEST_END, is_time
from schemagen.schema.values import ValueProblem, is_null, parse_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schemagen.base.diagnostics import Origin
    from schemagen.schema.partition import Partition
    from schemagen.schema.types import Type
    from schemagen.spec.constraint_definition import PartitionSpec

    from .context import Context, Draft

BAD_PARTITION = "SG220"

AHEAD = 3
"""How many periods are made before they begin, where nothing is said."""

_MOST = {"ahead": 366, "parts": 1024}
_WITH = {"by": "range", "parts": "hash", "values": "list"}
"""What says which partitions there are, and the way of dividing that it belongs to."""


def with_parts(
    by: Partition, written: PartitionSpec, draft: Draft, types: Mapping[str, Type], context: Context
) -> Partition | None:
    """A partitioning with the partitions that are said; None where they can't be, which is reported."""
    at = draft.origin.child("partition")
    said = [key for key in _WITH if getattr(written, key) is not None]
    found = [(key, message, hint) for key in said for message, hint in _misplaced(key, by)]
    found += _out_of_bounds(written)
    if written.ahead is not None and written.by is None:
        found.append(("ahead", "nothing is made ahead of time", "add `by: month`, or leave it out"))
    if written.by and by.method == "range":
        found += [("by", message, hint) for message, hint in _unfit_for_times(by, draft, types)]
    for key, message, hint in found:
        context.reporter.error(BAD_PARTITION, message, at.child(key), hint=hint)
    if found:
        return None
    stem = draft.called if said else ""
    if written.values is not None:
        column = by.columns[0]
        values = _values(written.values, types.get(column), at, context, nullable=draft.spec.columns[column].nullable)
        return replace(by, values=values, stem=stem) if values else None
    ahead = (AHEAD if written.ahead is None else written.ahead) if written.by else 0
    return replace(by, period=written.by, ahead=ahead, parts=written.parts or 0, stem=stem)


def _misplaced(key: str, by: Partition) -> Iterator[tuple[str, str]]:
    if by.method != _WITH[key]:
        yield f"`{key}` belongs to a table that is divided by {_WITH[key]}", f"write `{_WITH[key]}`, or leave it out"


def _out_of_bounds(written: PartitionSpec) -> Iterator[tuple[str, str, str]]:
    for key, most in _MOST.items():
        number = getattr(written, key)
        if number is not None and not 1 <= number <= most:
            yield key, f"`{key}` is from 1 to {most}", "write another number"


def _unfit_for_times(by: Partition, draft: Draft, types: Mapping[str, Type]) -> Iterator[tuple[str, str]]:
    """Why a table can't be divided by days, weeks, months or years."""
    name = by.columns[0]
    column, type_ = draft.spec.columns[name], types.get(name)
    if by.columns[1:]:
        yield "times are of one column", "name one"
        return
    if type_ is not None and not is_time(type_):
        yield f"`{name}` is {type_}, which has no days", "name a timestamptz, a timestamp or a date"
    if column.nullable:
        yield f"`{name}` may be NULL, and no partition takes such a row", "take `nullable` away from it"
    if not (column.immutable or draft.spec.append_only):
        yield f"a change of `{name}` would move the row to another partition", "add `immutable: true` to the column"
    if len(draft.called.encode()) + LONGEST_END > MAX_BYTES:
        yield f"the names of its partitions would be longer than {MAX_BYTES} bytes", "give the table a shorter name"


def _values(
    written: Mapping[str, list[Any]],
    type_: Type | None,
    at: Origin,
    context: Context,
    *,
    nullable: bool,
) -> tuple[tuple[str, tuple[str | None, ...]], ...] | None:
    """What each list holds, as text; None where a value can't be one, which is reported."""
    if type_ is None:
        return None
    first: dict[str | None, Origin] = {}
    found: list[tuple[str, tuple[str | None, ...]]] = []
    fine = bool(written)
    for name, listed in written.items():
        where = at.child("values", name)
        if not listed:
            context.reporter.error(BAD_PARTITION, f"`{name}` has no values", where, hint="write some, or leave it out")
            fine = False
        values: list[str | None] = []
        for number, each in enumerate(listed):
            here = where.child(number)
            try:
                value = _text(each, type_, nullable=nullable)
            except ValueProblem as problem:
                context.reporter.error(BAD_PARTITION, f"bad value: {problem}", here, hint=problem.hint)
                fine = False
                continue
            if first.setdefault(value, here) != here:
                related = [("the first one", first[value])]
                message = f"{'NULL' if value is None else f'`{value}`'} is in two lists"
                context.reporter.error(BAD_PARTITION, message, here, related=related, hint="leave one of them out")
                fine = False
            values.append(value)
        found.append((name, tuple(values)))
    if not written:
        context.reporter.error(BAD_PARTITION, "`values` has no list", at.child("values"), hint="leave it out")
    return tuple(found) if fine else None


def _text(written: Any, type_: Type, *, nullable: bool) -> str | None:
    """A value as PostgreSQL reads it between quotes."""
    if is_null(written):
        if not nullable:
            raise ValueProblem("the column can't be NULL", "leave it out")
        return None
    value = parse_value(type_, written)
    return str(value).lower() if isinstance(value, bool) else str(value)
