"""An example row that shows nothing.

`test`, `foo`, `string` or `lorem ipsum` tell a reader no more than the type does. A realistic value shows the form, the
length and the language of what is stored.

Wrong:

```yaml
tables:
  tags:
    columns:
      name: {type: text, primary_key: true}
    examples:
      - {name: foo}
```

Right:

```yaml
tables:
  tags:
    columns:
      name: {type: text, primary_key: true}
    examples:
      - {name: urgent}
```
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schemagen.lint.profiles import Profile
from schemagen.schema.types import Enum

from .base import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Project


_PLACEHOLDER = re.compile(
    r"(?i)(test|foo|bar|baz|qux|string|text|value|example|sample|dummy|todo|tbd|abc|asdf|xxx+|\.\.\.|n/a)\d*"
    r"|(?i:lorem ipsum).*"
)


def check(project: Project) -> Iterator[Finding]:
    """Look at the texts of every example row."""
    for table in project.schema.tables:
        for example in table.examples:
            for name, value in example.values:
                is_free = not isinstance(table.column(name).type, Enum)
                if is_free and isinstance(value, str) and _PLACEHOLDER.fullmatch(value.strip()):
                    message = f"{value!r} is not a realistic `{table.name}.{name}`"
                    at = example.origin and example.origin.child(name)
                    yield Finding(message, at, "write one that could stand in production", key=False)


RULE = Rule("SG527", "placeholder-example", check, __doc__ or "", Profile.STRICT)
