"""How PostgreSQL's catalog says that a table is partitioned."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from schemagen.schema.partition import Partition
from schemagen.schema.places import schema_of

if TYPE_CHECKING:
    from schemagen.engines.catalog import CatalogTable
    from schemagen.schema.partition import PartitionMethod

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
