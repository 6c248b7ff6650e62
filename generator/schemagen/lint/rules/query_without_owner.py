"""A query on an owned table that doesn't ask for its owner.

A table is owned when it has an `owner:`, or else when a foreign key of it has a column named user_id, owner_id,
account_id, tenant_id, organization_id or workspace_id. A query that finds such rows without comparing the owner with
a parameter shows one person's rows to another: the commonest hole in multi-user programs. Comparing the owner of a
joined table is enough, or a unique column of the owner's own row, or one that is a secret (`token_hash`).

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

What only a job asks is not a finding: rows whose time has come (`expires_at < now()`), counts, or
`FOR UPDATE SKIP LOCKED`. Another job that works across users says so on the query's line: `# schemagen: ignore SG518`
and its reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile

from .answered_secret import names_secret
from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.model import Schema, Table

    from .access import Access, Reading
    from .base import Project


OWNERS = frozenset({"user_id", "owner_id", "account_id", "tenant_id", "organization_id", "workspace_id"})


def check(project: Project) -> Iterator[Finding]:
    """Look at every query that reads, changes or fills an owned table."""
    for query in project.schema.queries:
        reading = project.readings.get(query.name)
        if reading is None or reading.is_job:
            continue
        owned = [access.table for access in reading.accesses if _owners(access.table)]
        target = reading.inserts_into
        if target and _owners(target):
            owned.append(target)
        if (
            owned
            and not _gives_owner(reading)
            and not any(_asks(access, project.schema) for access in reading.accesses)
        ):
            columns = ", ".join(sorted(_owners(owned[0])))
            message = f"`{query.name}` doesn't compare the owner of `{owned[0].name}` ({columns}) with a parameter"
            yield Finding(message, query.origin, f"add `{columns} = :{columns}`")


def _gives_owner(reading: Reading) -> bool:
    """Whether rows are inserted for an owner that a parameter names, and take no more than keys from other rows."""
    target = reading.inserts_into
    if target is None or not _owners(target) & reading.given:
        return False
    return reading.copied <= {column for key in target.foreign_keys for column in key.columns}


def _asks(access: Access, schema: Schema) -> bool:
    """Whether a parameter names the owner, by a reference or the own row, or is a secret that only they know."""
    table = access.table
    if _owners(table) & access.bound:
        return True
    if any(names_secret(column) for column in access.bound) and table.is_unique(access.bound):
        return True
    is_owner = any(
        key.parent == table.name and _owners(child) & set(key.columns)
        for child in schema.tables
        for key in child.foreign_keys
    )
    return is_owner and table.is_unique(access.bound)


def _owners(table: Table) -> frozenset[str]:
    if table.owner:
        return frozenset({table.owner})
    return OWNERS.intersection(column for key in table.foreign_keys for column in key.columns)


RULE = Rule("SG518", "query-without-owner", check, __doc__ or "", Profile.SAFETY)
