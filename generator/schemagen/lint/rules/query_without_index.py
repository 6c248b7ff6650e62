"""A query that finds its rows without an index.

For every table of a query it asks whether a condition, or ORDER BY with LIMIT, names the first column of an index, a
unique constraint or the primary key, or its conditions every column that the condition of a partial index names. Where
none does, the engine reads the whole table: fast with ten rows, a failure with ten million. Tables whose `volume` is at
most 1,000 rows are left out. Where a query may read a whole table, a comment says why, as in
`# schemagen: ignore SG517 runs once a night`; `schemagen verify` then remarks the scan instead of failing, as it does
for a query with neither `uses` nor `p95_ms`.

Wrong:

```yaml
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text}
queries:
  by_title:
    sql: SELECT id FROM tasks WHERE title = :title
```

Right:

```yaml
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      title: {type: text, index: true}
queries:
  by_title:
    sql: SELECT id FROM tasks WHERE title = :title
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile
from schemagen.schema.access_paths import paths

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.dialect import Sql

    from .access import Access
    from .base import Project


SMALL = 1000


def check(project: Project) -> Iterator[Finding]:
    """Look at every table of every query."""
    for query in project.schema.queries:
        reading = project.readings.get(query.name)
        for table in (
            dict.fromkeys(access.table.name for access in reading.accesses if not _is_served(access)) if reading else ()
        ):
            message = f"`{query.name}` reads all of `{table}`: no index begins with a column that it asks for"
            hint = "add an index on the columns of its conditions, or a condition on an indexed column"
            yield Finding(message, query.origin, hint)


def _is_served(access: Access) -> bool:
    table = access.table
    if table.volume and table.volume.rows <= SMALL:
        return True
    first = [path.columns[:1] for path in paths(table)]
    asked = set(access.filtered)
    if access.is_limited:
        asked.update(access.ordered[:1])
    if access.is_limited and not access.ordered and not access.filtered:
        return True
    if any(index.where and _columns(index.where) <= access.filtered for index in table.indexes):
        return True
    by_expression = access.has_expressions and any(
        index.elements[0].sql or index.method != "btree" for index in table.indexes
    )
    return by_expression or any(column in asked for columns in first for column in columns)


def _columns(condition: Sql) -> set[str]:
    """The columns that a partial index's condition names."""
    from sqlglot import exp, parse_one

    is_postgres = condition.postgres is not None
    tree = parse_one(condition.postgres or condition.sqlite or "", dialect="postgres" if is_postgres else "sqlite")
    return {column.name for column in tree.find_all(exp.Column)}


RULE = Rule("SG517", "query-without-index", check, __doc__ or "", Profile.SAFETY)
