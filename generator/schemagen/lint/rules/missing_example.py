"""A table without an example row.

Examples show what a row looks like, and they are proof: `schemagen verify` loads them into both engines and reads them
back through the models. A table without one is documented by its types alone.

Wrong:

```yaml
tables:
  tags:
    columns:
      name: {type: text, primary_key: true}
```

Right:

```yaml
tables:
  tags:
    columns:
      name: {type: text, primary_key: true}
    examples:
      - {name: urgent}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look at every table."""
    for table in project.schema.tables:
        if not table.examples:
            hint = "add `examples:` with a realistic row"
            yield Finding(f"the table `{table.name}` has no example row", table.origin, hint)


RULE = Rule("SG507", "missing-example", check, __doc__ or "")
