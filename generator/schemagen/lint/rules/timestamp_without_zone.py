"""A timestamp without a time zone.

`timestamp` keeps the digits of a clock and forgets whose clock it was: the same row means another moment to each
reader. `timestamptz` keeps the moment, as UTC, on both engines.

Wrong:

```yaml
tables:
  events:
    columns:
      id: {type: uuid, primary_key: true}
      created_at: {type: timestamp}
```

Right:

```yaml
tables:
  events:
    columns:
      id: {type: uuid, primary_key: true}
      created_at: {type: timestamptz}
```

The time of an alarm that follows the traveller is a real `timestamp`: write
`# schemagen: ignore SG509` with the reason on its line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile
from schemagen.schema.types import Timestamp

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look at every column."""
    for table in project.schema.tables:
        for column in table.columns:
            if isinstance(column.type, Timestamp):
                message = f"`{table.name}.{column.name}` has no time zone, so it names no moment"
                yield Finding(message, column.origin, "write `type: timestamptz`; it is kept as UTC")


RULE = Rule("SG509", "timestamp-without-zone", check, __doc__ or "", Profile.SAFETY)
