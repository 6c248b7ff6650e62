"""Columns that are neither grouped nor aggregated in a SELECT that aggregates: PostgreSQL refuses, SQLite takes any.

Source: PostgreSQL, "SELECT", "GROUP BY Clause": a column may also depend on a primary key that is grouped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from .cardinality import aggregates, is_aggregate
from .errors import SqlError
from .nodes import name_of, offset_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from schemagen.schema.model import Table

    from .scope import Relation


def refuse_ungrouped(node: exp.Select, relations: Sequence[Relation], tables: Mapping[str, Table]) -> None:
    """Refuse a column that has several values in a group.

    Args:
        node: a SELECT whose names have been found.
        relations: what it reads from.
        tables: those of them that are tables, by the name that they have here.
    """
    group = node.args.get("group")
    if group is None and node.args.get("having") is None and not any(map(aggregates, node.expressions)):
        return
    check = _Groups(node, relations)
    grouped = {check.text(check.meant(part)) for part in (group.expressions if group else ())}
    for name, table in tables.items():
        key = {f'"{name}"."{column}"' for column in table.primary_key.columns} if table.primary_key else set()
        if key and key <= grouped:
            grouped |= {f'"{name}"."{column}"' for column in table.by_name}
    for part in check.parts():
        for column in check.loose(part, grouped):
            shown = column.sql("postgres")
            hint = f"add it to GROUP BY, or take one of its values, as in `max({shown})`"
            raise SqlError(f"{shown} is neither grouped nor aggregated", hint, offset_of(column))


class _Groups:
    """The expressions of one SELECT, with its columns under the names of what they belong to."""

    def __init__(self, node: exp.Select, relations: Sequence[Relation]) -> None:
        self.node = node
        self.owners = {relation.name: frozenset(relation.fields) for relation in relations}

    def parts(self) -> Iterator[exp.Expression]:
        """What is evaluated once a group."""
        for item in self.node.expressions:
            yield _bare(item)
        if self.node.args.get("having"):
            yield self.node.args["having"].this
        order = self.node.args.get("order")
        yield from (self.meant(key.this, first_alias=True) for key in (order.expressions if order else ()))

    def meant(self, part: exp.Expression, *, first_alias: bool = False) -> exp.Expression:
        """What a place in the SELECT list, or a name of it, stands for."""
        items = self.node.expressions
        if isinstance(part, exp.Literal) and not part.is_string and str(part.this).isdigit():
            place = int(part.this)
            return _bare(items[place - 1]) if 1 <= place <= len(items) else part
        if isinstance(part, exp.Column) and not part.table and isinstance(part.this, exp.Identifier):
            name = name_of(part.this)
            is_column = any(name in names for names in self.owners.values())
            aliased = (
                item.this for item in items if isinstance(item, exp.Alias) and name_of(item.args["alias"]) == name
            )
            return next(aliased, part) if first_alias or not is_column else part
        return part

    def text(self, node: exp.Expression) -> str:
        """One writing for what is the same here."""
        copy = node.copy()
        for column in [copy] if isinstance(copy, exp.Column) else list(copy.find_all(exp.Column)):
            owner = self.owner(column)
            if owner is not None:
                column.set("table", exp.to_identifier(owner, quoted=True))
                column.set("this", exp.to_identifier(name_of(column.this), quoted=True))
        while isinstance(copy, exp.Paren):
            copy = copy.this
        return copy.sql("postgres")

    def owner(self, column: exp.Column) -> str | None:
        """The source of a column; None for one of an outer statement, or of several sources that USING joins."""
        if not isinstance(column.this, exp.Identifier):
            return None
        qualifier = column.args.get("table")
        if qualifier is not None:
            return name if (name := name_of(qualifier)) in self.owners else None
        found = [owner for owner, names in self.owners.items() if name_of(column.this) in names]
        return found[0] if len(found) == 1 else None

    def loose(self, node: exp.Expr, grouped: set[str]) -> Iterator[exp.Column]:
        """The columns of an expression that are no part of what is grouped, nor inside of an aggregate or a query."""
        if isinstance(node, exp.Query) or is_aggregate(node.this if isinstance(node, exp.Filter) else node):
            return
        if isinstance(node, exp.Expression) and self.text(node) in grouped:
            return
        if isinstance(node, exp.Column):
            if self.owner(node) is not None:
                yield node
            return
        for child in node.iter_expressions():
            yield from self.loose(child, grouped)


def _bare(item: exp.Expression) -> exp.Expression:
    """An element of the SELECT list without its name."""
    inner: exp.Expression = item.this if isinstance(item, exp.Alias) else item
    return inner
