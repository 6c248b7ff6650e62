"""Tables whose deletes cascade in a cycle.

When a's delete takes rows of b and b's takes rows of a, one delete can empty both tables, and which rows go depends on
the data alone. A table that refers to itself, as a tree does, is not meant.

Wrong:

```yaml
tables:
  teams:
    columns:
      id: {type: uuid, primary_key: true}
      lead_id: {type: uuid, references: people.id, on_delete: cascade, index: true}
  people:
    columns:
      id: {type: uuid, primary_key: true}
      team_id: {type: uuid, references: teams.id, on_delete: cascade, index: true}
```

Right:

```yaml
tables:
  teams:
    columns:
      id: {type: uuid, primary_key: true}
      lead_id: {type: uuid, nullable: true, references: people.id, on_delete: set null, index: true}
  people:
    columns:
      id: {type: uuid, primary_key: true}
      team_id: {type: uuid, references: teams.id, on_delete: cascade, index: true}
```
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile

from .base import Finding, Rule
from .cascades import cascades

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look for a way back to every table; each circle is reported once, at its first table."""
    children = cascades(project.schema)
    reported: set[str] = set()
    for table in project.schema.tables:
        cycle = () if table.name in reported else _way_back(table.name, children)
        if cycle:
            reported.update(cycle)
            message = f"deletes cascade in a cycle: {' → '.join((*cycle, table.name))}"
            yield Finding(message, table.origin, "break it with `on_delete: restrict` or `set null`")


def _way_back(start: str, children: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The shortest way from a table back to itself, without its end; empty if there is none."""
    ways: deque[tuple[str, ...]] = deque([(start,)])
    seen = {start}
    while ways:
        way = ways.popleft()
        for child in children.get(way[-1], ()):
            if child == start:
                return way
            if child not in seen:
                seen.add(child)
                ways.append((*way, child))
    return ()


RULE = Rule("SG514", "cascade-cycle", check, __doc__ or "", Profile.SAFETY)
