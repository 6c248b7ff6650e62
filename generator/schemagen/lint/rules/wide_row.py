"""A very wide row.

PostgreSQL moves long values of a row over about 2,000 bytes out of the page (TOAST), and reads them with extra steps;
many columns usually mean that two things share a table. The size is estimated from the types: text without a limit
counts 200 bytes, text with one a quarter of it, but 16 to 200.

Wrong:

```yaml
tables:
  profiles:
    columns:
      id: {type: uuid, primary_key: true}
      a: {type: char(700)}
      b: {type: char(700)}
      c: {type: char(700)}
```

Right:

```yaml
tables:
  profiles:
    columns:
      id: {type: uuid, primary_key: true}
      a: {type: text, max_length: 700}
      b: {type: text, max_length: 700}
      c: {type: text, max_length: 700}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.engines.dialects import dialect
from schemagen.lint.profiles import Profile

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Project


WIDEST = 2000
"""Bytes; PostgreSQL's TOAST_TUPLE_THRESHOLD is about 2 kB ("66.2. TOAST")."""
MOST_COLUMNS = 60


def check(project: Project) -> Iterator[Finding]:
    """Look at every table."""
    postgres = dialect("postgres")
    for table in project.schema.tables:
        size = postgres.row_size(table).row
        hint = "move what is long or rarely read into a table of its own"
        if size > WIDEST:
            yield Finding(f"a typical row of `{table.name}` has about {size} bytes", table.origin, hint)
        elif len(table.columns) > MOST_COLUMNS:
            yield Finding(f"`{table.name}` has {len(table.columns)} columns", table.origin, hint)


RULE = Rule("SG515", "wide-row", check, __doc__ or "", Profile.SAFETY)
