"""A column that holds a secret, and nothing said about whether it is answered.

The Public class of a table has every column, so a route that answers with it sends the hash of a password to whoever
asks. `api: {read: false}` keeps a column out of answers; `api: {read: true}` says that it is meant to be seen.

Wrong:

```yaml
tables:
  accounts:
    columns:
      id: {type: uuid, primary_key: true}
      password_hash: {type: varchar(255)}
```

Right:

```yaml
tables:
  accounts:
    columns:
      id: {type: uuid, primary_key: true}
      password_hash: {type: varchar(255), api: {read: false}}
```

The rule knows secrets by the last word of their names: hash, passphrase, passwd, password, salt, secret, token; and
api_key and private_key. Times, numbers and flags are none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile
from schemagen.schema import types as t

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Project


_SECRETS = frozenset({"hash", "passphrase", "passwd", "password", "salt", "secret", "token"})
_KEYS = ("api_key", "private_key")
_HOLDERS = (t.Text, t.Varchar, t.Char, t.Bytea, t.Uuid, t.Native)


def check(project: Project) -> Iterator[Finding]:
    """Look at columns of text and bytes whose name speaks of a secret."""
    for table in project.schema.tables:
        for column in table.columns:
            if names_secret(column.name) and column.api is None and isinstance(column.type, _HOLDERS):
                message = f"`{table.name}.{column.name}` would be part of every answer"
                yield Finding(message, column.origin, "write `api: {read: false}`, or `api: {read: true}` if it may be")


def names_secret(column: str) -> bool:
    """Whether the name of a column speaks of a secret."""
    name = column.lower()
    return name.rpartition("_")[2].removesuffix("s") in _SECRETS or name.endswith(_KEYS)


RULE = Rule("SG536", "answered-secret", check, __doc__ or "", Profile.SAFETY)
