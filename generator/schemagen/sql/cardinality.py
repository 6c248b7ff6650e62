"""How many rows a statement gives: exactly one, at most one, any number, or none but a count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from schemagen.schema.query import Rows

from .nodes import name_of
from .parse import MARK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schemagen.schema.model import Table

_AGGREGATES = frozenset({"avg", "bool_and", "bool_or", "count", "every", "max", "min", "sum"})


def rows_of(tree: exp.Expression, tables: Mapping[str, Table]) -> Rows:
    """How many rows a statement of the language gives."""
    if isinstance(tree, (exp.Insert, exp.Update, exp.Delete)):
        if tree.args.get("returning") is None:
            return Rows.NONE
        if isinstance(tree, exp.Insert):
            return _of_insert(tree, tables)
        return Rows.MANY if isinstance(tree, exp.Update) and tree.args.get("from_") else _of_sources(tree, tables)
    return _of_select(tree, tables) if isinstance(tree, exp.Select) else Rows.MANY


def is_one_row(select: exp.Expression) -> bool:
    """Whether a SELECT gives one row, whatever the tables hold: an aggregate without groups."""
    if not isinstance(select, exp.Select) or any(
        select.args.get(key) for key in ("group", "having", "limit", "offset")
    ):
        return False
    return any(aggregates(item) for item in select.expressions)


def _of_insert(tree: exp.Insert, tables: Mapping[str, Table]) -> Rows:
    source, conflict = tree.expression, tree.args.get("conflict")
    if isinstance(source, exp.Select):
        found = _of_select(source, tables)
    else:
        found = Rows.ONE if source is None or len(source.expressions) == 1 else Rows.MANY
    may_be_none = conflict is not None and (not conflict.expressions or conflict.args.get("where") is not None)
    return Rows.AT_MOST_ONE if found is Rows.ONE and may_be_none else found


def _of_select(tree: exp.Select, tables: Mapping[str, Table]) -> Rows:
    if is_one_row(tree):
        return Rows.ONE
    limit = tree.args.get("limit")
    if isinstance(limit, exp.Limit) and isinstance(limit.expression, exp.Literal) and limit.expression.this == "1":
        return Rows.AT_MOST_ONE
    if tree.args.get("from_") is None:
        return Rows.AT_MOST_ONE if any(tree.args.get(key) for key in ("where", "limit", "offset")) else Rows.ONE
    return _of_sources(tree, tables)


def _of_sources(tree: exp.Expression, tables: Mapping[str, Table]) -> Rows:
    """At most one row where every table is held to one by a key whose columns are equal to known values."""
    source = tree.this if isinstance(tree, (exp.Update, exp.Delete)) else tree.args["from_"].this
    joins = tree.args.get("joins") or []
    sources = [source, *(join.this for join in joins)]
    named = {name: tables[of] for each in sources if (name := _alias(each)) and (of := _table(each)) in tables}
    if len(named) < len(sources) or any(
        join.args.get("using") or join.args.get("side") in {"RIGHT", "FULL"} for join in joins
    ):
        return Rows.MANY
    where = tree.args.get("where")
    conditions = [where.this] if where is not None else []
    conditions += [join.args["on"] for join in joins if join.args.get("on") is not None]
    pairs = [pair for condition in conditions for pair in _equalities(condition)]
    held: set[str] = set()
    while new := {
        name for name, table in named.items() if name not in held and _is_held(name, table, held, named, pairs)
    }:
        held |= new
    return Rows.AT_MOST_ONE if len(held) == len(named) else Rows.MANY


def _is_held(
    name: str,
    table: Table,
    held: set[str],
    named: Mapping[str, Table],
    pairs: list[tuple[exp.Expression, exp.Expression]],
) -> bool:
    """Whether the columns that are equal to values, or to columns of tables that are held, contain a unique key."""
    columns = set()
    for left, right in pairs:
        if isinstance(left, exp.Column) and _owner(left, named) == name:
            others = list(right.find_all(exp.Column))
            if not right.find(exp.Query) and all(_is_known(other, held, named) for other in others):
                columns.add(name_of(left.this))
    return table.is_unique(columns)


def _is_known(column: exp.Column, held: set[str], named: Mapping[str, Table]) -> bool:
    """Whether a column has one value: that of a table that is held, or of a row of the statement around."""
    owner = _owner(column, named)
    return owner in held or owner not in named


def _equalities(node: exp.Expression) -> Iterator[tuple[exp.Expression, exp.Expression]]:
    """Both directions of every equality that holds for each row."""
    if isinstance(node, exp.Paren):
        yield from _equalities(node.this)
    elif isinstance(node, exp.And):
        yield from _equalities(node.this)
        yield from _equalities(node.expression)
    elif isinstance(node, exp.EQ):
        yield node.this, node.expression
        yield node.expression, node.this


def _owner(column: exp.Column, named: Mapping[str, Table]) -> str | None:
    """The source that a column belongs to; None where it is not one of these."""
    qualifier = column.args.get("table")
    if qualifier is not None:
        return name_of(qualifier)
    owners = [name for name, table in named.items() if name_of(column.this) in table.by_name]
    return owners[0] if len(owners) == 1 else None


def _table(node: exp.Expression) -> str:
    return name_of(node.this) if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier) else ""


def _alias(node: exp.Expression) -> str:
    alias = node.args.get("alias")
    return name_of(alias.this) if alias is not None else _table(node)


def aggregates(node: exp.Expression) -> bool:
    """Whether an element of the SELECT list aggregates rows; a window does not."""
    return any(
        is_aggregate(found) and _select_of(found) is _select_of(node)
        for found in node.find_all(exp.Anonymous, exp.AggFunc)
    )


def is_aggregate(node: exp.Expr) -> bool:
    """Whether a node is the call of an aggregate over rows, no window."""
    if isinstance(node, exp.Anonymous):
        name = str(node.this).removeprefix(MARK).lower()
    elif isinstance(node, exp.AggFunc):
        name = node.sql_name().lower()
    else:
        return False
    inner = node.parent.parent if isinstance(node.parent, exp.Filter) else node.parent
    return name in _AGGREGATES and not isinstance(node.parent, exp.Window) and not isinstance(inner, exp.Window)


def _select_of(node: exp.Expr) -> exp.Expression | None:
    return node.find_ancestor(exp.Select)
