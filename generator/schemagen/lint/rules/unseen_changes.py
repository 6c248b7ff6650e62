"""A JSON value or a list that an application may change in place, without its model noticing.

SQLAlchemy writes what is assigned: `row.settings["theme"] = "dark"` changes the object in memory, the commit writes
nothing, and the change is lost without a word. `track_changes: true` lets the model notice it, at about five times the
cost of reading the column. `false` says that values are assigned anew, or named by
`sqlalchemy.orm.attributes.flag_modified`.

Wrong:

```yaml
tables:
  users:
    columns:
      id: {type: uuid, primary_key: true}
      settings: {type: jsonb, default: {}}
```

Right:

```yaml
tables:
  users:
    columns:
      id: {type: uuid, primary_key: true}
      settings: {type: jsonb, default: {}, track_changes: true}
```

Columns that are never updated are none: immutable and generated ones, and those of append-only tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile
from schemagen.schema.types import Array, JsonType

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look at columns of JSON and lists that a model can change."""
    for table in project.schema.tables:
        if table.append_only or not table.primary_key:
            continue
        for column in table.columns:
            is_fixed = column.immutable or column.generated
            if isinstance(column.type, (JsonType, Array)) and column.track_changes is None and not is_fixed:
                message = (
                    f"a change inside a value of `{table.name}.{column.name}` is not noticed by its model, and lost"
                )
                yield Finding(
                    message, column.origin, "write `track_changes: true`, or `false` if values are assigned anew"
                )


RULE = Rule("SG539", "unseen-changes", check, __doc__ or "", Profile.DOCUMENTED)
