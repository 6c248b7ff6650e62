"""A feature that one engine lacks, or has in another way.

Index methods other than btree, INCLUDE, operator classes and the order of NULLs exist on PostgreSQL only; intervals,
floats of 4 bytes and numerics of more than 15 digits can't be made equal. Nothing is lost in silence: the document
says what differs. Say that it is meant, with `only: postgres` or an ignore with its reason.

Wrong:

```yaml
tables:
  posts:
    columns:
      id: {type: uuid, primary_key: true}
      tags: {type: jsonb}
    indexes:
      - {columns: [tags], method: gin}
```

Right:

```yaml
tables:
  posts:
    columns:
      id: {type: uuid, primary_key: true}
      tags: {type: jsonb}
    indexes:
      - {columns: [tags], method: gin, only: postgres}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile
from schemagen.schema import types as t
from schemagen.schema.full_text import METHOD as FULL_TEXT

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.index import Index
    from schemagen.schema.types import Type

    from .base import Project


EXACT_DIGITS = 15
"""SQLite keeps numerics as REAL, which holds this many digits."""


def check(project: Project) -> Iterator[Finding]:
    """Look at indexes that both engines are to have, and at the types of columns."""
    for table in project.schema.tables:
        for index in table.indexes:
            missing = [] if index.only else _missing(index)
            if missing:
                message = f"SQLite has no {' and no '.join(missing)}, so `{index.name}` differs there"
                yield Finding(message, index.origin, "write `only: postgres`, or do without")
        for column in table.columns:
            difference = _difference(column.type)
            if difference:
                yield Finding(f"`{table.name}.{column.name}` is {column.type}: {difference}", column.origin, _HINT)


_HINT = "choose another type, or say why with `# schemagen: ignore SG519 …`"


def _missing(index: Index) -> list[str]:
    found = [f"{index.method} indexes"] if index.method not in {"btree", FULL_TEXT} else []
    found += ["INCLUDE"] if index.include else []
    found += ["operator classes"] if any(element.opclass for element in index.elements) else []
    return found + (["order of NULLs in an index"] if any(element.nulls for element in index.elements) else [])


def _difference(type_: Type) -> str | None:
    match type_:
        case t.Interval():
            return "SQLite has no intervals and keeps the text"
        case t.Real():
            return "SQLite keeps 8 bytes where PostgreSQL rounds to 4"
        case t.Numeric(precision) if precision is None or precision > EXACT_DIGITS:
            return f"SQLite keeps {EXACT_DIGITS} digits"
    return None


RULE = Rule("SG519", "one-engine-feature", check, __doc__ or "", Profile.SAFETY)
