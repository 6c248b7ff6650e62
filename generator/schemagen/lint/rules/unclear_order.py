"""A query sorted by time alone, without a word on ties.

Rows that were written in the same moment come in any order, another one each time; and a page that ends at such a
moment loses rows. A unique key of what is sorted by, and of what the conditions set equal to one value, tells rows
apart; so does a partial unique index whose condition the query repeats. Otherwise add a unique column to ORDER BY, or a
note `ordering` to the table (or the file) that says why time is enough.

Wrong:

```yaml
tables:
  events:
    columns:
      id: {type: uuid, primary_key: true}
      created_at: {type: timestamptz, index: true}
queries:
  latest:
    sql: SELECT id FROM events ORDER BY created_at DESC LIMIT 20
```

Right:

```yaml
tables:
  events:
    columns:
      id: {type: uuid, primary_key: true}
      created_at: {type: timestamptz, index: true}
queries:
  latest:
    sql: SELECT id FROM events ORDER BY created_at DESC, id LIMIT 20
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile
from schemagen.schema.types import TimestampType

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .access import Access
    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look at what every query sorts by."""
    noted = {document.name for document in project.schema.documents if "ordering" in dict(document.notes)}
    for query in project.schema.queries:
        reading = project.readings.get(query.name)
        for access in reading.accesses if reading else ():
            table = access.table
            if table.note("ordering") or noted & {table.document, query.document} or not _is_open(access):
                continue
            message = f"`{query.name}` sorts by {', '.join(access.ordered)} alone: rows of one time come in any order"
            key = ", ".join(table.primary_key.columns) if table.primary_key else "a unique column"
            hint = f"add {key} to ORDER BY, or a note `ordering` to `{table.name}`"
            yield Finding(message, query.origin, hint)


def _is_open(access: Access) -> bool:
    """Whether the last thing that rows are sorted by is a timestamp, and rows of one time stay unsorted."""
    return access.ends_order and isinstance(access.table.column(access.ordered[-1]).type, TimestampType)


RULE = Rule("SG525", "unclear-order", check, __doc__ or "", Profile.SAFETY)
