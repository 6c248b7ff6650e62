"""The SELECT of a view: checked against the tables and views that it reads, and translated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import ViewError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlglot import exp

    from schemagen.schema.model import Table

    from .queries import ParsedQuery

_STAR = "write every column: PostgreSQL freezes `*` when the view is made, SQLite does not"


def view_query(text: str, tables: Mapping[str, Table]) -> ParsedQuery:
    """Check the SELECT of a view and translate it.

    Args:
        text: in PostgreSQL's SQL.
        tables: every table and view that it may read, by name.

    Raises:
        SqlError: as for a query pattern, and for ``*``, a parameter, a statement that writes.
    """
    from .parse import parse_statement
    from .queries import query

    stripped = text.strip().rstrip(";").rstrip()
    star = _star(parse_statement(stripped))
    if star:
        raise star
    found = query(stripped, tables, can_search=False)
    if found.writes:
        raise ViewError("a view is a SELECT", "write one SELECT")
    if found.parameters:
        raise ViewError(f"a view has no parameters, and `:{found.parameters[0].name}` is one", "leave it to the query")
    return found


def star_of(text: str) -> ViewError | None:
    """What is wrong with a text of one engine that has ``SELECT *``; None where sqlglot can't read it."""
    from .own_text import parsed

    tree = parsed(text)
    return None if tree is None else _star(tree)


def _star(tree: exp.Expression) -> ViewError | None:
    """Stars of EXISTS and of count(*) give no columns."""
    from sqlglot import exp

    for star in tree.find_all(exp.Star):
        item = star.parent if isinstance(star.parent, exp.Column) else star
        select = item.parent
        if isinstance(select, exp.Select) and not isinstance(select.parent, exp.Exists):
            return ViewError("a view does not select `*`", _STAR)
    return None
