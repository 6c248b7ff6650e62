"""SQL that an author wrote for PostgreSQL alone: whether the schema has the names in it.

What sqlglot cannot read is let through, as is any name that may be one of PostgreSQL's own: the server has the last
word, in ``schemagen verify``.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from schemagen.schema.places import Place, place_of, placed_name

from .errors import SqlError, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlglot import exp

    from schemagen.schema.model import Table

_VALUES = frozenset(
    [
        "current_catalog",
        "current_date",
        "current_role",
        "current_schema",
        "current_time",
        "current_timestamp",
        "current_user",
        "localtime",
        "localtimestamp",
        "session_user",
        "system_user",
        "user",
    ]
)
"""Words that are values without parentheses (PostgreSQL, "9.27. System Information Functions" and "9.9.5")."""

_SYSTEM = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})
"""Columns that every table has (PostgreSQL, "5.6. System Columns")."""


def misnamed(text: str, columns: Iterable[str]) -> SqlError | None:
    """The first column of an expression that its table does not have."""
    from sqlglot import exp

    tree = parsed(text)
    if tree is None or tree.find(exp.Query) is not None:
        return None
    known = set(columns)
    for column in _columns(tree):
        if not column.table and _folded(column.this) not in known | _VALUES | _SYSTEM:
            return unknown("column", _folded(column.this), known)
    return None


def misnamed_in_query(text: str, tables: Mapping[str, Table]) -> SqlError | None:
    """The first table or column of a statement that the schema does not have."""
    from sqlglot import exp

    tree = parsed(text)
    if tree is None:
        return None
    made = {cte.alias for cte in tree.find_all(exp.CTE)}
    sources: dict[str, set[str]] = {}
    places = {place_of(placed_name(name, table.postgres)): name for name, table in tables.items()}
    for node in tree.find_all(exp.Table):
        if not isinstance(node.this, exp.Identifier):
            continue
        name = _folded(node.this)
        there = places.get(Place(node.db, name)) if node.db else name
        if there is None:
            return None  # of a schema that no spec knows
        if there in tables:
            sources.setdefault(node.alias or name, set()).update(tables[there].by_name)
        elif name not in made and not name.startswith("pg_"):
            return unknown("table", name, tables)
    return _misnamed_column(tree, sources)


def _misnamed_column(tree: exp.Expression, sources: Mapping[str, set[str]]) -> SqlError | None:
    from sqlglot import exp

    others = (exp.CTE, exp.Subquery, exp.Lateral, exp.Unnest, exp.Values)
    all_are_tables = tree.find(*others) is None and all(
        isinstance(node.this, exp.Identifier) for node in tree.find_all(exp.Table)
    )
    bare = {name for columns in sources.values() for name in columns} | sources.keys() | _VALUES | _SYSTEM
    bare |= {alias.alias for alias in tree.find_all(exp.Alias)}
    for column in _columns(tree):
        name = _folded(column.this)
        if column.table in sources and name not in sources[column.table] | _SYSTEM:
            return unknown("column", name, sources[column.table], where=f" in {column.table}")
        if not column.table and all_are_tables and name not in bare:
            return unknown("column", name, {each for columns in sources.values() for each in columns})
    return None


def parsed(text: str) -> exp.Expression | None:
    """The tree of a text of PostgreSQL; None for what sqlglot cannot read."""
    import sqlglot
    from sqlglot import exp

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # what it cannot read is not a finding
    try:
        tree = sqlglot.parse_one(text, dialect="postgres")
    except Exception:  # noqa: BLE001  (sqlglot's parser trips over some texts with errors of Python's own)
        return None
    return tree if isinstance(tree, exp.Expression) and tree.find(exp.Command) is None else None


def _columns(tree: exp.Expression) -> Iterator[exp.Column]:
    """Every column that is named; not the words after IS, of which PostgreSQL has its own."""
    from sqlglot import exp

    for column in tree.find_all(exp.Column):
        is_word = isinstance(column.parent, exp.Is) and column.arg_key == "expression"
        if isinstance(column.this, exp.Identifier) and not is_word:
            yield column


def _folded(name: exp.Expression) -> str:
    """A name as PostgreSQL reads it."""
    return str(name.name) if name.args.get("quoted") else str(name.name).lower()
