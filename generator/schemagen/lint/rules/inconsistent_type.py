"""One column name with two types.

When `created_at` is a timestamp in one table and a date in another, joins and code that serve both go wrong. Integers
of different sizes, and texts with and without a limit, count as the same.

Wrong:

```yaml
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      due_at: {type: timestamptz}
  notes:
    columns:
      id: {type: uuid, primary_key: true}
      due_at: {type: date}
```

Right:

```yaml
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      due_at: {type: timestamptz}
  notes:
    columns:
      id: {type: uuid, primary_key: true}
      due_at: {type: timestamptz}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile
from schemagen.schema import types as t

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.model import Column, Table
    from schemagen.schema.types import Type

    from .base import Project


_FAMILIES: dict[type[Type], str] = {
    t.SmallInt: "integer", t.Integer: "integer", t.BigInt: "integer",
    t.Text: "text", t.Varchar: "text", t.Char: "text", t.Enum: "text",
    t.Json: "json", t.Jsonb: "json",
}  # fmt: skip


def check(project: Project) -> Iterator[Finding]:
    """Look at every column name that stands in two tables; single-column primary keys have a rule of their own."""
    first: dict[str, tuple[Table, Column]] = {}
    for table in project.schema.tables:
        for column in table.columns:
            if table.primary_key and table.primary_key.columns == (column.name,):
                continue
            other, twin = first.setdefault(column.name, (table, column))
            if _family(column.type) != _family(twin.type):
                message = f"`{table.name}.{column.name}` is {column.type}, `{other.name}.{column.name}` is {twin.type}"
                related = (("the other one", twin.origin),) if twin.origin else ()
                yield Finding(message, column.origin, "use one type, or two names", related=related)


def _family(type_: Type) -> str:
    return _FAMILIES.get(type(type_), type_.keyword)


RULE = Rule("SG529", "inconsistent-type", check, __doc__ or "", Profile.SAFETY)
