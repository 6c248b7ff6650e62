"""A document that doesn't say how it will grow.

Every schema gets its next column. A JSON column (`metadata`) takes small things without a migration; a note
`evolution` or `future` says how larger ones come. With neither, the first wish becomes a hurried migration.

Wrong:

```yaml
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
```

Right:

```yaml
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
notes:
  evolution: New columns come nullable or with a default, then are filled in batches.
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


_NOTES = frozenset({"evolution", "future"})


def check(project: Project) -> Iterator[Finding]:
    """Look at every document with tables."""
    for document in project.schema.documents:
        tables = project.schema.of_document(document)
        noted = any(key in _NOTES for notes in (document.notes, *(table.notes for table in tables)) for key, _ in notes)
        has_json = any(isinstance(column.type, JsonType) for table in tables for column in table.columns)
        if tables and not noted and not has_json:
            message = "the document has no JSON column and no note on its evolution"
            at = document.origin and document.origin.child("notes")
            yield Finding(message, at, "add the note `evolution`, or a `metadata` column of type jsonb")


RULE = Rule("SG531", "no-room-to-grow", check, __doc__ or "", Profile.STRICT)
