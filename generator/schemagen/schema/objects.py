"""Kinds of objects of one's own, and the order in which what needs each other is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

ObjectKind = Literal["function", "procedure", "aggregate", "trigger", "policy", "grant", "rule", "sequence"]

STANDALONE: frozenset[str] = frozenset({"function", "procedure", "aggregate", "sequence"})
"""Kinds that tables may be made of: made before the tables, where they need none."""


class Needing(Protocol):
    """What has a name, and needs others by theirs."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def needs(self) -> tuple[str, ...]:
        """The names of what it needs."""


Item = TypeVar("Item", bound=Needing)


def in_order_of_needs(items: Iterable[Item]) -> tuple[Item, ...]:
    """Each after those of them that it needs; what needs itself in a circle keeps its place."""
    by_name = {item.name: item for item in items}
    done: dict[str, Item] = {}
    for start in by_name:
        waiting = [start]
        entered: set[str] = set()
        while waiting:
            name = waiting[-1]
            first = name not in entered
            entered.add(name)
            needed = [n for n in by_name[name].needs if n in by_name and n not in done and n not in entered]
            if first and needed:
                waiting += reversed(needed)
            else:
                waiting.pop()
                done.setdefault(name, by_name[name])
    return tuple(done.values())
