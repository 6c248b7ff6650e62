"""How PostgreSQL divides a table into partitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PartitionMethod = Literal["range", "list", "hash"]


@dataclass(frozen=True, slots=True)
class Partition:
    """By ranges, by lists or by hashes of columns."""

    method: PartitionMethod
    columns: tuple[str, ...]
