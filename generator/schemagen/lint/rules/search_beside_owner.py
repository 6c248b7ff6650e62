"""A full-text index of a table whose rows have owners, and no index that leads with the owner.

On PostgreSQL a policy has to hold before a condition of words may be asked of an index, as `@@` might tell what it
reads. So for those whom the policy binds a search looks through the rows of their owner, one by one, and the full-text
index serves superusers alone. An index that begins with the owner's column is what finds those rows; without it a
search reads the whole table.

Wrong:

```yaml
tables:
  notes:
    owner: user_id
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {type: uuid}
      body: {type: text, max_length: 1000}
    full_text: [{columns: [body], description: Words of a note}]
```

Right:

```yaml
tables:
  notes:
    owner: user_id
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {type: uuid, index: true}
      body: {type: text, max_length: 1000}
    full_text: [{columns: [body], description: Words of a note}]
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.model import Table

    from .base import Project


def check(project: Project) -> Iterator[Finding]:
    """Look at the tables whose rows have owners and whose words are searched."""
    for table in project.schema.tables:
        searched = next((index for index in table.indexes if index.is_full_text), None)
        if table.owner and searched and not any(columns[:1] == (table.owner,) for columns in _paths(table)):
            message = f"under the policy of `{table.name}` a search can't use `{searched.name}`: it reads every row"
            yield Finding(message, table.origin, f"add `index: true` to `{table.owner}`, which finds its owner's rows")


def _paths(table: Table) -> Iterator[tuple[str | None, ...]]:
    """The columns of each index and key of PostgreSQL."""
    yield from (index.columns for index in table.indexes if not index.is_full_text and index.only != "sqlite")
    yield from (unique.columns for unique in (table.primary_key, *table.uniques) if unique)


RULE = Rule("SG550", "search-beside-owner", check, __doc__ or "", Profile.SAFETY)
