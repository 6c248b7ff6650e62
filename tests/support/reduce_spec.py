"""Makes a failing spec smaller: parts are left out for as long as it fails in the same way."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.schema_values import Data

Path = tuple[Any, ...]


def reduced(spec: Data, fails: Callable[[Data], bool], most: int = 400) -> Data:
    """A smaller spec that still fails, after at most so many tries; large parts are tried first."""
    tried = 0
    smaller = True
    while smaller:
        smaller = False
        for path in sorted(_paths(spec), key=len):
            if tried >= most:
                return spec
            candidate = _without(spec, path)
            if candidate is None:
                continue
            tried += 1
            if fails(candidate):
                spec, smaller = candidate, True
    return spec


def _paths(data: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of everything in a mapping or a list."""
    if path and path[-1] == "schemagen":
        return
    if path:
        yield path
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in children:
        yield from _paths(value, (*path, key))


def _without(spec: Data, path: Path) -> Data | None:
    """A copy without one part; None where the part has gone already."""
    candidate = copy.deepcopy(spec)
    at: Any = candidate
    try:
        for key in path[:-1]:
            at = at[key]
        del at[path[-1]]
    except (KeyError, IndexError, TypeError):
        return None
    return candidate
