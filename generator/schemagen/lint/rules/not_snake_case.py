"""A name that isn't lower_snake_case.

Both engines take `createdAt`, but only in double quotes: PostgreSQL folds bare names to lower case, so every SQL that
somebody types by hand without the quotes fails.

Wrong:

```yaml
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      createdAt: {type: timestamptz}
```

Right:

```yaml
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      created_at: {type: timestamptz}
```

A database that already has such names keeps them: set the rule to `"ignore"` in `[tool.schemagen.lint]`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schemagen.schema.names import is_identifier
from schemagen.spec.source import Scalar

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.base.diagnostics import Origin

    from .base import Project


_SNAKE = re.compile(r"_?[a-z][a-z0-9]*(_[a-z0-9]+)*_?")


def check(project: Project) -> Iterator[Finding]:
    """Look at the names of tables, columns, indexes and queries."""
    for table in project.schema.tables:
        yield from _finding("table", table.key, table.origin)
        for column in table.columns:
            yield from _finding("column", column.key, column.origin)
        for index in table.indexes:
            if (
                is_identifier(index.name)
                and index.origin
                and isinstance(project.sources.node(index.origin.child("name")), Scalar)
            ):
                yield from _finding("index", index.name, index.origin.child("name"))
    for query in project.schema.queries:
        yield from _finding("query", query.name, query.origin)


def _finding(kind: str, name: str, origin: Origin | None) -> Iterator[Finding]:
    if not _SNAKE.fullmatch(name):
        snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_+", "_", name).lower()
        yield Finding(f"the {kind} name `{name}` isn't lower_snake_case", origin, f"call it `{snake}`")


RULE = Rule("SG504", "not-snake-case", check, __doc__ or "")
