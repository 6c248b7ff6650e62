"""Owners of rows: the policies by which PostgreSQL shows each of them its own rows alone.

Source: PostgreSQL, "5.9. Row Security Policies".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import types as t
from .dialect import Sql
from .names import bounded_name
from .objects import OwnObject
from .quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


SETTING = "app.owner"
"""The setting of a transaction that says who asks."""


def is_comparable(type_: t.Type) -> bool:
    """Whether the text of the setting says a value of a type exactly."""
    return isinstance(type_, (t.Uuid, t.IntegerType, t.Text, t.Varchar))


def has_owners(tables: Iterable[Any]) -> bool:
    """Whether the rows of a table have owners."""
    return any(table.owner for table in tables)


def policies(tables: Iterable[Any]) -> Iterator[OwnObject]:
    """What makes PostgreSQL enforce the owners of tables: row level security, and one policy a table."""
    for table in tables:
        if table.owner:
            yield from _policies(table)


def names_of(table: Any) -> tuple[str, str]:
    """The names of what enforces the owner of a table: of row level security, and of the policy."""
    return bounded_name("row_security", table.key), bounded_name("owner", table.key)


def _policies(table: Any) -> Iterator[OwnObject]:
    security, policy = names_of(table)
    on, name = quoted(table.name), quoted(policy)
    # The policy may go and come around a change; row level security stays, so that nobody sees a row meanwhile.
    yield OwnObject(
        security,
        "option",
        Sql(f"ALTER TABLE {on} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY", None),
        Sql(f"ALTER TABLE IF EXISTS {on} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY", None),
        needs=(table.name,),
    )
    mine = f"{quoted(table.owner)} = (SELECT {asking(table.column(table.owner))})"
    yield OwnObject(
        policy,
        "policy",
        Sql(f"CREATE POLICY {name} ON {on}\n    USING ({mine})\n    WITH CHECK ({mine})", None),
        Sql(f"DROP POLICY IF EXISTS {name} ON {on}", None),
        needs=(table.name,),
    )


def asking(column: Any) -> str:
    """Who asks, as a value of a column; NULL, which is equal to nobody, where nobody is set.

    After a transaction that has set it the setting is an empty text, and not NULL, to the end of the session.
    """
    is_text = isinstance(column.type, t.TextType)  # a cast to varchar(n) would cut it
    return f"nullif(current_setting('{SETTING}', true), '')" + ("" if is_text else f"::{column.type}")
