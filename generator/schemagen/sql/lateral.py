"""JOIN LATERAL, which SQLite lacks: the first rows of each key, numbered, in a table that is joined by its key.

A subquery that its outer row reaches by equalities alone gives each row what all rows of that key would give at once:
`(SELECT … FROM t WHERE t.k = o.k ORDER BY t.at LIMIT 2)` is the rows of t with a number below 3 within their k.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from .cardinality import is_aggregate
from .errors import untranslatable
from .nodes import name_of, offset_of
from .parse import MARK

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    Sources = Mapping[str, Collection[str]]

INSTEAD = (
    "join a SELECT of named columns that meets outer ones by `=` alone, with ORDER BY and LIMIT or without both; "
    "or write a subquery in the SELECT list (`schemagen guide recipes`) or row_number() OVER"
)
_PLACE, _KEY = "lateral_place", "lateral_key"
_ALLOWED = {"expressions", "from_", "joins", "where", "order", "limit"}


def without_lateral(join: exp.Join, around: exp.Select, columns_of: Callable[[str], Collection[str]]) -> exp.Join:
    """The same join for SQLite; any other join as it is.

    Args:
        join: of a SELECT.
        around: that SELECT.
        columns_of: the columns of a table or common table expression; none of a name that is neither.

    Raises:
        SqlError: where its subquery reaches the outer row otherwise than by equalities.
    """
    lateral = join.this
    if not isinstance(lateral, exp.Lateral):
        return join
    select = lateral.this.this if isinstance(lateral.this, exp.Subquery) else None
    alias = lateral.args.get("alias")
    if not isinstance(select, exp.Select) or alias is None or alias.args.get("columns") or not _is_plain(select):
        raise _refused(lateral)
    if any(item.find(exp.Star) for item in around.expressions) or join.args.get("using"):
        raise _refused(lateral)
    sources = _sources(select, columns_of)
    pairs, kept = _split(select, sources, lateral)
    elsewhere = (
        *select.expressions,
        *_ordered(select),
        *(one.args.get("on") for one in select.args.get("joins") or ()),
    )
    if any(part is not None and next(_outer(part, sources), None) for part in elsewhere):
        raise _refused(lateral)
    return _joined(join, name_of(alias.this), _numbered(select, [inner for inner, _ in pairs], kept), pairs)


def _refused(node: exp.Expression) -> Exception:
    return untranslatable("such a LATERAL", instead=INSTEAD, offset=offset_of(node))


def _is_plain(select: exp.Select) -> bool:
    """Whether rows come one by one: no aggregate, window or star, and a LIMIT only of an order."""
    said = {name for name, value in select.args.items() if value}
    limit = select.args.get("limit")
    is_number = limit is None or (isinstance(limit.expression, exp.Literal) and not limit.expression.is_string)
    listed = [item.this if isinstance(item, exp.Alias) else item for item in select.expressions]
    is_named = all(isinstance(item, (exp.Alias, exp.Column)) for item in select.expressions)
    computed = any(
        is_aggregate(node) or isinstance(node, (exp.Window, exp.Star)) for item in listed for node in item.walk()
    )
    return (
        said <= _ALLOWED
        and "from_" in said
        and ("order" in said) == ("limit" in said)
        and is_number
        and (is_named and not computed)
    )


def _sources(select: exp.Select, columns_of: Callable[[str], Collection[str]]) -> Sources:
    """The tables that a subquery reads from, by the names that they have in it, with their columns."""
    nodes = [select.args["from_"].this, *(join.this for join in select.args.get("joins") or ())]
    found: dict[str, Collection[str]] = {}
    for node in nodes:
        if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
            raise _refused(node)
        alias = node.args.get("alias")
        found[name_of(alias.this) if alias is not None else name_of(node.this)] = columns_of(name_of(node.this))
    return found


def _outer(node: exp.Expression, sources: Sources) -> Iterator[exp.Column]:
    """The columns of the row around that an expression reads."""
    for column in node.find_all(exp.Column):
        qualifier = column.args.get("table")
        own = [name for name, columns in sources.items() if name_of(column.this) in columns]
        if (name_of(qualifier) not in sources) if qualifier is not None else not own:
            yield column


def _split(
    select: exp.Select, sources: Sources, lateral: exp.Lateral
) -> tuple[list[tuple[exp.Expression, exp.Expression]], list[exp.Expression]]:
    """The equalities that lead to the outer row, own side first, and the conditions of the rows alone."""
    where = select.args.get("where")
    pairs, kept = [], []
    for condition in _conjuncts(where.this) if where is not None else ():
        if next(_outer(condition, sources), None) is None:
            kept.append(condition)
            continue
        sides = (condition.this, condition.expression) if isinstance(condition, exp.EQ) else ()
        own = [side for side in sides if side.find(exp.Column) and next(_outer(side, sources), None) is None]
        other = [side for side in sides if len(list(_outer(side, sources))) == len(list(side.find_all(exp.Column)))]
        other = [side for side in other if side not in own]
        if len(own) != 1 or len(other) != 1 or condition.find(exp.Query):
            raise _refused(lateral)
        pairs.append((own[0], other[0]))
    return pairs, kept


def _conjuncts(node: exp.Expression) -> Iterator[exp.Expression]:
    if isinstance(node, exp.Paren):
        yield from _conjuncts(node.this)
    elif isinstance(node, exp.And):
        yield from _conjuncts(node.this)
        yield from _conjuncts(node.expression)
    else:
        yield node


def _ordered(select: exp.Select) -> list[exp.Expression]:
    order = select.args.get("order")
    return list(order.expressions) if order is not None else []


def _numbered(select: exp.Select, keys: list[exp.Expression], kept: list[exp.Expression]) -> exp.Select:
    """The subquery over all keys, each row with its key and its number within that."""
    made = select.copy()
    limited = made.args.get("limit") is not None
    for name in ("where", "order", "limit"):
        made.set(name, None)
    if kept:
        made.set("where", exp.Where(this=exp.and_(*(condition.copy() for condition in kept), copy=False)))
    named = [exp.alias_(key.copy(), f"{_KEY}_{place}") for place, key in enumerate(keys, 1)]
    if limited:
        number = exp.Window(
            this=exp.Anonymous(this=f"{MARK}row_number", expressions=[]),
            partition_by=[key.copy() for key in keys],
            order=select.args["order"].copy(),
            over="OVER",
        )
        named.append(exp.alias_(number, _PLACE))
    made.set("expressions", [*made.expressions, *named])
    return made


def _joined(
    join: exp.Join, alias: str, select: exp.Select, pairs: list[tuple[exp.Expression, exp.Expression]]
) -> exp.Join:
    def column(name: str) -> exp.Column:
        return exp.column(exp.to_identifier(name), table=exp.to_identifier(alias, quoted=True))

    on = join.args.get("on")
    conditions = [] if on is None or (isinstance(on, exp.Boolean) and on.this) else [on.copy()]
    for place, (_, outer) in enumerate(pairs, 1):
        conditions.append(exp.EQ(this=column(f"{_KEY}_{place}"), expression=outer.copy()))
    limit = join.this.this.this.args.get("limit")
    if limit is not None:
        conditions.append(exp.LTE(this=column(_PLACE), expression=limit.expression.copy()))
    source = exp.Subquery(this=select, alias=exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))
    condition = exp.and_(*conditions, copy=False) if conditions else exp.true()
    return exp.Join(this=source, side=join.args.get("side"), kind=None, on=condition)
