"""Two indexes that hold the same, or one that holds a column twice.

It compares columns and expressions, order, condition and method, also with unique constraints and the primary key,
which are indexes themselves (two of those on the same columns are an error, SG218). The second copy makes no query
faster, and every write keeps both.

Wrong:

```yaml
tables:
  users:
    columns:
      id: {type: uuid, primary_key: true}
      email: {type: text, unique: true}
    indexes:
      - columns: [email]
```

Right:

```yaml
tables:
  users:
    columns:
      id: {type: uuid, primary_key: true}
      email: {type: text, unique: true}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile
from schemagen.schema.access_paths import paths
from schemagen.schema.index import IndexElement

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.base.diagnostics import Origin
    from schemagen.schema.index import Index
    from schemagen.schema.model import Table

    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look at the indexes of every table, each against the constraints and the indexes before it."""
    for table in project.schema.tables:
        yield from _repeated(table)
        first = {path.columns: path for path in reversed(paths(table)) if path.kind != "index"}
        seen: dict[tuple[object, ...], Index] = {}
        for index in table.indexes:
            content = (index.elements, index.where, index.method, index.include, index.only)
            twin = seen.setdefault(content, index)
            if twin is not index:
                yield _finding(index, f"the index `{twin.name}`", twin.origin)
                continue
            path = first.get(index.columns)
            if path and _is_plain(index):
                yield _finding(index, f"the {path.kind} `{path.name}`, which is an index itself", path.origin)


def _repeated(table: Table) -> Iterator[Finding]:
    for index in table.indexes:
        keys = [(element.column, element.opclass, element.collation) for element in index.elements if element.column]
        for column in dict.fromkeys(key[0] for place, key in enumerate(keys) if key in keys[:place]):
            message = f"`{index.name}` holds `{column}` twice"
            yield Finding(message, index.origin, "name it once: rows with equal values are sorted already")


def _is_plain(index: Index) -> bool:
    simple = all(element == IndexElement(element.column) for element in index.elements)
    return simple and index.where is None and index.method == "btree" and not index.include


def _finding(index: Index, twin: str, origin: Origin | None) -> Finding:
    related = (("the other one", origin),) if origin else ()
    return Finding(f"`{index.name}` holds the same as {twin}", index.origin, "remove one of the two", related=related)


RULE = Rule("SG502", "duplicate-index", check, __doc__ or "", Profile.SAFETY)
