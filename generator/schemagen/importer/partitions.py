"""How PostgreSQL's catalog says that a table is partitioned, and which partitions the specs can say beside that."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from schemagen.schema import types as t
from schemagen.schema.dialect import Sql
from schemagen.schema.names import is_identifier
from schemagen.schema.objects import OwnObject
from schemagen.schema.partition import Partition
from schemagen.schema.partitions import makes_times, names_of
from schemagen.schema.places import schema_of
from schemagen.sql.own_partitions import made_partition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from schemagen.engines.catalog import Catalog, CatalogOwn, CatalogTable
    from schemagen.schema.partition import PartitionMethod, Period

_BY = re.compile(r"partition by (?P<method>RANGE|LIST|HASH) \((?P<columns>.+)\)", re.DOTALL)
_COLUMN = re.compile(r'"((?:[^"]|"")+)"|([a-z_][a-z0-9_$]*)')


def partition_of(option: str, table: CatalogTable) -> Partition | None:
    """The partitioning that an option of a table names; None of an expression, a collation, or in another schema."""
    match = _BY.fullmatch(option)
    if match is None or schema_of(table.name):
        return None
    found = [_COLUMN.fullmatch(part.strip()) for part in match["columns"].split(", ")]
    names = [one[1].replace('""', '"') if one[1] else one[2] for one in found if one]
    known = {column.name for column in table.columns}
    if len(names) < len(found) or not known.issuperset(names):
        return None
    return Partition(cast("PartitionMethod", match["method"].lower()), tuple(names))


def is_partitioned(table: CatalogTable) -> bool:
    """Whether the specs can say how a table is partitioned, and so have its partitions beside it."""
    return any(partition_of(option, table) for option in table.options)


# Partitions that the specs can say


@dataclass(frozen=True, slots=True)
class SaidPartitions:
    """What stands beside the way of dividing a table, and the partitions and functions that are said by that."""

    spec: Mapping[str, Any] = field(default_factory=dict)
    own: frozenset[tuple[str, str]] = frozenset()
    """Their kinds and names."""


def said_partitions(catalog: Catalog) -> dict[str, SaidPartitions]:
    """The partitions that the specs say in words of their own, by table; those of others stay objects."""
    parts: defaultdict[str, list[CatalogOwn]] = defaultdict(list)
    functions = {own.name: own for own in catalog.own if own.kind == "function"}
    for own in catalog.own:
        if own.kind == "partition" and own.table:
            parts[own.table].append(own)
    found: dict[str, SaidPartitions] = {}
    for table in catalog.tables:
        by = next((by for option in table.options if (by := partition_of(option, table))), None)
        if by is None:
            continue
        said = {"range": _times, "hash": _hashes, "list": _lists}[by.method](table, by, parts[table.name], functions)
        if said:
            found[table.name] = said
    return found


_MAKER = re.compile(
    r"date_trunc\('(?P<period>day|week|month|year)', now\(\).*? \+ interval '(?P<ahead>\d+) ", re.DOTALL
)
_TIMES: dict[str, t.Type] = {
    "timestamp with time zone": t.TimestampTz(),
    "timestamp without time zone": t.Timestamp(),
    "date": t.Date(),
}


def _times(
    table: CatalogTable, by: Partition, parts: Iterable[CatalogOwn], functions: Mapping[str, CatalogOwn]
) -> SaidPartitions | None:
    """Those that a function of ours makes ahead of time, to the letter; the ones of other bounds stay objects."""
    column = next(each for each in table.columns if each.name == by.columns[0])
    type_ = _TIMES.get(re.sub(r"\(\d\)", "", column.type))
    maker, keep = names_of(Partition("range", by.columns, "month", stem=table.name))
    match = _MAKER.search(functions[maker].sql) if maker in functions else None
    if match is None or type_ is None or by.columns[1:] or keep not in functions:
        return None
    period, ahead = cast("Period", match["period"]), int(match["ahead"])
    written = Partition("range", by.columns, period, ahead, stem=table.name)
    if makes_times(table.name, written, type_) not in functions[maker].sql:
        return None
    ours = re.compile(rf"{re.escape(table.name)}_(?:\d{{4}}(?:_\d\d){{0,2}}|before)")
    own = {("partition", each.name) for each in parts if ours.fullmatch(each.name)}
    return SaidPartitions({"by": period, "ahead": ahead}, frozenset(own | {("function", maker), ("function", keep)}))


def _hashes(
    table: CatalogTable, by: Partition, parts: list[CatalogOwn], _: Mapping[str, CatalogOwn]
) -> SaidPartitions | None:
    """Those of one modulus, all of them, by the names that we give."""
    names = names_of(Partition("hash", by.columns, parts=len(parts), stem=table.name)) if parts else ()
    bounds = {name: f"for values with (modulus {len(parts)}, remainder {place})" for place, name in enumerate(names)}
    if not parts or {each.name: _bound(each).lower() for each in parts} != bounds:
        return None
    return SaidPartitions({"parts": len(parts)}, _own(parts))


_LIST = re.compile(r"FOR VALUES IN \((?P<values>.*)\)", re.IGNORECASE | re.DOTALL)
_VALUE = re.compile(r"'((?:[^']|'')*)'|(NULL)|([^\s,']+)")


def _lists(
    table: CatalogTable, by: Partition, parts: list[CatalogOwn], _: Mapping[str, CatalogOwn]
) -> SaidPartitions | None:
    """Those of values, where one more takes every other value, or none is left for it."""
    start = f"{table.name}_"
    values: dict[str, list[str | None]] = {}
    has_rest = False
    for each in parts:
        match, name = _LIST.fullmatch(_bound(each)), each.name.removeprefix(start)
        if match is None and (_bound(each).upper(), name) == ("DEFAULT", "default"):
            has_rest = True
        elif match is None or not is_identifier(name) or not each.name.startswith(start):
            return None
        else:
            values[name] = [_text(*found) for found in _VALUE.findall(match["values"])]
    named = {value for listed in values.values() for value in listed}
    if not values or has_rest is _are_all(table, by.columns[0], named):
        return None
    return SaidPartitions({"values": values}, _own(parts))


def _text(quoted: str, null: str, bare: str) -> str | None:
    return None if null else bare or quoted.replace("''", "'")


def _are_all(table: CatalogTable, column: str, named: set[str | None]) -> bool:
    """Whether a check, or its type, gives a column no other value than these."""
    found = next(each for each in table.columns if each.name == column)
    if found.nullable and None not in named:
        return False
    wanted = {value for value in named if value is not None}
    if found.type == "boolean":
        return wanted == {"true", "false"}
    return any(set(values) == wanted for values in _enumerated(table, column))


def _enumerated(table: CatalogTable, column: str) -> Iterator[list[str]]:
    """The values to which checks of one column hold it."""
    for check in table.checks:
        text = str(check.expression)
        if re.match(rf"\W*{re.escape(column)}\W", text) and " AND " not in text and " OR " not in text:
            yield [value.replace("''", "'") for value in re.findall(r"'((?:[^']|'')*)'", text)]


def _own(parts: Iterable[CatalogOwn]) -> frozenset[tuple[str, str]]:
    return frozenset(("partition", each.name) for each in parts)


def _bound(own: CatalogOwn) -> str:
    made = made_partition(OwnObject(own.name, "partition", Sql(own.sql, None), Sql(None, None)))
    return "" if made.further else made.bound
