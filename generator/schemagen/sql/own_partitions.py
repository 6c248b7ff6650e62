"""Statements that make a partition, read as far as its bounds: what two of them have in common."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemagen.schema.objects import OwnObject

_NAME = r'(?:"(?:[^"]|"")+"|[A-Za-z_][\w$]*)'
_MADE = re.compile(
    rf"\ACREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>{_NAME}(?:\.{_NAME})?)\s+PARTITION\s+OF\s+"
    rf"(?P<parent>{_NAME}(?:\.{_NAME})?)\s+(?P<bound>.+?)(?P<further>\s+PARTITION\s+BY\s.+)?\Z",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class MadePartition:
    """A partition: its name, the table or partition that it is a part of, its bounds, and how it is divided itself."""

    name: str
    parent: str
    bound: str
    further: str = ""

    @property
    def own_name(self) -> str:
        """Its name without quotes and schema."""
        return _plain(self.name)

    @property
    def parent_name(self) -> str:
        """The same of what it is a part of."""
        return _plain(self.parent)


def _plain(name: str) -> str:
    last = name if name.endswith('"') and name.count('"') == 2 else name.rpartition(".")[2]  # noqa: PLR2004
    return last[1:-1].replace('""', '"') if last.startswith('"') else last.lower()


def made_partition(item: OwnObject) -> MadePartition:
    """What the statement of a partition says; all text is as it stands there, but for its spaces."""
    made = _MADE.match(item.sql.postgres or "")
    if made is None:
        return MadePartition(item.name, "", item.sql.postgres or "")
    return MadePartition(**{key: " ".join((value or "").split()) for key, value in made.groupdict().items()})


def is_same_partition(old: OwnObject, new: OwnObject) -> bool:
    """Whether a partition stays the same table, though its bounds or its parent become others."""
    before, after = made_partition(old), made_partition(new)
    return (before.name, before.further) == (after.name, after.further)
