"""A column named like a reference that refers to nothing.

Nobody can tell whether `user_id` was forgotten as a foreign key or is the id of another system, and orphans are not
prevented. Write `references`, or say with `external_reference` where the value comes from.

Wrong:

```yaml
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      agent_id: {type: text, max_length: 50}
```

Right:

```yaml
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      agent_id: {type: text, max_length: 50, external_reference: application settings}
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
    """Look at columns whose name ends in ``_id``."""
    for table in project.schema.tables:
        keys = {name for key in table.foreign_keys for name in key.columns}
        own = set(table.primary_key.columns) if table.primary_key else set()
        for column in table.columns:
            if column.name.lower().endswith("_id") and column.name not in keys | own and not column.external_reference:
                message = f"`{table.name}.{column.name}` is named like a reference, but refers to nothing"
                hint = "write `references: table.column`, or `external_reference` with the system it comes from"
                yield Finding(message, column.origin, hint)


RULE = Rule("SG530", "id-without-reference", check, __doc__ or "", Profile.SAFETY)
