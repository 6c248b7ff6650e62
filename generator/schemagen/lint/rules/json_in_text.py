"""A JSON column whose default is a text that looks like JSON.

In quotes, `"{}"` is a JSON string of two characters, not an empty object, and `payload ->> 'key'` finds nothing in it.
Write the object or list itself.

Wrong:

```yaml
tables:
  messages:
    columns:
      id: {type: uuid, primary_key: true}
      payload: {type: jsonb, default: "{}"}
```

Right:

```yaml
tables:
  messages:
    columns:
      id: {type: uuid, primary_key: true}
      payload: {type: jsonb, default: {}}
```
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from schemagen.schema.model import LiteralDefault
from schemagen.schema.types import JsonType

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.model import Column

    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look at the default of every JSON column."""
    for table in project.schema.tables:
        for column in table.columns:
            meant = _container(column)
            if meant is not None and column.origin:
                text = json.dumps(meant)
                written = f"{{json: {text}}}" if isinstance(meant, dict) and meant else text
                message = f"the default of `{table.name}.{column.name}` is a JSON string, not what stands in it"
                yield Finding(message, column.origin.child("default"), f"write `default: {written}`", key=False)


def _container(column: Column) -> dict[str, object] | list[object] | None:
    """The object or list that a text holds as JSON; None if the default is anything else."""
    default = column.default
    if not isinstance(column.type, JsonType) or not isinstance(default, LiteralDefault):
        return None
    if not isinstance(default.value, str):
        return None
    try:
        found = json.loads(default.value)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, (dict, list)) else None


RULE = Rule("SG535", "json-in-text", check, __doc__ or "")
