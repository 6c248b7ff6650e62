"""A foreign-key column whose type is near its parent's, but not the same.

An `integer` that refers to a `bigint` works until the parent counts past 2,147,483,647; a `varchar(20)` that refers
to a `varchar(50)` works until a longer key comes. (Types that don't fit at all are the error SG208.)

Wrong:

```yaml
tables:
  users: {columns: {id: {type: bigint, primary_key: true, identity: true}}}
  tasks:
    columns:
      id: {type: bigint, primary_key: true, identity: true}
      user_id: {type: integer, references: users.id, on_delete: cascade, index: true}
```

Right:

```yaml
tables:
  users: {columns: {id: {type: bigint, primary_key: true, identity: true}}}
  tasks:
    columns:
      id: {type: bigint, primary_key: true, identity: true}
      user_id: {references: users.id, on_delete: cascade, index: true}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look at every pair of columns that a foreign key joins."""
    for table in project.schema.tables:
        for key in table.foreign_keys:
            parent = project.schema.table(key.parent)
            for name, parent_name in zip(key.columns, key.parent_columns, strict=True):
                own, other = table.column(name), parent.column(parent_name)
                if own.type != other.type:
                    message = f"`{table.name}.{name}` is {own.type}, but `{parent.name}.{parent_name}` is {other.type}"
                    related = (("the parent column", other.origin),) if other.origin else ()
                    hint = "leave the type out: a foreign-key column takes its parent's"
                    yield Finding(message, own.origin, hint, related=related)


RULE = Rule("SG516", "foreign-key-type", check, __doc__ or "", Profile.SAFETY)
