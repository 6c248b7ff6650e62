"""Whether what a SELECT is sorted by distinguishes its rows, as its equalities and the tables' keys imply."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlglot import exp

    from schemagen.schema.model import Table

    Name = tuple[str, str]
    """A column: the alias of its table, and its own name."""

    Condition = tuple[exp.Expr, frozenset[str]]
    """What every row fulfils, and the aliases of the tables whose rows it holds for."""


def has_ties(node: exp.Expression, tables: Mapping[str, Table]) -> bool:
    """Whether two rows may be equal in everything that ORDER BY names; ``tables`` are the sources by alias.

    A source that is not a table counts as distinguished: nothing is known of it.
    """
    from sqlglot import exp

    order = node.args.get("order")
    sorted_by = {name for key in order.expressions for name in _names(_target(key.this, node), tables)} if order else {}
    conditions = tuple(_conditions(node, tables))
    equal = (*_equalities(conditions, tables), *_joined_by_using(node, tables))
    held = {name for name, others in equal if not others}
    filled = held | set(_filled(conditions, tables))
    partial = {alias: _partial_keys(alias, table, conditions) for alias, table in tables.items()}
    known = held | set(sorted_by)
    while True:
        more = {name for name, others in equal if others and known.issuperset(others)}
        for alias, table in tables.items():
            columns = {column for of, column in known if of == alias}
            present = {each for each in columns if not table.column(each).nullable or (alias, each) in filled}
            if table.is_unique(present) or any(map(present.issuperset, partial[alias])):
                more |= {(alias, column.name) for column in table.columns}
        if more <= known:
            break
        known |= more
    wanted = node.args["group"].expressions if node.args.get("group") else ()
    if not wanted and node.args.get("distinct"):
        wanted = node.expressions
    if wanted:
        return not all(
            known.issuperset(_names(column, tables)) for each in wanted for column in each.find_all(exp.Column)
        )
    return not all(known.issuperset((alias, name) for name in table.by_name) for alias, table in tables.items())


def _target(key: exp.Expression, node: exp.Expression) -> exp.Expression:
    """What a key of ORDER BY stands for, where it is the name of an element of the SELECT list."""
    from sqlglot import exp

    if isinstance(key, exp.Column) and not key.table:
        return next(
            (item.this for item in node.expressions if isinstance(item, exp.Alias) and item.alias == key.name), key
        )
    return key


def _conditions(node: exp.Expression, tables: Mapping[str, Table]) -> Iterator[Condition]:
    """What every row fulfils, taken apart at AND: each condition with the tables whose rows it holds for."""
    where = node.args.get("where")
    if where:
        yield from ((part, frozenset(tables)) for part in _parts(where.this))
    for join, held in _joins(node, tables):
        if join.args.get("on"):
            yield from ((part, held) for part in _parts(join.args["on"]))


def _joins(node: exp.Expression, tables: Mapping[str, Table]) -> Iterator[tuple[exp.Join, frozenset[str]]]:
    """Each join with the tables for whose rows its condition holds: of a preserved table there are also other rows."""
    joins = node.args.get("joins") or ()
    for number, join in enumerate(joins):
        joined = frozenset({join.this.alias_or_name})
        before = frozenset(tables) - {later.this.alias_or_name for later in joins[number:]}
        held = {"LEFT": joined, "RIGHT": before, "FULL": frozenset[str]()}
        yield join, held.get(join.side, frozenset(tables))


def _parts(condition: exp.Expr) -> Iterator[exp.Expr]:
    from sqlglot import exp

    for part in condition.flatten() if isinstance(condition, exp.And) else [condition]:
        inner = part.unnest()
        if isinstance(inner, exp.And):
            yield from _parts(inner)
        else:
            yield inner


def _equalities(conditions: Iterable[Condition], tables: Mapping[str, Table]) -> Iterator[tuple[Name, frozenset[Name]]]:
    """Each column that is equal to something, and the columns that this something is made of."""
    from sqlglot import exp

    for part, fixed in conditions:
        if not isinstance(part, exp.EQ):
            continue
        for left, right in ((part.this, part.expression), (part.expression, part.this)):
            others = frozenset(_columns(right, tables))
            for name in _names(left, tables):
                if name[0] in fixed and name not in others:
                    yield name, others


def _joined_by_using(node: exp.Expression, tables: Mapping[str, Table]) -> Iterator[tuple[Name, frozenset[Name]]]:
    for join, held in _joins(node, tables):
        for using in join.args.get("using") or ():
            sides = [(alias, using.name) for alias, table in tables.items() if using.name in table.by_name]
            yield from (
                (side, frozenset({other})) for side in sides for other in sides if side != other and side[0] in held
            )


def _filled(conditions: Iterable[Condition], tables: Mapping[str, Table]) -> Iterator[Name]:
    """The columns that a condition keeps from being NULL."""
    from sqlglot import exp

    for part, fixed in conditions:
        sides: tuple[exp.Expression, ...] = ()
        if isinstance(part, (exp.EQ, exp.LT, exp.LTE, exp.GT, exp.GTE)):
            sides = (part.this, part.expression)
        elif _is_not_null(part):
            sides = ((part.this if isinstance(part, exp.Not) else part).this,)
        yield from (name for side in sides for name in _names(side, tables) if name[0] in fixed)


def _is_not_null(part: exp.Expr) -> bool:
    """Whether a condition is ``… IS NOT NULL``, which sqlglot's versions read in two ways."""
    from sqlglot import exp

    inner = part.this if isinstance(part, exp.Not) else part
    is_negated = inner is not part or part.args.get("negate")
    return isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null) and bool(is_negated)


def _partial_keys(alias: str, table: Table, conditions: Iterable[Condition]) -> list[frozenset[str]]:
    """The columns of the partial unique indexes that hold every row which the conditions let through."""
    from sqlglot import parse_one

    indexes = [index for index in table.indexes if index.unique and index.where and replace(index, where=None).is_whole]
    there = {_bare(part, alias) for part, fixed in conditions if alias in fixed} if indexes else set()
    found = []
    for index in indexes:
        where = index.where.for_dialect("postgres") if index.where else None
        if where and all(_bare(part, "") in there for part in _parts(parse_one(where, dialect="postgres"))):
            found.append(frozenset(index.columns))
    return found


def _bare(condition: exp.Expr, alias: str) -> exp.Expr:
    """A condition without the name of its table, a truth value as itself rather than compared."""
    from sqlglot import exp

    bare = condition.copy()
    for column in bare.find_all(exp.Column):
        if column.table == alias:
            column.set("table", None)
    if isinstance(bare, (exp.EQ, exp.Is)) and isinstance(bare.expression, exp.Boolean) and not bare.args.get("negate"):
        return bare.this if bare.expression.this else exp.Not(this=bare.this)
    return bare


def _columns(node: exp.Expression, tables: Mapping[str, Table]) -> Iterator[Name]:
    """The columns that an expression depends on; of those in a subquery, the ones that name a table from outside."""
    from sqlglot import exp

    for column in node.find_all(exp.Column):
        if column.table or column.find_ancestor(exp.Query) is node.find_ancestor(exp.Query):
            yield from _names(column, tables)


def _names(column: exp.Expression, tables: Mapping[str, Table]) -> list[Name]:
    """The columns that an expression is: one of a table, or none."""
    from sqlglot import exp

    if not isinstance(column, exp.Column):
        return []
    aliases = [column.table] if column.table else list(tables)
    return [(alias, column.name) for alias in aliases if alias in tables and column.name in tables[alias].by_name]
