"""A delete that cascades far.

It follows `on_delete: cascade` from table to table. More than three steps below a table, hardly anybody who deletes a
row knows what goes with it, and the delete runs, and locks, much longer than it looks.

Wrong:

```yaml
tables:
  a: {columns: {id: {type: uuid, primary_key: true}}}
  b: {columns: {id: {type: uuid, primary_key: true}, a_id: {references: a.id, on_delete: cascade, index: true}}}
  c: {columns: {id: {type: uuid, primary_key: true}, b_id: {references: b.id, on_delete: cascade, index: true}}}
  d: {columns: {id: {type: uuid, primary_key: true}, c_id: {references: c.id, on_delete: cascade, index: true}}}
  e: {columns: {id: {type: uuid, primary_key: true}, d_id: {references: d.id, on_delete: cascade, index: true}}}
```

Right:

```yaml
tables:
  a: {columns: {id: {type: uuid, primary_key: true}}}
  b: {columns: {id: {type: uuid, primary_key: true}, a_id: {references: a.id, on_delete: cascade, index: true}}}
  c: {columns: {id: {type: uuid, primary_key: true}, b_id: {references: b.id, on_delete: restrict, index: true}}}
  d: {columns: {id: {type: uuid, primary_key: true}, c_id: {references: c.id, on_delete: cascade, index: true}}}
  e: {columns: {id: {type: uuid, primary_key: true}, d_id: {references: d.id, on_delete: cascade, index: true}}}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile

from .base import Finding, Rule
from .cascades import cascades

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .base import Project


FARTHEST = 3
MOST_SHOWN = 9


def check(project: Project) -> Iterator[Finding]:
    """Look at the longest chain below every table that no other table's delete reaches."""
    children = cascades(project.schema)
    reached = {child for below in children.values() for child in below}
    chains = _Chains(children)
    for table in project.schema.tables:
        if table.name in reached:
            continue
        chain = chains.longest(table.name)
        if len(chain) - 1 > FARTHEST:
            way = chain if len(chain) <= MOST_SHOWN else (*chain[: MOST_SHOWN - 2], "…", chain[-1])
            message = f"deleting a row of `{table.name}` reaches {len(chain) - 1} tables deep: {' → '.join(way)}"
            yield Finding(message, table.origin, "stop the cascade somewhere with `on_delete: restrict`")


class _Chains:
    """The longest chain below each table, found once; one that leads back to a table on the way ends there."""

    def __init__(self, children: Mapping[str, Sequence[str]]) -> None:
        self._children = children
        self._length: dict[str, int] = {}
        self._next: dict[str, str] = {}

    def longest(self, name: str) -> tuple[str, ...]:
        """The names of a chain that begins with a table."""
        self._measure(name)
        chain = [name]
        while chain[-1] in self._next:
            chain.append(self._next[chain[-1]])
        return tuple(chain)

    def _measure(self, root: str) -> None:
        way = {} if root in self._length else {root: iter(self._children.get(root, ()))}
        while way:
            name = next(reversed(way))
            child = next(way[name], None)
            if child is None:
                del way[name]
                below = ((self._length[each], each) for each in self._children.get(name, ()) if each in self._length)
                length, following = max(below, key=lambda found: found[0], default=(0, ""))
                self._length[name] = length + 1
                if following:
                    self._next[name] = following
            elif child not in self._length and child not in way:
                way[child] = iter(self._children.get(child, ()))


RULE = Rule("SG513", "far-cascade", check, __doc__ or "", Profile.SAFETY)
