"""A `varchar` that is no better than `text`, or a padded `char`.

On PostgreSQL and SQLite `varchar` without a length is `text`; with a large one it is text whose limit can only be
changed by changing its type. `max_length` is a check, which is easier to change. `char(n)` pads with spaces on
PostgreSQL; nothing is padded where a check demands all of the characters (`length(country) = 2`), and a foreign key's
type is its parent's. The rule accepts `varchar(n)` up to 255, where a short limit says something about the value.

Wrong:

```yaml
tables:
  posts:
    columns:
      id: {type: uuid, primary_key: true}
      body: {type: varchar(20000)}
```

Right:

```yaml
tables:
  posts:
    columns:
      id: {type: uuid, primary_key: true}
      body: {type: text, max_length: 20000}
```
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile
from schemagen.schema.types import Char, Varchar

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.model import Column, Table

    from .base import Project


LONGEST = 255


def check(project: Project) -> Iterator[Finding]:
    """Look at varchar and char columns."""
    for table in project.schema.tables:
        for column in table.columns:
            name = f"{table.name}.{column.name}"
            match column.type:
                case Varchar(None):
                    yield Finding(
                        f"`{name}` is varchar without a length, which is text", column.origin, "write `type: text`"
                    )
                case Varchar(int(length)) if length > LONGEST:
                    hint = f"write `type: text` and `max_length: {length}`"
                    yield Finding(
                        f"`{name}` is {column.type}: a limit this large belongs in a check", column.origin, hint
                    )
                case Char(length) if length > 1 and not (_is_full(table, column, length) or _follows(table, column)):
                    hint = (
                        f"write `type: text` and `max_length: {length}`, or varchar({length}); or keep it with a check "
                        f"`length({column.name}) = {length}`, which leaves nothing to pad"
                    )
                    yield Finding(f"`{name}` is {column.type}, which PostgreSQL pads with spaces", column.origin, hint)


def _is_full(table: Table, column: Column, length: int) -> bool:
    """Whether a check demands as many characters as there may be, so that none is padded."""
    name = rf'"?{re.escape(column.name)}"?'
    whole = rf"length\(\s*{name}\s*\)\s*=\s*{length}\b|{name}\s*~\s*'\^[^'*+?|]*\{{{length}\}}\$'"
    return any(re.search(whole, check.sql.postgres or "", re.IGNORECASE) for check in table.checks)


def _follows(table: Table, column: Column) -> bool:
    """Whether a foreign key gives the type: it is the parent's column that might change."""
    return any(column.name in key.columns for key in table.foreign_keys)


RULE = Rule("SG511", "varchar-without-need", check, __doc__ or "", Profile.STRICT)
