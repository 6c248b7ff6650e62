"""Parts of SELECT that need no scope: window frames, names and types of result columns."""

from __future__ import annotations

from sqlglot import exp

from .convert import unify
from .errors import SqlError, untranslatable
from .nodes import name_of, only
from .parse import MARK
from .scope import Field
from .value import Value

Columns = list[tuple[str, Field]]
"""The columns of a SELECT, in order."""

UNNAMED = "?column?"
"""What PostgreSQL calls a column that has no name."""


def frame(spec: exp.WindowSpec) -> str:
    """The frame of a window: ``ROWS BETWEEN 1 PRECEDING AND CURRENT ROW``."""
    only(spec, "kind", "start", "start_side", "end", "end_side")
    start = _bound(spec.args.get("start"), spec.args.get("start_side"))
    if spec.args.get("end") is None:
        return f"{str(spec.args['kind']).upper()} {start}"
    return f"{str(spec.args['kind']).upper()} BETWEEN {start} AND {_bound(spec.args['end'], spec.args.get('end_side'))}"


def direction(item: exp.Expression, *, may_be_null: bool) -> str:
    """What follows an element of ORDER BY: its direction, and where NULLs stand if SQLite would put them elsewhere."""
    descending, first = bool(item.args.get("desc")), bool(item.args.get("nulls_first"))
    words = " DESC" if descending else ""
    if may_be_null and first == descending:
        words += " NULLS FIRST" if first else " NULLS LAST"
    return words


def _bound(bound: object, side: object) -> str:
    if isinstance(bound, exp.Expression) and not (isinstance(bound, exp.Literal) and str(bound.this).isdigit()):
        raise untranslatable("a window frame with anything but fixed bounds")
    text = str(bound.this) if isinstance(bound, exp.Expression) else str(bound)
    return f"{text} {side}".upper() if side else text.upper()


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
