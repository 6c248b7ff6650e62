"""The order in which tables are created: dependencies first, ties by file name and place."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from .model import Deferrable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .model import Table


def in_creation_order(tables: Mapping[str, Table]) -> tuple[Table, ...]:
    """Tables by name, parents first; the order of the mapping decides ties."""
    parents = {
        name: [key.parent for key in table.declared_foreign_keys if key.parent in tables]
        for name, table in tables.items()
    }
    optional = {name: _optional_parents(table) for name, table in tables.items()}
    return tuple(tables[name] for name in creation_order(list(tables), parents, optional))


def _optional_parents(table: Table) -> list[str]:
    """The parents that a row can do without when it is inserted."""
    return [
        key.parent
        for key in table.declared_foreign_keys
        if key.deferrable is Deferrable.DEFERRED
        or any(column.nullable for name in key.columns if (column := table.by_name.get(name)))
    ]


def creation_order(
    names: Sequence[str], parents: Mapping[str, Sequence[str]], optional: Mapping[str, Sequence[str]]
) -> list[str]:
    """Order tables so that parents come first.

    Args:
        names: every table, in the order that decides ties.
        parents: the tables that each table refers to (itself may be among them).
        optional: those of them that a row can do without for a while, because the key may be NULL or is checked late.

    Returns:
        All names. Inside a cycle of references, as many parents as possible come first: a row can then be inserted
        before its optional parents.
    """
    place = {name: number for number, name in enumerate(names)}
    component = _components(names, parents)
    waiting = _Waiting(names, parents, component, optional)
    ready = [place[name] for name in names if waiting.is_free(name)]
    heapq.heapify(ready)
    order: list[str] = []
    done: set[str] = set()
    blocked = _Blocked(names, component, waiting)
    while len(order) < len(names):
        name = names[heapq.heappop(ready)] if ready else blocked.next_to_break(done)
        if name in done:
            continue
        done.add(name)
        order.append(name)
        for child in waiting.release(name):
            heapq.heappush(ready, place[child])
    return order


class _Waiting:
    """For each table, how many parents it still waits for, inside its cycle and outside."""

    def __init__(
        self,
        names: Sequence[str],
        parents: Mapping[str, Sequence[str]],
        component: Mapping[str, int],
        optional: Mapping[str, Sequence[str]],
    ) -> None:
        self._optional = {name: frozenset(optional.get(name, ())) for name in names}
        self.required = dict.fromkeys(names, 0)
        self.inside = dict.fromkeys(names, 0)
        self.outside = dict.fromkeys(names, 0)
        self._component = component
        self._children: dict[str, list[str]] = {name: [] for name in names}
        for name in names:
            for parent in set(parents.get(name, ())) - {name}:
                if parent in self._children:
                    self._children[parent].append(name)
                    self._count(name, parent, 1)

    def _count(self, name: str, parent: str, by: int) -> None:
        inside = self._component[name] == self._component[parent]
        (self.inside if inside else self.outside)[name] += by
        if inside and parent not in self._optional[name]:
            self.required[name] += by

    def is_free(self, name: str) -> bool:
        return not self.inside[name] and not self.outside[name]

    def release(self, parent: str) -> list[str]:
        """Count a parent as created; the tables that it was the last one to hold back."""
        freed = []
        for child in self._children[parent]:
            self._count(child, parent, -1)
            if self.is_free(child):
                freed.append(child)
        return freed


class _Blocked:
    """The cycles, each with its tables in order; one is broken where nothing else is ready."""

    def __init__(self, names: Sequence[str], component: Mapping[str, int], waiting: _Waiting) -> None:
        self._waiting = waiting
        members: dict[int, list[str]] = {}
        for name in names:
            members.setdefault(component[name], []).append(name)
        self._cycles = [cycle for cycle in members.values() if len(cycle) > 1]

    def next_to_break(self, done: set[str]) -> str:
        """The first table of a cycle that waits for nothing outside it."""
        for cycle in self._cycles:
            left = [name for name in cycle if name not in done]
            if left and not any(self._waiting.outside[name] for name in left):
                return min(left, key=lambda name: (self._waiting.required[name], self._waiting.inside[name]))
        raise AssertionError("a table waits for a table that does not exist")  # pragma: no cover


def _components(names: Sequence[str], parents: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The strongly connected component of each table (Tarjan's algorithm, without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    component: dict[str, int] = {}
    stack: list[str] = []
    for root in names:
        if root in index:
            continue
        work = [(root, iter(parents.get(root, ())))]
        index[root] = low[root] = len(index)
        stack.append(root)
        while work:
            name, rest = work[-1]
            parent = next((p for p in rest if p in parents), None)
            if parent is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == index[name]:
                    number = len(component)
                    while name not in component:
                        component[stack.pop()] = number
            elif parent not in index:
                index[parent] = low[parent] = len(index)
                stack.append(parent)
                work.append((parent, iter(parents.get(parent, ()))))
            elif parent not in component:
                low[name] = min(low[name], index[parent])
    return component
