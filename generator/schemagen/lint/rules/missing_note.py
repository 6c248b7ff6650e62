"""A document that is silent about deletes, time zones or concurrency.

Developers ask three things of every schema: are deletes soft or hard, which time zone do timestamps have, and what
happens when two clients write at once. Answer them in the `notes` of the file, as `soft_deletes`, `timestamps` (where
there is a timestamp) and `concurrency`.

Wrong:

```yaml
tables:
  tags:
    columns:
      name: {type: text, primary_key: true}
notes:
  concurrency: READ COMMITTED is enough; a tag is one row.
```

Right:

```yaml
tables:
  tags:
    columns:
      name: {type: text, primary_key: true}
notes:
  concurrency: READ COMMITTED is enough; a tag is one row.
  soft_deletes: None; deletes are hard.
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.schema.types import TimestampType

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look at the notes of every document with tables, and of its tables."""
    for document in project.schema.documents:
        tables = project.schema.of_document(document)
        if not tables:
            continue
        written = {key for notes in (document.notes, *(table.notes for table in tables)) for key, _ in notes}
        wanted = ["soft_deletes", "concurrency"]
        if any(isinstance(column.type, TimestampType) for table in tables for column in table.columns):
            wanted.append("timestamps")
        missing = [key for key in wanted if key not in written]
        if missing:
            hint = f"add {', '.join(f'`{key}`' for key in missing)} to `notes:`"
            message = f"the document says nothing about {', '.join(key.replace('_', ' ') for key in missing)}"
            yield Finding(message, document.origin and document.origin.child("notes"), hint)


RULE = Rule("SG524", "missing-note", check, __doc__ or "")
