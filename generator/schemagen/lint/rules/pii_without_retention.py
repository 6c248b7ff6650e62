"""Personal data of which nobody says how long it is kept.

A table or a column that is tagged `pii` holds what belongs to a person. Say in the notes of the table or of the file
how long it is kept and what deletes it: `retention`, or `archiving`.

Wrong:

```yaml
tables:
  customers:
    columns:
      id: {type: uuid, primary_key: true}
      email: {type: varchar(255), unique: true, tags: [pii]}
```

Right:

```yaml
tables:
  customers:
    columns:
      id: {type: uuid, primary_key: true}
      email: {type: varchar(255), unique: true, tags: [pii]}
    notes:
      retention: Deleted 30 days after the account is closed.
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Project

PII = "pii"
_ANSWERS = frozenset({"retention", "archiving"})


def check(project: Project) -> Iterator[Finding]:
    """Look at tables that are tagged, or have a column that is."""
    documents = {document.name: document for document in project.schema.documents}
    for table in project.schema.tables:
        tagged = is_tagged(table.tags, PII) or any(is_tagged(column.tags, PII) for column in table.columns)
        notes = (*table.notes, *(documents[table.document].notes if table.document in documents else ()))
        if tagged and not any(key in _ANSWERS for key, _ in notes):
            message = f"`{table.name}` holds personal data, and no note says how long"
            yield Finding(message, table.origin, "add `retention` to its `notes:`, or to those of the file")


def is_tagged(tags: tuple[str, ...], tag: str) -> bool:
    """Whether one of some tags is this one, in any case."""
    return any(one.lower() == tag for one in tags)


RULE = Rule("SG537", "pii-without-retention", check, __doc__ or "", Profile.SAFETY)
