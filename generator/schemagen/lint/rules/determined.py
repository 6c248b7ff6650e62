"""Whether the rows of a SELECT are told apart by what it is sorted by, as its equalities and the tables' keys imply."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlglot import exp

    from schemagen.schema.model import Table

    Name = tuple[str, str]
    """A column: the alias of its table, and its own name."""


def has_ties(node: exp.Expression, tables: Mapping[str, Table]) -> bool:
    """Whether two rows may be equal in everything that ORDER BY names; ``tables`` are the sources by alias.

    A source that is no table counts as told apart: nothing is known of it.
    """
    from sqlglot import exp

    order = node.args.get("order")
    sorted_by = {name for key in order.expressions for name in _names(_target(key.this, node), tables)} if order else {}
    equal = tuple(_equalities(node, tables))
    held = {name for name, others in equal if not others}
    known = held | set(sorted_by)
    while True:
        more = {name for name, others in equal if others and known.issuperset(others)}
        for alias, table in tables.items():
            columns = {column for of, column in known if of == alias}
            if table.is_unique({each for each in columns if not table.column(each).nullable or (alias, each) in held}):
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


def _equalities(node: exp.Expression, tables: Mapping[str, Table]) -> Iterator[tuple[Name, frozenset[Name]]]:
    """Each column that is equal to something, and the columns that this something is made of."""
    where = node.args.get("where")
    if where:
        yield from _of_condition(where.this, tables, frozenset(tables))
    for join in node.args.get("joins") or ():
        mine = frozenset({join.this.alias_or_name}) if join.side else frozenset(tables)
        if join.args.get("on"):
            yield from _of_condition(join.args["on"], tables, mine)
        for using in join.args.get("using") or ():
            sides = [(alias, using.name) for alias, table in tables.items() if using.name in table.by_name]
            yield from ((side, frozenset({other})) for side in sides for other in sides if side != other)


def _of_condition(
    condition: exp.Expression, tables: Mapping[str, Table], fixed: frozenset[str]
) -> Iterator[tuple[Name, frozenset[Name]]]:
    from sqlglot import exp

    for part in condition.flatten() if isinstance(condition, exp.And) else [condition]:
        equality = part.unnest()
        if isinstance(equality, exp.And):
            yield from _of_condition(equality, tables, fixed)
        elif isinstance(equality, exp.EQ):
            for left, right in ((equality.this, equality.expression), (equality.expression, equality.this)):
                others = frozenset(_columns(right, tables))
                for name in _names(left, tables):
                    if name[0] in fixed and name not in others:
                        yield name, others


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
