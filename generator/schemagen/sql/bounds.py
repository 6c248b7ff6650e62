"""What checks say of one column against literals: limits of numbers and of lengths, and lists of values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.schema.model import Check

Literal = int | Decimal | str

_COMPARISONS: dict[type[exp.Expr], tuple[str, str]] = {
    exp.GTE: ("ge", "le"),
    exp.GT: ("gt", "lt"),
    exp.LTE: ("le", "ge"),
    exp.LT: ("lt", "gt"),
}
"""The bound of a comparison, and the bound where the literal stands on the left."""

_LENGTHS = {"ge": ("min_length", 0), "gt": ("min_length", 1), "le": ("max_length", 0), "lt": ("max_length", -1)}


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit of a column: ``kind`` is pydantic's word for it, or ``values`` for a list of those that are allowed."""

    column: str
    kind: str
    values: tuple[Literal, ...]


def bounds(check: Check) -> frozenset[Bound]:
    """What a check says of single columns on both engines; what it says beside is left to the databases."""
    postgres, sqlite = check.sql.postgres, check.sql.sqlite
    if postgres is None or sqlite is None:
        return frozenset()
    found = _bounds(postgres, "postgres")
    return found if postgres == sqlite else found & _bounds(sqlite, "sqlite")


@cache
def _bounds(text: str, dialect: str) -> frozenset[Bound]:
    try:
        tree = sqlglot.parse_one(text, dialect=dialect)
    except sqlglot.errors.SqlglotError:  # SQL of an author's own
        return frozenset()
    return frozenset(_of(tree))


def _of(node: exp.Expr) -> Iterator[Bound]:
    match node:
        case exp.Paren():
            yield from _of(node.this)
        case exp.And():
            yield from _of(node.left)
            yield from _of(node.right)
        case exp.Between():
            yield from _bound(node.this, "ge", _literal(node.args["low"]))
            yield from _bound(node.this, "le", _literal(node.args["high"]))
        case exp.In(this=exp.Column()) if node.expressions:
            values = [_literal(item) for item in node.expressions]
            known = tuple(value for value in values if value is not None)
            if len(known) == len(values):
                yield Bound(_name(node.this), "values", known)
        case exp.NEQ(this=exp.Column()) if _literal(node.expression) == "":
            yield Bound(_name(node.this), "min_length", (1,))
        case exp.EQ(this=exp.Length()):
            yield from _bound(node.this, "ge", _literal(node.expression))
            yield from _bound(node.this, "le", _literal(node.expression))
        case exp.GTE() | exp.GT() | exp.LTE() | exp.LT():
            kind, mirrored = _COMPARISONS[type(node)]
            yield from _bound(node.this, kind, _literal(node.expression))
            yield from _bound(node.expression, mirrored, _literal(node.this))


def _bound(subject: exp.Expr, kind: str, value: Literal | None) -> Iterator[Bound]:
    if isinstance(value, str) or value is None:
        return
    if isinstance(subject, exp.Column):
        yield Bound(_name(subject), kind, (value,))
    elif isinstance(subject, exp.Length) and isinstance(subject.this, exp.Column) and isinstance(value, int):
        word, more = _LENGTHS[kind]
        yield Bound(_name(subject.this), word, (value + more,))


def _literal(node: exp.Expr) -> Literal | None:
    if isinstance(node, exp.Neg):
        inner = _literal(node.this)
        return None if inner is None or isinstance(inner, str) else -inner
    if not isinstance(node, exp.Literal):
        return None
    text: str = node.this
    if node.is_string:
        return text
    return int(text) if text.isdecimal() else Decimal(text)


def _name(column: exp.Column) -> str:
    """The column as the spec calls it: PostgreSQL folds what stands without quotes."""
    identifier = column.this
    name: str = identifier.name
    return name if identifier.args.get("quoted") else name.lower()
