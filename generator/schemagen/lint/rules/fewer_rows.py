"""A query for the nearest rows whose index may give fewer rows than there are.

An HNSW index hands out some candidates (`hnsw.ef_search`, 40 by itself), and the other conditions of the query apply
to those alone, as does the policy of an `owner`: of a user's 200 rows none may be among them. IVFFlat looks into some
lists only (`ivfflat.probes`). With `hnsw.iterative_scan` (or `ivfflat.iterative_scan`) the index goes on until there
are enough: set it for the database, `ALTER DATABASE app SET hnsw.iterative_scan = strict_order`, or by SET LOCAL in
the transaction, and ignore this rule with that reason. Without an index every row is compared, as on SQLite, and the
answer is exact.

Wrong:

```yaml
extensions: [vector]
tables:
  notes:
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {type: uuid, index: true}
      embedding: {type: vector(3)}
    indexes: [{columns: [{column: embedding, opclass: vector_cosine_ops}], method: hnsw, only: postgres}]
queries:
  nearest:
    sql: "SELECT id FROM notes WHERE user_id = :user_id ORDER BY embedding <=> :meaning LIMIT 10"
```

Right:

```yaml
extensions: [vector]
tables:
  notes:
    columns:
      id: {type: uuid, primary_key: true}
      user_id: {type: uuid, index: true}
      embedding: {type: vector(3)}
queries:
  nearest:
    sql: "SELECT id FROM notes WHERE user_id = :user_id ORDER BY embedding <=> :meaning LIMIT 10"
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile
from schemagen.sql.nearest import nearest_of

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.index import Index
    from schemagen.schema.model import Table
    from schemagen.schema.query import Query

    from .base import Project

_SETTINGS = {"hnsw": "hnsw.iterative_scan = strict_order", "ivfflat": "ivfflat.iterative_scan = relaxed_order"}
"""What makes an index go on, by its method (pgvector 0.8, "Iterative Index Scans")."""

CANDIDATES = 40
"""What an HNSW index hands out by itself (pgvector 0.8, "Query Options")."""


def check(project: Project) -> Iterator[Finding]:
    """Look at the queries of tables that have such an index."""
    for query in project.schema.queries:
        tables = (project.schema.by_name[name] for name in query.tables if name in project.schema.by_name)
        pairs = ((table, index) for table in tables for index in table.indexes if index.method in _SETTINGS)
        for table, index in pairs:
            if query.sql.postgres and (why := _why(query, table, index)):
                message = f"`{query.name}` may get fewer rows than there are: {why}"
                setting = _SETTINGS[index.method]
                hint = f"set `{setting}` where it runs and ignore this with that reason, or drop `{index.name}`"
                yield Finding(message, query.origin, hint)


def _why(query: Query, table: Table, index: Index) -> str:
    """Why an index may stop too soon; empty where it doesn't."""
    nearest = nearest_of(query.sql.postgres or "", [column for column in index.columns if column])
    if nearest is None:
        return ""
    if table.owner:
        return f"of what `{index.name}` hands out, the policy of `{table.name}` shows the owner's rows alone"
    if nearest.is_filtered:
        return f"`{index.name}` knows nothing of its other conditions"
    if nearest.limit is None or nearest.limit > CANDIDATES:
        return f"`{index.name}` hands out {CANDIDATES} rows by itself" if index.method == "hnsw" else ""
    return ""


RULE = Rule("SG549", "fewer-rows", check, __doc__ or "", Profile.SAFETY)
