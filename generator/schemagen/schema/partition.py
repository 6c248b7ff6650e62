"""How PostgreSQL divides a table into partitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PartitionMethod = Literal["range", "list", "hash"]
Period = Literal["day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class Partition:
    """By ranges, by lists or by hashes of columns.

    ``period`` is how long the time of one range is, ``ahead`` how many of them are made before they begin; ``parts`` is
    the number of hashes, ``values`` what each list holds, as text, by its name. Where none of them is said, partitions
    are made by others. ``stem`` begins the names of those that are made: the table's name when it was divided.
    """

    method: PartitionMethod
    columns: tuple[str, ...]
    period: Period | None = None
    ahead: int = 0
    parts: int = 0
    values: tuple[tuple[str, tuple[str | None, ...]], ...] = ()
    stem: str = ""

    @property
    def makes_partitions(self) -> bool:
        """Whether the specs say which partitions there are."""
        return bool(self.period or self.parts or self.values)

    @property
    def way(self) -> tuple[object, ...]:
        """What can't become another one where rows are divided by it."""
        return self.method, self.columns, self.parts, bool(self.values)

    def describe(self) -> str:
        """In words."""
        words = f"{self.method} of {', '.join(self.columns)}"
        if self.period:
            return f"{words}, one a {self.period}, {self.ahead} ahead"
        if self.parts:
            return f"{words}, in {self.parts} parts"
        return f"{words}: {', '.join(name for name, _ in self.values)}" if self.values else words
