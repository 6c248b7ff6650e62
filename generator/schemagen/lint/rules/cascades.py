"""Which tables lose rows when a row of another is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.schema.model import Action

if TYPE_CHECKING:
    from schemagen.schema.model import Schema


def cascades(schema: Schema) -> dict[str, list[str]]:
    """For each table, the other tables whose rows go with a row of it."""
    found: dict[str, list[str]] = {}
    for table in schema.tables:
        for key in table.enforced_foreign_keys:
            if key.on_delete is Action.CASCADE and key.parent != table.name:
                below = found.setdefault(key.parent, [])
                if table.name not in below:
                    below.append(table.name)
    return found
