"""A `varchar` that is no better than `text`, or a padded `char`.

On PostgreSQL and SQLite `varchar` without a length is `text`; with a large one it is text whose limit can only be
changed by changing its type. `max_length` is a check, which is easier to change. `char(n)` pads with blanks on
PostgreSQL. The rule accepts `varchar(n)` up to 255, where a short limit says something about the value.

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

from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile
from schemagen.schema.types import Char, Varchar

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

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
                case Char(length) if length > 1:
                    hint = f"write `type: text` and `max_length: {length}`, or varchar({length})"
                    yield Finding(f"`{name}` is {column.type}, which PostgreSQL pads with blanks", column.origin, hint)


RULE = Rule("SG511", "varchar-without-need", check, __doc__ or "", Profile.STRICT)
