"""The columns of a SELECT: their names and types, where no scope is needed."""

from __future__ import annotations

from sqlglot import exp

from .errors import SqlError
from .nodes import name_of
from .operands import unify
from .parse import MARK
from .scope import Field
from .value import Value

Columns = list[tuple[str, Field]]
"""The columns of a SELECT, in order."""

UNNAMED = "?column?"
"""What PostgreSQL calls a column that has no name."""


def renamed(columns: Columns, names: list[str]) -> Columns:
    """The columns of WITH under the names that it gives them."""
    if len(names) > len(columns):
        raise SqlError(f"WITH names {len(names)} columns, its SELECT has {len(columns)}", "name as many as there are")
    return [(names[i] if i < len(names) else name, field) for i, (name, field) in enumerate(columns)]


def merged(one: tuple[str, Field], two: tuple[str, Field]) -> tuple[str, Field]:
    """One column of a set operation, from those of its two sides."""
    (name, left), (_, right) = one, two
    if left.type is None or right.type is None:
        return name, Field(left.type or right.type)
    _, type_ = unify([Value("", left.type), Value("", right.type)], "UNION")
    return name, Field(type_, left.nullable or right.nullable)


def default_name(node: exp.Expression) -> str:
    """The name that PostgreSQL gives a column without an alias; SQLite would show the expression."""
    if isinstance(node, exp.Column):
        return name_of(node.this)
    if isinstance(node, (exp.Window, exp.Filter, exp.Paren, exp.Cast)):
        inner = default_name(node.this)
        unnamed_cast = isinstance(node, exp.Cast) and inner == UNNAMED
        return str(node.args["to"].sql(dialect="postgres")).lower() if unnamed_cast else inner
    if isinstance(node, exp.Anonymous):
        return str(node.this).removeprefix(MARK)
    if isinstance(node, exp.Func) and not isinstance(node, (exp.Connector, exp.Binary)):
        return node.sql_name().lower()
    return UNNAMED
