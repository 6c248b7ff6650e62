"""An amount of money as a binary floating-point number.

0.1 has no exact binary form, so sums of `double precision` or `real` drift by cents. `numeric` keeps its digits; on
SQLite it is checked to have exactly its scale.

Wrong:

```yaml
tables:
  orders:
    columns:
      id: {type: uuid, primary_key: true}
      total: {type: double precision}
```

Right:

```yaml
tables:
  orders:
    columns:
      id: {type: uuid, primary_key: true}
      total: {type: "numeric(12,2)"}
```

The rule knows amounts by their names: amount, balance, cost, discount, fee, money, payment, price, revenue, salary,
tax, total, wage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile
from schemagen.schema.types import FloatType

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Project


_AMOUNTS = frozenset(
    {
        "amount", "balance", "cost", "discount", "fee", "money", "payment", "price", "revenue", "salary", "tax",
        "total", "wage",
    }
)  # fmt: skip


def check(project: Project) -> Iterator[Finding]:
    """Look at floating-point columns whose name speaks of money."""
    for table in project.schema.tables:
        for column in table.columns:
            words = {word.removesuffix("s") for word in column.name.lower().split("_")}
            if isinstance(column.type, FloatType) and words & _AMOUNTS:
                message = f"`{table.name}.{column.name}` is {column.type}, which cannot hold cents exactly"
                yield Finding(message, column.origin, 'write `type: "numeric(12,2)"`')


RULE = Rule("SG510", "float-money", check, __doc__ or "", Profile.SAFETY)
