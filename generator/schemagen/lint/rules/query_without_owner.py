"""A query on an owned table that doesn't ask for its owner.

A table is owned when a foreign key of it has a column named user_id, owner_id, account_id, tenant_id, organization_id
or workspace_id. A query that finds such rows without comparing the owner with a parameter shows one person's rows to
another: the commonest hole in multi-user programs. Comparing the owner of a joined table is enough.

Wrong:

```yaml
tables:
  users: {columns: {id: {type: uuid, primary_key: true}}}
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {references: users.id, on_delete: cascade, index: true}
queries:
  get_task:
    sql: SELECT id FROM tasks WHERE id = :task_id
```

Right:

```yaml
tables:
  users: {columns: {id: {type: uuid, primary_key: true}}}
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {references: users.id, on_delete: cascade, index: true}
queries:
  get_task:
    sql: SELECT id FROM tasks WHERE id = :task_id AND user_id = :user_id
```

A job that works across users says so on the query's line: `# schemagen: ignore SG518` and its reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.model import Table

    from .base import Project


OWNERS = frozenset({"user_id", "owner_id", "account_id", "tenant_id", "organization_id", "workspace_id"})


def check(project: Project) -> Iterator[Finding]:
    """Look at every query that reads, changes or fills an owned table."""
    for query in project.schema.queries:
        reading = project.readings.get(query.name)
        if reading is None:
            continue
        owned = [access.table for access in reading.accesses if _owners(access.table)]
        fills_owner = True
        if reading.inserts_into and _owners(reading.inserts_into):
            owned.append(reading.inserts_into)
            fills_owner = bool(_owners(reading.inserts_into).intersection(reading.inserted)) and not reading.accesses
        elif reading.accesses:
            fills_owner = False
        asks = any(_owners(access.table) & access.bound for access in reading.accesses)
        if owned and not asks and not fills_owner:
            columns = ", ".join(sorted(_owners(owned[0])))
            message = f"`{query.name}` doesn't compare the owner of `{owned[0].name}` ({columns}) with a parameter"
            yield Finding(message, query.origin, f"add `{columns} = :{columns}`")


def _owners(table: Table) -> frozenset[str]:
    return OWNERS.intersection(column for key in table.foreign_keys for column in key.columns)


RULE = Rule("SG518", "query-without-owner", check, __doc__ or "", Profile.SAFETY)
