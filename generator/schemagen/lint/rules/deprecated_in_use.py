"""A query that uses what is tagged `deprecated`.

A table or column that is about to go keeps the tag until no query of the specs reads or writes it.

Wrong:

```yaml
tables:
  users:
    columns:
      id: {type: bigint, primary_key: true}
      nickname: {type: text, nullable: true, tags: [deprecated]}
queries:
  get_user: {sql: "SELECT id, nickname FROM users WHERE id = :id"}
```

Right:

```yaml
tables:
  users:
    columns:
      id: {type: bigint, primary_key: true}
      nickname: {type: text, nullable: true, tags: [deprecated]}
queries:
  get_user: {sql: "SELECT id FROM users WHERE id = :id"}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.changes.renames import mentions
from schemagen.lint.profiles import Profile

from .base import Finding, Rule
from .pii_without_retention import is_tagged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.model import Schema
    from schemagen.schema.query import Query

    from .base import Project

DEPRECATED = "deprecated"


def check(project: Project) -> Iterator[Finding]:
    """Look at every query."""
    for query in project.schema.queries:
        for what in _deprecated(query, project.schema):
            hint = "use what has taken its place, or take the tag away"
            yield Finding(f"`{query.name}` uses {what}, which is deprecated", query.origin, hint)


def _deprecated(query: Query, schema: Schema) -> Iterator[str]:
    tables = [schema.table(name) for name in query.tables if name in schema.by_name]
    text = query.sql.postgres or query.sql.sqlite or ""
    for table in tables:
        if is_tagged(table.tags, DEPRECATED):
            yield f"`{table.name}`"
        for column in table.columns:
            others = [other for other in tables if other is not table and column.name in other.by_name]
            if is_tagged(column.tags, DEPRECATED) and not others and mentions(text, [column.name]):
                yield f"`{table.name}.{column.name}`"


RULE = Rule("SG538", "deprecated-in-use", check, __doc__ or "", Profile.SAFETY)
