"""A text without a limit, and without a word on its size.

Whatever a client sends is stored, up to a gigabyte. Set `max_length` (a check on both engines), or write the note
`size_limits` where something else keeps texts short.

Wrong:

```yaml
tables:
  messages:
    columns:
      id: {type: uuid, primary_key: true}
      content: {type: text}
```

Right:

```yaml
tables:
  messages:
    columns:
      id: {type: uuid, primary_key: true}
      content: {type: text, max_length: 100000}
```

Keys, and columns that are computed, are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.schema.types import Text

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look at text columns without a limit."""
    noted = {document.name for document in project.schema.documents if "size_limits" in dict(document.notes)}
    for table in project.schema.tables:
        keys = {name for key in table.foreign_keys for name in key.columns}
        keys.update(table.primary_key.columns if table.primary_key else ())
        for column in table.columns:
            if column.name in keys or column.generated or table.note("size_limits") or table.document in noted:
                continue
            if isinstance(column.type, Text) and column.type.max_length is None:
                message = f"`{table.name}.{column.name}` may have any length"
                yield Finding(message, column.origin, "add `max_length`, or the note `size_limits`")


RULE = Rule("SG526", "unbounded-text", check, __doc__ or "")
