"""A query that visits every partition of a table.

PostgreSQL leaves out the partitions that can't hold a row where a condition compares the column that divides them:
with a key of the rows alone it looks into every one, twelve times as often after a year of months. A query of a
partitioned table therefore names the column that divides it, as far as its caller can know it.

Wrong:

```yaml
tables:
  messages:
    partition: {range: created_at, by: month}
    primary_key: [id, created_at]
    columns:
      id: {type: uuid}
      created_at: {type: timestamptz, immutable: true}
      body: {type: text}
queries:
  get_message: {sql: "SELECT body FROM messages WHERE id = :id"}
```

Right:

```yaml
tables:
  messages:
    partition: {range: created_at, by: month}
    primary_key: [id, created_at]
    columns:
      id: {type: uuid}
      created_at: {type: timestamptz, immutable: true}
      body: {type: text}
queries:
  get_message: {sql: "SELECT body FROM messages WHERE id = :id AND created_at = :created_at"}
```

What counts all rows, or works on those whose time has come, is not a finding. A query that has to look everywhere says
so on its line: `# schemagen: ignore SG555` and its reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .access import Access
    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look at every query of a partitioned table."""
    for query in project.schema.queries:
        reading = project.readings.get(query.name)
        for access in reading.accesses if reading and not reading.is_job else ():
            if access.table.partition and not names_partition(access):
                columns = access.table.keys_of(access.table.partition.columns)
                message = f"`{query.name}` visits every partition of `{access.table.key}`"
                yield Finding(message, query.origin, f"compare {' and '.join(f'`{each}`' for each in columns)} as well")


def names_partition(access: Access) -> bool:
    """Whether a query asks for the columns that divide a table: for all of them where their hashes do."""
    by = access.table.partition
    if by is None:
        return False
    return access.bound.issuperset(by.columns) if by.method == "hash" else by.columns[0] in access.filtered


RULE = Rule("SG555", "every-partition", check, __doc__ or "", Profile.SAFETY)
