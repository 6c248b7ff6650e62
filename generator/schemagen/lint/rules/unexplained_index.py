"""An index without a word on what it is for.

An index is a decision that costs on every write. Its description stands in the document's indexing strategy and in the
migration's comments; a reader who doesn't find it there can't tell whether it may go.

Wrong:

```yaml
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      due: {type: date}
    indexes:
      - columns: [due]
```

Right:

```yaml
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      due: {type: date}
    indexes:
      - columns: [due]
        description: What is due today
```

`index: true` on a foreign-key column explains itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.schema.access_paths import paths, serves

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look at every index that is more than the index of a foreign key."""
    for table in project.schema.tables:
        ways = {path.name: path for path in paths(table)}
        for index in table.indexes:
            if index.description.strip() or index.reason.strip():
                continue
            if not any(serves(ways[index.name], key, project.schema) for key in table.enforced_foreign_keys):
                hint = "say with `description` which query it makes fast"
                yield Finding(f"`{index.name}` doesn't say what it is for", index.origin, hint)


RULE = Rule("SG521", "unexplained-index", check, __doc__ or "")
