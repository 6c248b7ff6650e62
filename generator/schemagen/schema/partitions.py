"""The partitions that specs ask for: what makes them on PostgreSQL, which has no table without a partition for a row.

Those of hashes and lists are made with their table. Those of times are made by a function, as time goes on: whoever
plans jobs calls it. What it makes keeps the rules of the table against UPDATE and DELETE when it is detached, as the
triggers that it has from its table go then.

Source: PostgreSQL, "5.12. Table Partitioning", "ALTER TABLE" (ATTACH PARTITION, DETACH PARTITION).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemagen.base.escape import dollar_tag, sql_string
from schemagen.base.render import render

from . import types as t
from .dialect import Sql
from .names import bounded_name
from .objects import OwnObject
from .quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .partition import Partition, Period

_DAY = "'_YYYY_MM_DD'"
_NAMED: dict[Period, str] = {
    "day": _DAY,
    "week": _DAY,
    "month": f"CASE first WHEN period THEN '_YYYY_MM' ELSE {_DAY} END",
    "year": f"CASE first WHEN period THEN '_YYYY' ELSE {_DAY} END",
}
"""What the name of a partition ends in, by its period ("9.8. Data Type Formatting Functions")."""

KEEPING = "_schemagen_keep"
"""What the names of the triggers begin with that a partition has of its own, for when it is detached."""

LONGEST_END = len("_YYYY_MM_DD")

_UTC: dict[type[t.Type], str] = {
    t.TimestampTz: "{}::timestamptz AT TIME ZONE 'UTC'",
    t.Timestamp: "{}::timestamp",
    t.Date: "{}::timestamp",
}
"""The bound of a partition as a moment in UTC, by the type of the column that divides the rows."""


def is_time(type_: t.Type) -> bool:
    """Whether rows can be divided by days, weeks, months or years of a type."""
    return type(type_) in _UTC


def makers(tables: Iterable[Any]) -> Iterator[OwnObject]:
    """What makes the partitions of tables: functions for those of times, and else the partitions themselves."""
    for table in tables:
        if table.partition and table.partition.makes_partitions:
            yield from _of_times(table) if table.partition.period else _of_values(table)


def names_of(by: Partition) -> tuple[str, ...]:
    """The names of all that is made: functions, or partitions."""
    if by.period:
        return function_name(by), bounded_name(by.stem, "keep")
    if by.parts:
        digits = len(str(by.parts - 1))
        return tuple(bounded_name(by.stem, f"p{number:0{digits}}") for number in range(by.parts))
    return (*(bounded_name(by.stem, name) for name, _ in by.values), bounded_name(by.stem, "default"))


def function_name(by: Partition) -> str:
    """The name of the function that makes partitions ahead of time."""
    return bounded_name(by.stem, "partitions")


def has_rest(table: Any) -> bool:
    """Whether a row may have a value that no list of the table names."""
    column = table.column(table.partition.columns[0])
    named = {value for _, values in table.partition.values for value in values}
    possible: set[str | None] = {None} if column.nullable else set()
    match column.type:
        case t.Enum(values=values):
            possible |= set(values)
        case t.Boolean():
            possible |= {"true", "false"}
        case _:
            return True
    return not possible <= named


# By lists and hashes


def _of_values(table: Any) -> Iterator[OwnObject]:
    by: Partition = table.partition
    if by.parts:
        bounds = [f"FOR VALUES WITH (MODULUS {by.parts}, REMAINDER {number})" for number in range(by.parts)]
    else:
        bounds = [f"FOR VALUES IN ({', '.join(map(_literal, values))})" for _, values in by.values]
        bounds += ["DEFAULT"] if has_rest(table) else []
    for name, bound in zip(names_of(by), bounds, strict=False):
        made = f"CREATE TABLE {quoted(name)} PARTITION OF {quoted(table.name)} {bound}"
        drop = Sql(f"DROP TABLE IF EXISTS {quoted(name)}", None)
        yield OwnObject(name, "partition", Sql(made, None), drop, needs=(table.name,), partition_of=table.name)


def _literal(value: str | None) -> str:
    return "NULL" if value is None else sql_string(value)


# By times


def _of_times(table: Any) -> Iterator[OwnObject]:
    by: Partition = table.partition
    name, keep = names_of(by)
    # No table stands on it: so it is made before them, and goes after those that have been detached with it.
    yield OwnObject(keep, "function", Sql(_keep(table, keep), None), Sql(_without(quoted(keep)), None))
    body = makes_times(table.name, by, table.column(by.columns[0]).type)
    made = _function(f"{quoted(name)}(since timestamptz DEFAULT now()) RETURNS integer", body)
    drop = Sql(f"DROP FUNCTION IF EXISTS {quoted(name)}(timestamptz)", None)
    yield OwnObject(name, "function", Sql(made, None), drop, needs=(keep, table.name), partition_of=table.name)


def makes_times(table: str, by: Partition, type_: t.Type) -> str:
    """The body of the function that makes the partitions of a table, which is divided by a column of a type."""
    return render(
        "postgres/partitions.sql.jinja",
        table=sql_string(quoted(table)),
        stem=sql_string(by.stem),
        keep=sql_string(quoted(names_of(by)[1])),
        trigger=KEEPING,
        period=by.period,
        ahead=by.ahead,
        ending=_NAMED[by.period or "day"],
        bound=_UTC[type(type_)],
    )


def _keep(table: Any, name: str) -> str:
    """The function of the triggers that hold what is detached: append-only, and its columns that never change."""
    immutable = [column.name for column in table.columns if column.immutable and not table.append_only]
    body = render(
        "postgres/keep.sql.jinja",
        append_only=table.append_only,
        keeps_rows=table.keeps_rows,
        columns=[(sql_string(column), sql_string(f".{column} is immutable")) for column in immutable],
    )
    return _function(f"{quoted(name)}() RETURNS trigger", body)


def _function(head: str, body: str) -> str:
    tag = dollar_tag(body)
    return f"CREATE FUNCTION {head} LANGUAGE plpgsql\nSET search_path FROM CURRENT AS {tag}\n{body}{tag}"


def _without(function: str) -> str:
    """What drops a function of triggers, unless a table that was detached has them still."""
    ends = "EXCEPTION WHEN dependent_objects_still_exist THEN NULL;\nEND"
    body = f"BEGIN\n    DROP FUNCTION IF EXISTS {function}();\n{ends}"
    tag = dollar_tag(body)
    return f"DO {tag}{body}{tag}"
