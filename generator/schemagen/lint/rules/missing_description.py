"""A table, column or query without a description.

Descriptions become the document, the comments in SQL and the docstrings of the models; what is missing here is missing
in all of them. A field list without purposes is the first thing that a reviewer sends back.

Wrong:

```yaml
tables:
  tasks:
    description: One to-do item.
    columns:
      id: {type: uuid, primary_key: true}
```

Right:

```yaml
tables:
  tasks:
    description: One to-do item.
    columns:
      id: {type: uuid, primary_key: true, description: Unique identifier}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look at every table, column and query."""
    for table in project.schema.tables:
        if not table.description.strip():
            yield Finding(f"the table `{table.name}` has no description", table.origin, "say what one row is")
        for column in table.columns:
            if not column.description.strip():
                message = f"the column `{table.name}.{column.name}` has no description"
                yield Finding(message, column.origin, "say what it means")
    for query in project.schema.queries:
        if not query.description.strip():
            yield Finding(f"the query `{query.name}` has no description", query.origin, "say what it is for")


RULE = Rule("SG506", "missing-description", check, __doc__ or "")
