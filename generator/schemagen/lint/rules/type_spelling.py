"""A type in another spelling than the documents use.

Any spelling of PostgreSQL's is read, but a column written `INT8`, documented `bigint` and searched as `bigint` is hard
to find. The meaning stays the same, and no migration comes of it.

Wrong:

```yaml
tables:
  tasks:
    columns:
      id: {type: INT8, primary_key: true}
```

Right:

```yaml
tables:
  tasks:
    columns:
      id: {type: bigint, primary_key: true}
```

`schemagen lint --fix` writes the usual spelling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Edit, Fix
from schemagen.lint.profiles import Profile
from schemagen.schema.types import Enum, Native
from schemagen.spec.source import Scalar

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look at every type that is written in the spec."""
    for table in project.schema.tables:
        for column in table.columns:
            at = column.origin.child("type") if column.origin else None
            node = project.sources.node(at) if at else None
            if at is None or not isinstance(node, Scalar) or isinstance(column.type, (Native, Enum)):
                continue
            usual, spelling = str(column.type), node.text.replace(" ", "")
            if spelling != usual.replace(" ", ""):
                quoted = f'"{usual}"' if node.plain and set(usual) & set(",[]") else usual
                fix = Fix(f"write `{usual}`", (Edit(node.span, quoted),)) if node.plain else None
                yield Finding(
                    f"{node.text!r} is `{usual}` in the documents", at, f"write `{usual}`", key=False, fix=fix
                )


RULE = Rule("SG533", "type-spelling", check, __doc__ or "", Profile.STRICT)
