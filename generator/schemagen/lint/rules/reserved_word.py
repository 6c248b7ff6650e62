"""A name that is a reserved word of an engine.

The generated SQL quotes it, so everything works; but whoever types `SELECT * FROM order` gets a syntax error, on one
engine or on both.

Wrong:

```yaml
tables:
  order:
    columns:
      id: {type: uuid, primary_key: true}
```

Right:

```yaml
tables:
  orders:
    columns:
      id: {type: uuid, primary_key: true}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.reserved import POSTGRES, POSTGRES_BARE, SQLITE
from schemagen.lint.profiles import Profile

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.base.diagnostics import Origin

    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look at the names of tables and columns."""
    for table in project.schema.tables:
        yield from _finding("table", table.key, table.origin)
        for column in table.columns:
            yield from _finding("column", column.key, column.origin)


def _finding(kind: str, name: str, origin: Origin | None) -> Iterator[Finding]:
    words = (("PostgreSQL", POSTGRES - POSTGRES_BARE), ("SQLite", SQLITE))
    engines = [title for title, reserved in words if name.lower() in reserved]
    if engines:
        message = f"the {kind} name `{name}` is a reserved word of {' and '.join(engines)}"
        yield Finding(message, origin, "choose a name that needs no quotes")


RULE = Rule("SG505", "reserved-word", check, __doc__ or "", Profile.SAFETY)
