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

from .base import Finding, Rule
from .cascades import cascades

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .base import Project


FARTHEST = 3


def check(project: Project) -> Iterator[Finding]:
    """Look at the longest chain below every table that no other table's delete reaches."""
    children = cascades(project.schema)
    reached = {child for below in children.values() for child in below}
    for table in project.schema.tables:
        if table.name in reached:
            continue
        chain = _longest(table.name, children, {})
        if len(chain) - 1 > FARTHEST:
            message = f"deleting a row of `{table.name}` reaches {len(chain) - 1} tables deep: {' → '.join(chain)}"
            yield Finding(message, table.origin, "stop the cascade somewhere with `on_delete: restrict`")


def _longest(name: str, children: Mapping[str, Sequence[str]], known: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The longest chain that begins with a table; a table is entered once, so that cycles end."""
    if name not in known:
        known[name] = (name,)
        below = [_longest(child, children, known) for child in children.get(name, ())]
        known[name] = (name, *max(below, key=len, default=()))
    return known[name]


RULE = Rule("SG513", "far-cascade", check, __doc__ or "")
