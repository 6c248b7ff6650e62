"""A derived name that had to end in a hash.

Two names would have been equal, or one is longer than the 63 bytes that PostgreSQL keeps. The hash is stable, but
nobody can guess what `idx_tasks_user_id_1f0c2a9b` is.

Wrong:

```yaml
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      state: {type: text}
    indexes:
      - columns: [state]
      - {columns: [state], where: state = 'open'}
```

Right:

```yaml
tables:
  tasks:
    columns:
      id: {type: uuid, primary_key: true}
      state: {type: text}
    indexes:
      - columns: [state]
      - {columns: [state], where: state = 'open', name: idx_tasks_open}
```
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile
from schemagen.schema.names import HASH_LENGTH

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.base.diagnostics import Origin
    from schemagen.schema.index import Index
    from schemagen.schema.model import Check, ForeignKey, Unique

    from .base import Project


_HASHED = re.compile(rf".*_[0-9a-f]{{{HASH_LENGTH}}}")


def check(project: Project) -> Iterator[Finding]:
    """Look at every index and constraint whose name was derived."""
    for table in project.schema.tables:
        parts: tuple[ForeignKey | Unique | Check | Index, ...] = (
            *table.foreign_keys,
            *table.uniques,
            *table.checks,
            *table.indexes,
        )
        for part in parts:
            if _HASHED.fullmatch(part.name) and not _is_written(part.origin, project):
                yield Finding(f"the derived name `{part.name}` ends in a hash", part.origin, "give it a `name`")


def _is_written(origin: Origin | None, project: Project) -> bool:
    return origin is not None and project.sources.node(origin.child("name")) is not None


RULE = Rule("SG522", "hashed-name", check, __doc__ or "", Profile.STRICT)
