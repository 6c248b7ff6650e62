"""A table that no query pattern reads, or none writes.

Query patterns tell how a table is meant to be used; they are run on both engines, and indexes are judged by them. A
specification of messages that doesn't show how to fetch a history and how to append to it is not complete.

Wrong:

```yaml
tables:
  tags:
    columns:
      name: {type: text, primary_key: true}
queries:
  add_tag:
    sql: INSERT INTO tags (name) VALUES (:name)
```

Right:

```yaml
tables:
  tags:
    columns:
      name: {type: text, primary_key: true}
queries:
  add_tag:
    sql: INSERT INTO tags (name) VALUES (:name)
  find_tag:
    sql: SELECT name FROM tags WHERE name = :name
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look at every table."""
    read = {name for query in project.schema.queries if not query.writes for name in query.tables}
    written = {name for query in project.schema.queries if query.writes for name in query.tables}
    for table in project.schema.tables:
        missing = [word for word, names in (("reads", read), ("writes", written)) if table.name not in names]
        if missing:
            message = f"no query pattern {' or '.join(missing)} `{table.name}`"
            yield Finding(message, table.origin, "add how it is used to `queries:`")


RULE = Rule("SG508", "missing-query", check, __doc__ or "")
