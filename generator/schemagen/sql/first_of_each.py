"""SELECT DISTINCT ON of PostgreSQL: on SQLite the rows are numbered in their order, and those with 1 are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from .errors import SqlError
from .nodes import name_of, offset_of, only, quote
from .ordering import direction
from .select_parts import UNNAMED, Columns

if TYPE_CHECKING:
    from .translate import Translator

_SOURCE = "numbered"


def first_of_each(
    translator: Translator, node: exp.Select, projected: str, columns: Columns, sources: list[str]
) -> list[str]:
    """The lines of the SELECT, without its WITH and without LIMIT and OFFSET.

    Args:
        translator: with the scope of the SELECT.
        node: the SELECT.
        projected: its list, translated.
        columns: the columns of that list.
        sources: FROM and all that follows up to HAVING, translated.

    Raises:
        SqlError: where no ORDER BY says which row is the first, or two columns have one name.
    """
    names = [name for name, _ in columns]
    if UNNAMED in names or len({name.lower() for name in names}) < len(names):
        hint = "give each column a name of its own: `lower(title) AS title_key`"
        raise SqlError("SELECT DISTINCT ON of columns without names of their own", hint, offset_of(node))
    keys = _keys(node)
    terms = _terms(node, keys)
    number, *ordered = _free(["place", *(f"order_{place}" for place in range(1, len(terms) + 1))], names)
    partition = ", ".join(translator.value(key).rounded().sql for key in keys)
    hidden, order, last = [], [], []
    for name, (item, term) in zip(ordered, terms, strict=True):
        only(item, "this", "desc", "nulls_first")
        value = translator.value(term).rounded()
        words = direction(item, may_be_null=value.nullable)
        hidden.append(f"{value.sql} AS {name}")
        order.append(value.sql + words)
        last.append(name + words)
    place = f"row_number() OVER (PARTITION BY {partition} ORDER BY {', '.join(order)}) AS {number}"
    inner = [f"SELECT {', '.join([projected, place, *hidden])}", *sources]
    return [
        f"SELECT {', '.join(map(quote, names))}",
        "FROM (",
        *(f"  {line}" for line in inner),
        f") AS {_SOURCE}",
        f"WHERE {number} = 1",
        f"ORDER BY {', '.join(last)}",
    ]


def _keys(node: exp.Select) -> list[exp.Expression]:
    on = node.args["distinct"].args["on"]
    return [_shown(node, key) for key in (on.expressions if isinstance(on, exp.Tuple) else [on.unnest()])]


def _terms(node: exp.Select, keys: list[exp.Expression]) -> list[tuple[exp.Expression, exp.Expression]]:
    """Each element of ORDER BY with the expression that it orders by; the keys come first, as PostgreSQL wants it."""
    order = node.args.get("order")
    if order is None:
        hint = "write ORDER BY: the keys first, then what makes one row the first of its key"
        raise SqlError("SELECT DISTINCT ON without ORDER BY takes any row", hint, offset_of(node.args["distinct"]))
    terms = [(item, _shown(node, item.this)) for item in order.expressions]
    wanted = {key.sql("postgres") for key in keys}
    if {term.sql("postgres") for _, term in terms[: len(wanted)]} != wanted:
        hint = f"begin it with {', '.join(sorted(wanted))}, as PostgreSQL wants it"
        raise SqlError("ORDER BY does not begin with what SELECT DISTINCT ON names", hint, offset_of(order))
    return terms


def _shown(node: exp.Select, term: exp.Expression) -> exp.Expression:
    """What a place in the SELECT list or one of its names stands for; any other expression itself."""
    if isinstance(term, exp.Literal) and not term.is_string:
        place = int(term.this) if str(term.this).isdigit() else 0
        shown = node.expressions
        if not 1 <= place <= len(shown) or any(item.find(exp.Star) for item in shown[:place]):
            raise SqlError(f"there is no column {term.this} in the SELECT list", "name the column", offset_of(term))
        return _inner(shown[place - 1])
    if isinstance(term, exp.Column) and term.args.get("table") is None:
        named = (item for item in node.expressions if isinstance(item, exp.Alias))
        return next((item.this for item in named if name_of(item.args["alias"]) == name_of(term.this)), term)
    return term


def _inner(item: exp.Expression) -> exp.Expression:
    return item.this if isinstance(item, exp.Alias) else item


def _free(wanted: list[str], taken: list[str]) -> list[str]:
    """Names that no column has."""
    known = {name.lower() for name in taken}
    tail = ""
    while any(name + tail in known for name in wanted):
        tail += "_"
    return [name + tail for name in wanted]
