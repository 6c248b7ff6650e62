"""Tables that do nothing but link two others, so that each of the two has a list of the other's rows."""

from __future__ import annotations

from keyword import iskeyword
from typing import TYPE_CHECKING

from schemagen.schema.model import Action

if TYPE_CHECKING:
    from schemagen.schema.model import Column, Table


def is_pure_link(table: Table) -> bool:
    """Whether a row of a table says that two rows belong together, and nothing that an application has to give.

    Its key is made of exactly two references to two other tables, it goes with each of them, and the database fills
    every other column. A table that links a table with itself is none: nothing says which side is which.
    """
    keys = table.enforced_foreign_keys
    if table.primary_key is None or len(keys) != 2 or len(table.foreign_keys) != 2:  # noqa: PLR2004
        return False
    columns = [name for key in keys for name in key.columns]
    return (
        len({table.name, *(key.parent for key in keys)}) == 3  # noqa: PLR2004
        and sorted(columns) == sorted(table.primary_key.columns)
        and all(key.on_delete is Action.CASCADE for key in keys)
        and all(_is_filled(column) for column in table.columns if column.name not in columns)
        and table.name.isidentifier()  # SQLAlchemy reads the name as Python
        and not iskeyword(table.name)
    )


def _is_filled(column: Column) -> bool:
    return column.nullable or column.identity or column.default is not None or column.generated is not None
