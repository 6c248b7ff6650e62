"""What a query asks of each table that it reads or changes, as far as its conditions tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlglot import exp

    from schemagen.model import Query, Schema, Table


@dataclass(frozen=True, slots=True)
class Access:
    """One table of one query.

    ``filtered`` are the columns that its conditions compare, ``bound`` those that they set equal to a parameter,
    ``ordered`` those of ORDER BY as far as they are this table's.
    """

    table: Table
    filtered: frozenset[str]
    bound: frozenset[str]
    ordered: tuple[str, ...]
    is_limited: bool
    has_expressions: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A query taken apart; ``inserted`` are the columns that it fills in the table it inserts into."""

    accesses: tuple[Access, ...]
    inserts_into: Table | None = None
    inserted: tuple[str, ...] = ()


def read_query(query: Query, schema: Schema) -> Reading | None:
    """Take a query apart; None for one that only its own engine understands."""
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    text = query.sql.postgres or query.sql.sqlite or ""
    try:
        tree = parse_one(text, dialect="postgres" if query.sql.postgres else "sqlite")
    except (SqlglotError, RecursionError):
        return None
    accesses: list[Access] = []
    for node in tree.find_all(exp.Select, exp.Update, exp.Delete):
        accesses += _accesses(node, schema)
    if not isinstance(tree, exp.Insert):
        return Reading(tuple(accesses))
    target, columns = tree.this, ()
    if isinstance(target, exp.Schema):
        columns = tuple(column.name for column in target.expressions)
        target = target.this
    return Reading(tuple(accesses), schema.by_name.get(target.name), columns)


def _accesses(node: exp.Expression, schema: Schema) -> Iterator[Access]:
    from sqlglot import exp

    tables = {
        source.alias_or_name: schema.by_name[source.name] for source in _sources(node) if source.name in schema.by_name
    }
    filtered: dict[str, set[str]] = {alias: set() for alias in tables}
    bound: dict[str, set[str]] = {alias: set() for alias in tables}
    has_expressions = False
    for condition in _conditions(node):
        columns = [side for side in (condition.this, condition.args.get("expression")) if isinstance(side, exp.Column)]
        has_expressions = has_expressions or not columns
        others = [condition.this, condition.args.get("expression")]
        for column in columns:
            alias = _alias(column, tables)
            if alias is None:
                continue
            filtered[alias].add(column.name)
            if isinstance(condition, exp.EQ) and any(isinstance(side, exp.Placeholder) for side in others):
                bound[alias].add(column.name)
    order = node.args.get("order")
    keys = [key.this for key in order.expressions] if order else []
    for alias, table in tables.items():
        ordered = tuple(key.name for key in keys if isinstance(key, exp.Column) and _alias(key, tables) == alias)
        yield Access(
            table=table,
            filtered=frozenset(filtered[alias]),
            bound=frozenset(bound[alias]),
            ordered=ordered,
            is_limited=bool(node.args.get("limit")),
            has_expressions=has_expressions,
        )


def _sources(node: exp.Expression) -> Iterator[exp.Table]:
    """The tables of one SELECT, UPDATE or DELETE itself, without those of its subqueries."""
    from sqlglot import exp

    if isinstance(node, (exp.Update, exp.Delete)) and isinstance(node.this, exp.Table):
        yield node.this
    first = node.args.get("from_")
    if first is not None and isinstance(first.this, exp.Table):
        yield first.this
    for join in node.args.get("joins") or ():
        if isinstance(join.this, exp.Table):
            yield join.this


def _conditions(node: exp.Expression) -> Iterator[exp.Expression]:
    """The comparisons that all have to hold: those of WHERE and of the joins, taken apart at AND."""
    from sqlglot import exp

    where = node.args.get("where")
    roots = [where.this] if where else []
    for join in node.args.get("joins") or ():
        roots += [join.args["on"]] if join.args.get("on") else []
        roots += [
            exp.EQ(this=exp.column(name.name), expression=exp.column(name.name))
            for name in join.args.get("using") or ()
        ]
    for root in roots:
        parts = root.flatten() if isinstance(root, exp.And) else [root]
        for part in parts:
            inner = part.unnest()
            if isinstance(inner, (exp.EQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.In, exp.Is)):
                yield inner
            elif isinstance(inner, (exp.Like, exp.ILike, exp.Func, exp.Binary)):
                yield exp.Paren(this=inner)  # counts as a condition on an expression


def _alias(column: exp.Column, tables: Mapping[str, Table]) -> str | None:
    if column.table:
        return column.table if column.table in tables else None
    return next((alias for alias, table in tables.items() if column.name in table.by_name), None)
