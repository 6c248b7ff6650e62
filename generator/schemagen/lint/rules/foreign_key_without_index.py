"""A foreign key that no index serves.

It looks for an index, a unique constraint or a primary key that begins with the key's columns, or with one of them that
is unique in the parent. Deleting a parent row, or changing its key, looks for the children; neither engine makes an
index for that, so without one every delete of a parent reads the whole child table, on PostgreSQL while it holds a
lock.

Wrong:

```yaml
tables:
  users: {columns: {id: {type: uuid, primary_key: true}}}
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {references: users.id, on_delete: cascade}
```

Right:

```yaml
tables:
  users: {columns: {id: {type: uuid, primary_key: true}}}
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {references: users.id, on_delete: cascade, index: true}
```

`schemagen lint --fix` writes `index: true` on a key of one column.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Fix
from schemagen.lint.profiles import Profile
from schemagen.schema.access_paths import paths, serves

from .base import Finding, Rule
from .edits import add_entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.model import ForeignKey, Table

    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look at every enforced foreign key."""
    for table in project.schema.tables:
        ways = paths(table)
        for key in table.enforced_foreign_keys:
            if not any(serves(path, key, project.schema) for path in ways):
                columns = ", ".join(key.columns)
                besides = " (a partial index does not count)" if _has_partial(table, key, project) else ""
                message = (
                    f"no index of `{table.name}` begins with ({columns}){besides}, "
                    f"so deletes from `{key.parent}` read all of it"
                )
                yield Finding(message, key.origin, f"add an index on ({columns})", fix=_fix(key, project))


def _has_partial(table: Table, key: ForeignKey, project: Project) -> bool:
    partial = {index.name for index in table.indexes if index.where}
    whole = (replace(path, is_whole=True) for path in paths(table) if path.name in partial)
    return any(serves(path, key, project.schema) for path in whole)


def _fix(key: ForeignKey, project: Project) -> Fix | None:
    if key.origin is None or key.origin.path[-2] != "columns":
        return None
    edit = add_entry(key.origin, "index: true", project.sources)
    return Fix("add `index: true`", (edit,)) if edit else None


RULE = Rule("SG501", "foreign-key-without-index", check, __doc__ or "", Profile.SAFETY)
