"""An index that no query names and no foreign key needs.

Every index makes writes slower and takes memory. It earns that by a query pattern that `uses` it, by serving a foreign
key, by being unique, or by a `reason`.

Wrong:

```yaml
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
    indexes:
      - {columns: [title], description: Look-up by title}
```

Right:

```yaml
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
    indexes:
      - {columns: [title], description: Look-up by title}
queries:
  by_title:
    sql: SELECT id FROM tasks WHERE title = :title
    uses: idx_tasks_title
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.schema.access_paths import paths, serves

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look at every index that enforces nothing."""
    used = {name for query in project.schema.queries for name in query.uses}
    for table in project.schema.tables:
        ways = {path.name: path for path in paths(table)}
        for index in table.indexes:
            if index.unique or index.reason or index.name in used:
                continue
            if not any(serves(ways[index.name], key, project.schema) for key in table.enforced_foreign_keys):
                hint = "name it in the `uses` of a query, give it a `reason`, or remove it"
                yield Finding(f"no query uses `{index.name}`", index.origin, hint)


RULE = Rule("SG520", "unused-index", check, __doc__ or "")
