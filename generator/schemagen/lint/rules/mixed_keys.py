"""Tables whose keys are made in different ways.

With UUIDs here and counted numbers there, each join and each API has to know which is which, and numbers give away how
many rows there are. One strategy for the whole system is simpler. The rule compares primary keys of one column that
are made by the database, and speaks up for the fewer.

Wrong:

```yaml
tables:
  users: {columns: {id: {type: uuid, primary_key: true, default: {sql: gen_random_uuid()}}}}
  tasks: {columns: {id: {type: uuid, primary_key: true, default: {sql: gen_random_uuid()}}}}
  notes: {columns: {id: {type: bigint, primary_key: true, identity: true}}}
```

Right:

```yaml
tables:
  users: {columns: {id: {type: uuid, primary_key: true, default: {sql: gen_random_uuid()}}}}
  tasks: {columns: {id: {type: uuid, primary_key: true, default: {sql: gen_random_uuid()}}}}
  notes: {columns: {id: {type: uuid, primary_key: true, default: {sql: gen_random_uuid()}}}}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile
from schemagen.schema.types import Uuid

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.model import Column, Table

    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look at the primary keys that the database makes."""
    kinds: dict[str, list[tuple[Table, Column]]] = {}
    for table in project.schema.tables:
        column = table.column(table.primary_key.columns[0]) if table.primary_key else None
        if table.primary_key and column and len(table.primary_key.columns) == 1 and (column.identity or column.default):
            kinds.setdefault("uuid" if isinstance(column.type, Uuid) else "number", []).append((table, column))
    usual = max(kinds, key=lambda kind: len(kinds[kind]), default="")
    for kind, keys in kinds.items():
        for table, column in keys if kind != usual else ():
            message = f"the key of `{table.name}` is {column.type}; {len(kinds[usual])} other tables use another type"
            yield Finding(message, column.origin, "make keys in one way everywhere")


RULE = Rule("SG532", "mixed-keys", check, __doc__ or "", Profile.STRICT)
