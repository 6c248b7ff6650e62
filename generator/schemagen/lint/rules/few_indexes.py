"""A document of related tables with fewer than four indexes.

Each table that others refer to, or that is listed, sorted and filtered, needs some: by owner, by parent, by time. Where
a document of two or more related tables has fewer than four indexes and unique constraints, a way in is usually
missing. Primary keys don't count.

Wrong:

```yaml
tables:
  threads:
    columns:
      id: {type: uuid, primary_key: true}
  messages:
    columns:
      id: {type: uuid, primary_key: true}
      thread_id: {references: threads.id, on_delete: cascade, index: true}
```

Right:

```yaml
tables:
  threads:
    columns:
      id: {type: uuid, primary_key: true}
      slug: {type: text, unique: true}
      created_at: {type: timestamptz, index: true}
  messages:
    columns:
      id: {type: uuid, primary_key: true}
      thread_id: {references: threads.id, on_delete: cascade, index: true}
      created_at: {type: timestamptz, index: true}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Project


FEWEST = 4


def check(project: Project) -> Iterator[Finding]:
    """Look at every document with tables that refer to each other."""
    for document in project.schema.documents:
        tables = project.schema.of_document(document)
        names = {table.name for table in tables}
        related = any(key.parent in names - {table.name} for table in tables for key in table.foreign_keys)
        number = sum(len(table.indexes) + len(table.uniques) for table in tables)
        if related and number < FEWEST:
            message = f"{len(tables)} related tables have {number} {'index' if number == 1 else 'indexes'} in all"
            hint = "think through how rows are listed, sorted and filtered: by owner, by parent, by time"
            yield Finding(message, document.origin and document.origin.child("tables"), hint)


RULE = Rule("SG523", "few-indexes", check, __doc__ or "", Profile.STRICT)
