"""A backfill that reads other rows than its own: a value with subqueries over the tables that are there before it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schemagen.schema.dialect import Sql
from schemagen.schema.query import Rows

from .errors import SqlError
from .placed_tables import with_placed_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemagen.schema.dialect import DialectName
    from schemagen.schema.model import Table
    from schemagen.schema.types import Type

_SUBQUERY = re.compile(r"\(\s*(?:select|with)\b", re.IGNORECASE)


def reads_other_rows(text: str | None) -> bool:
    """Whether an expression has a subquery."""
    return bool(text and _SUBQUERY.search(text))


def tables_read(text: str, dialect: DialectName) -> tuple[str, ...]:
    """The tables that the subqueries of an expression name, in order; none of a text that sqlglot cannot read."""
    import sqlglot
    from sqlglot import exp

    try:
        tree = sqlglot.parse_one(text, dialect=dialect)
    except Exception:  # noqa: BLE001  (sqlglot's parser trips over some texts with errors of Python's own)
        return ()
    made = {cte.alias for cte in tree.find_all(exp.CTE)}
    names = (table.name for table in tree.find_all(exp.Table) if isinstance(table.this, exp.Identifier))
    return tuple(dict.fromkeys(name for name in names if name not in made))


def value_over_tables(
    text: str, name: str, columns: Mapping[str, Type], tables: Mapping[str, Table], result: Type
) -> Sql:
    """Check an expression with subqueries and translate it.

    Args:
        text: PostgreSQL's SQL.
        name: the table whose rows take the value; subqueries may qualify its columns with it.
        columns: the columns of that table, with their types.
        tables: those that a subquery may read.
        result: the type of the column that it fills.

    Raises:
        SqlError: as for any expression, and for a subquery that may give several rows, or any one of several.
    """
    from sqlglot import exp

    from .cardinality import is_aggregate, rows_of
    from .natives import spoken
    from .nodes import offset_of
    from .parse import parse_expression, same_tokens
    from .scope import Field, Relation
    from .selects import SelectTranslator
    from .translate_expression import finished

    class Translator(SelectTranslator):
        def scalar(self, node: exp.Expression) -> tuple[str, Field]:
            select = node.this
            if isinstance(select, exp.Select) and select.args.get("limit") and not select.args.get("order"):
                hint = "write ORDER BY before LIMIT, down to a unique column"
                raise SqlError("LIMIT without ORDER BY takes any row", hint, offset_of(node))
            if rows_of(select, tables) is Rows.MANY:
                hint = "compare a whole unique key by `=`, aggregate, or write ORDER BY … LIMIT 1"
                raise SqlError("the subquery may give several rows for one", hint, offset_of(node))
            return super().scalar(node)

    stripped = text.strip()
    tree = parse_expression(stripped)
    for node in tree.find_all(exp.Anonymous, exp.AggFunc, exp.Window):
        if (isinstance(node, exp.Window) or is_aggregate(node)) and node.find_ancestor(exp.Select) is None:
            raise SqlError("an aggregate has to stand in a subquery", "a backfill sees one row")
    translator = Translator(tables)
    translator.scope.relations.append(Relation(name, {each: Field(spoken(type_)) for each, type_ in columns.items()}))
    try:
        printed = finished(translator.value(tree), result).sql
    except RecursionError:
        raise SqlError("the expression is nested too deeply", "write it in smaller parts") from None
    if translator.parameters:
        raise SqlError(f"nothing gives `:{next(iter(translator.parameters))}` a value", "write the value itself")
    return Sql(with_placed_tables(stripped, tables, name), stripped if same_tokens(stripped, printed) else printed)
