"""An index that is only the beginning of another one.

An index on (a, b) finds rows by a as well, so one on (a) alone makes few queries faster and every write slower. A
small index may still be worth its price, for counting and for deletes: then say so with `reason`.

Wrong:

```yaml
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {type: uuid}
      created_at: {type: timestamptz}
    indexes:
      - columns: [user_id]
      - columns: [user_id, created_at]
```

Right:

```yaml
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {type: uuid}
      created_at: {type: timestamptz}
    indexes:
      - columns: [user_id, created_at]
```

Or, where it was measured: `reason: Counting a user's tasks reads a fifth of the pages`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile
from schemagen.schema.access_paths import paths

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.access_paths import Path
    from schemagen.schema.index import IndexElement

    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look at every index without a reason that enforces nothing and holds no further columns."""
    for table in project.schema.tables:
        ways = paths(table)
        kept = {index.name for index in table.indexes if index.reason or index.include}
        for short in ways:
            if short.kind != "index" or short.is_unique or not short.is_whole or short.name in kept:
                continue
            longer = next((path for path in ways if _begins(short, path)), None)
            if longer:
                message = f"`{longer.name}` begins with the columns of `{short.name}` and serves the same queries"
                related = (("the longer one", longer.origin),) if longer.origin else ()
                hint = "remove the shorter one, or give it a `reason`"
                yield Finding(message, short.origin, hint, related=related)


def _begins(short: Path, path: Path) -> bool:
    """Whether one is sorted like the other, and further; a single element can be read in either direction."""
    size = len(short.elements)
    if not path.is_whole or not 0 < size < len(path.elements):
        return False
    if size == 1:
        return _undirected(short.elements[0]) == _undirected(path.elements[0])
    return short.elements == path.elements[:size]


def _undirected(element: IndexElement) -> IndexElement:
    return replace(element, descending=False, nulls=None)


RULE = Rule("SG503", "redundant-index", check, __doc__ or "", Profile.SAFETY)
