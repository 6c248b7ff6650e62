"""A JSON column whose content is not described.

The database takes any JSON there; only the document can say what is in it. Write the note `COLUMN_shape` on the table,
with an example.

Wrong:

```yaml
tables:
  messages:
    columns:
      id: {type: uuid, primary_key: true}
      tool_calls: {type: jsonb}
```

Right:

```yaml
tables:
  messages:
    columns:
      id: {type: uuid, primary_key: true}
      tool_calls: {type: jsonb}
    notes:
      tool_calls_shape: 'A list of calls: [{"tool": "create_task", "arguments": {}}]'
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile
from schemagen.schema.types import JsonType

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look at every JSON column."""
    for table in project.schema.tables:
        for column in table.columns:
            if isinstance(column.type, JsonType) and not table.shape(column.name):
                message = f"nothing says what `{table.name}.{column.name}` holds"
                yield Finding(message, column.origin, f"add the note `{column.name}_shape` to the table")


RULE = Rule("SG534", "json-without-shape", check, __doc__ or "", Profile.STRICT)
