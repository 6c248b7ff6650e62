"""What a query asks of each table that it reads or changes, as far as its conditions tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.schema import types as t

from .determined import has_ties

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlglot import exp

    from schemagen.schema.model import Schema, Table
    from schemagen.schema.query import Query


@dataclass(frozen=True, slots=True)
class Access:
    """One table of one query.

    ``filtered`` are the columns that its conditions compare, ``bound`` those that they set equal to a parameter,
    ``ordered`` those of ORDER BY as far as they are this table's. ``ends_order`` says that the last key of ORDER BY is
    one of them, while rows may be equal in all that it names.
    """

    table: Table
    filtered: frozenset[str]
    bound: frozenset[str]
    ordered: tuple[str, ...]
    ends_order: bool
    is_limited: bool
    has_expressions: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A query taken apart; ``is_job`` says that it works on the rows of all, as their time has come.

    Of the table that it inserts into, ``given`` are the columns that parameters fill, ``copied`` those that columns do.
    """

    accesses: tuple[Access, ...]
    is_job: bool = False
    inserts_into: Table | None = None
    given: frozenset[str] = frozenset()
    copied: frozenset[str] = frozenset()


def read_query(query: Query, schema: Schema) -> Reading | None:
    """Take a query apart; None for one that only its own engine understands."""
    from sqlglot import exp, parse_one

    text = query.sql.postgres or query.sql.sqlite or ""
    try:
        tree = parse_one(text, dialect="postgres" if query.sql.postgres else "sqlite")
    except Exception:  # noqa: BLE001  (sqlglot's parser trips over some texts of other engines with errors of Python's own)
        return None
    accesses: list[Access] = []
    for node in tree.find_all(exp.Select, exp.Update, exp.Delete):
        accesses += _accesses(node, schema)
    is_job = _works_on_all(tree, schema) and not any(access.bound for access in accesses)
    if not isinstance(tree, exp.Insert):
        return Reading(tuple(accesses), is_job)
    target: exp.Expression = tree.this
    columns: tuple[str, ...] = ()
    if isinstance(target, exp.Schema):
        columns = tuple(column.name for column in target.expressions)
        target = target.this
    given: set[str] = set()
    copied: set[str] = set()
    rows = [tree.expression] if isinstance(tree.expression, exp.Select) else tree.find_all(exp.Tuple)
    for row in rows:
        for name, value in zip(columns, row.expressions, strict=False):
            given |= {name} if value.find(exp.Placeholder) else set()
            copied |= {name} if value.find(exp.Column) else set()
    return Reading(tuple(accesses), is_job, schema.by_name.get(target.name), frozenset(given), frozenset(copied))


@dataclass(frozen=True, slots=True)
class _Condition:
    """One comparison: the bare columns in it (none if it is about an expression), and whether it fixes them."""

    columns: tuple[exp.Column, ...]
    binds: bool = False


def _accesses(node: exp.Expression, schema: Schema) -> Iterator[Access]:
    from sqlglot import exp

    known = schema.by_name
    tables = {source.alias_or_name: known[source.name] for source in _sources(node) if source.name in known}
    filtered: dict[str, set[str]] = {alias: set() for alias in tables}
    bound: dict[str, set[str]] = {alias: set() for alias in tables}
    conditions = tuple(_conditions(node))
    for condition in conditions:
        for column in condition.columns:
            for alias in _aliases(column, tables):
                filtered[alias].add(column.name)
                bound[alias].update({column.name} if condition.binds else ())
    order = node.args.get("order")
    keys = [key.this for key in order.expressions] if order else []
    is_open = bool(keys) and has_ties(node, tables)
    for alias, table in tables.items():
        yield Access(
            table=table,
            filtered=frozenset(filtered[alias]),
            bound=frozenset(bound[alias]),
            ordered=tuple(key.name for key in keys if isinstance(key, exp.Column) and alias in _aliases(key, tables)),
            ends_order=is_open and isinstance(keys[-1], exp.Column) and alias in _aliases(keys[-1], tables),
            is_limited=bool(node.args.get("limit")),
            has_expressions=any(not condition.columns for condition in conditions),
        )


def _works_on_all(tree: exp.Expr, schema: Schema) -> bool:
    """Whether a statement takes what is due by the clock, counts all rows, or takes work that nobody else has."""
    from sqlglot import exp

    if any(lock.args.get("wait") is False for lock in tree.find_all(exp.Lock)):
        return True
    items = [item.unalias() for item in tree.expressions] if isinstance(tree, exp.Select) else []
    groups = tree.args["group"].expressions if items and tree.args.get("group") else []
    if any(isinstance(item, exp.AggFunc) for item in items):
        return all(isinstance(item, exp.AggFunc) or item in groups for item in items)
    changes = isinstance(tree, (exp.Update, exp.Delete)) and not tree.args.get("returning")
    clocks = (exp.CurrentTimestamp, exp.CurrentDate, *((exp.Placeholder,) if changes else ()))
    tables = {source.alias_or_name: schema.by_name.get(source.name) for source in _sources(tree)}
    return any(
        _is_timestamp(comparison.this, tables) and comparison.expression.find(*clocks)
        for comparison in tree.find_all(exp.LT, exp.LTE)
    )


def _is_timestamp(node: exp.Expression, tables: Mapping[str, Table | None]) -> bool:
    from sqlglot import exp

    if not isinstance(node, exp.Column):
        return False
    found = [table.by_name.get(node.name) for alias, table in tables.items() if table and node.table in {"", alias}]
    return any(column and isinstance(column.type, t.DayType) for column in found)


def _sources(node: exp.Expr) -> Iterator[exp.Table]:
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


def _conditions(node: exp.Expression) -> Iterator[_Condition]:
    """The comparisons of WHERE and of the joins, taken apart at AND."""
    from sqlglot import exp

    where = node.args.get("where")
    roots = [where.this] if where else []
    for join in node.args.get("joins") or ():
        roots += [join.args["on"]] if join.args.get("on") else []
        for name in join.args.get("using") or ():
            yield _Condition((exp.column(name.name),))
    for root in roots:
        for part in root.flatten() if isinstance(root, exp.And) else [root]:
            yield from _comparisons(part.unnest())


def _comparisons(part: exp.Expr) -> Iterator[_Condition]:
    """One condition; of an OR all branches, as an engine can look each of them up, but none of them is certain."""
    from sqlglot import exp

    if isinstance(part, exp.Or):
        for branch in part.flatten():
            for condition in _comparisons(branch.unnest()):
                yield _Condition(condition.columns)
    elif isinstance(part, (exp.EQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.In, exp.Is)):
        sides = (part.this, part.args.get("expression"))
        columns = tuple(side for side in sides if isinstance(side, exp.Column))
        given = any(
            mark.find_ancestor(exp.Query) is part.find_ancestor(exp.Query) for mark in part.find_all(exp.Placeholder)
        )
        yield _Condition(columns, given and isinstance(part, (exp.EQ, exp.In)))
    elif isinstance(part, (exp.Func, exp.Binary)):
        yield _Condition(())


def _aliases(column: exp.Column, tables: Mapping[str, Table]) -> list[str]:
    """The tables of a statement that a column can be of: one, but for the columns of USING."""
    if column.table:
        return [column.table] if column.table in tables else []
    return [alias for alias, table in tables.items() if column.name in table.by_name]
