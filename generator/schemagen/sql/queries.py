"""Query patterns: one statement of PostgreSQL in, both engines out, resolved against the schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.schema import types as t
from schemagen.schema.dialect import Sql
from schemagen.schema.query import Parameter, Result, ResultColumn

from .placed_tables import with_placed_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemagen.schema.model import Table


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query on both engines; ``:name`` parameters stand as they are in both texts."""

    sql: Sql
    result: Result
    parameters: tuple[Parameter, ...] = ()
    tables: tuple[str, ...] = ()
    writes: bool = False


def query(text: str, tables: Mapping[str, Table], *, can_search: bool = True) -> ParsedQuery:
    """Check a query pattern of a spec and translate it.

    Args:
        text: one SELECT, INSERT, UPDATE or DELETE in PostgreSQL's SQL.
        tables: every table of the schema by name.
        can_search: whether it may have a full-text search.

    Returns:
        The author's text for PostgreSQL; for SQLite the same text where it means the same, else its translation; the
        parameters in the order they first stand in, each with the type of what it meets; the tables that are named;
        the columns of the result, and how many rows it can have.

    Raises:
        SqlError: when it is not a single statement, names what does not exist, mixes types, or has no equal on SQLite.
    """
    from .cardinality import rows_of
    from .errors import SqlError
    from .parse import parse_statement, same_tokens  # sqlglot: nothing needs it until here
    from .searches import postgres_text
    from .statements import StatementTranslator

    stripped = text.strip()
    tree = parse_statement(stripped)
    translator = StatementTranslator(tables)
    translator.can_search = can_search
    try:
        printed = translator.statement(tree)
    except RecursionError:
        raise SqlError("the query is nested too deeply", "write it in smaller parts") from None
    sqlite = stripped if same_tokens(stripped, printed) else printed
    parameters = tuple(
        Parameter(slot.name, slot.type or t.Text(), nullable=bool(slot.takes_null), known=slot.type is not None)
        for slot in translator.parameters.values()
    )
    columns = tuple(ResultColumn(name, field.type or t.Native(), field.nullable) for name, field in translator.columns)
    result = Result(rows_of(tree, tables), columns)
    return ParsedQuery(
        Sql(with_placed_tables(postgres_text(stripped), tables), sqlite),
        result,
        parameters,
        tuple(translator.used),
        translator.writes,
    )
