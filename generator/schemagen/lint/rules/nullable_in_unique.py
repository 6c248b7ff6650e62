"""A nullable column among several of a unique constraint or index.

NULL is equal to nothing, so both engines take any number of rows that are equal but for a NULL: the constraint does
not hold for them.

Wrong:

```yaml
tables:
  seats:
    columns:
      id: {type: uuid, primary_key: true}
      row: {type: text}
      number: {type: integer, nullable: true}
    unique:
      - columns: [row, number]
```

Right:

```yaml
tables:
  seats:
    columns:
      id: {type: uuid, primary_key: true}
      row: {type: text}
      number: {type: integer, default: 0}
    unique:
      - columns: [row, number]
```

`nulls_distinct: false` makes NULL a value like others. A unique index with a `where` that leaves the NULLs out says
plainly what is meant, and is accepted; so is a single column that is unique where it is present.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile
from schemagen.schema.access_paths import paths

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look at unique constraints of several columns, and at unique indexes over all rows."""
    for table in project.schema.tables:
        equal = {unique.name for unique in table.uniques if not unique.nulls_distinct}
        equal |= {index.name for index in table.indexes if not index.nulls_distinct}
        for path in paths(table):
            if not (path.is_unique and path.is_whole) or path.kind == "primary key":
                continue
            if path.name in equal:
                continue
            nullable = [name for name in path.columns if table.column(name).nullable]
            if nullable and len(path.elements) > 1:
                names = " and ".join(f"`{name}`" for name in nullable)
                message = f"`{path.name}` lets equal rows in where {names} is NULL"
                hint = "make it NOT NULL, write `nulls_distinct: false`, or a unique index with `where: … IS NOT NULL`"
                yield Finding(message, path.origin, hint)


RULE = Rule("SG512", "nullable-in-unique", check, __doc__ or "", Profile.SAFETY)
