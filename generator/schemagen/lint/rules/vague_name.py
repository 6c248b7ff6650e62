"""A name that could mean anything.

`data`, `info` or `flag` has to be looked up each time, and the next developer stores something else in it. The name
says what is in the column.

Wrong:

```yaml
tables:
  orders:
    columns:
      id: {type: uuid, primary_key: true}
      flag: {type: boolean}
```

Right:

```yaml
tables:
  orders:
    columns:
      id: {type: uuid, primary_key: true}
      is_paid: {type: boolean}
```

The names are: col, column, data, field, flag, foo, info, misc, obj, object, stuff, temp, thing, tmp, val, var, also
with a number (`field1`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Project


_VAGUE = re.compile(r"(?i)(col|column|data|field|flag|foo|info|misc|obj|object|stuff|temp|thing|tmp|val|var)_?\d*")


def check(project: Project) -> Iterator[Finding]:
    """Look at the names of tables and columns."""
    for table in project.schema.tables:
        if _VAGUE.fullmatch(table.key):
            yield Finding(f"the table name `{table.key}` could mean anything", table.origin, "say what a row is")
        for column in table.columns:
            if _VAGUE.fullmatch(column.key):
                message = f"the column name `{table.key}.{column.key}` could mean anything"
                yield Finding(message, column.origin, "say what is in it")


RULE = Rule("SG528", "vague-name", check, __doc__ or "", Profile.STRICT)
