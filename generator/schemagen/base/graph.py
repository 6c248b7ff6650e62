"""What hangs together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def reachable(starts: Iterable[str], following: Callable[[str], Iterable[str]]) -> set[str]:
    """The names that some names lead to over any number of steps, themselves among them."""
    found, waiting = set[str](), list(starts)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += following(name)
    return found
