"""``search`` and ``search_prefix`` in a query: the column that is searched, its index, and the text of each engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from schemagen.base.counting import counted
from schemagen.schema import types as t

from .errors import SearchError, SqlError
from .full_text import SEARCHES, postgres_search, sqlite_search
from .nodes import name_of, offset_of, quote
from .operands import adapt
from .parse import tokens_of
from .value import Precedence, Value

if TYPE_CHECKING:
    from schemagen.schema.index import Index
    from schemagen.schema.model import Table

    from .scope import Relation
    from .translate import Translator


def searched(translator: Translator, node: exp.Anonymous, name: str) -> Value:
    """A search on SQLite: the keys of the rows that FTS5 finds.

    Raises:
        SqlError: for anything but a column and a text, and where it is not a condition of its own.
        SearchError: for a column without a full-text index.
    """
    if len(node.expressions) != 2:  # noqa: PLR2004  (a column and a text)
        numbers = counted(len(node.expressions), "argument")
        raise SqlError(f"{name}() can't take {numbers}", f"write `{name}(column, :words)`")
    column, typed = node.expressions
    if not isinstance(column, exp.Column) or isinstance(column.this, exp.Star):
        raise SqlError(f"{name}() searches a column", f"write `{name}(column, :words)`", offset_of(node))
    if not _is_condition(node):
        hint = "write it into WHERE or ON, beside AND and OR"
        raise SqlError(f"{name}() finds rows: it is a condition of its own, and has no NOT", hint, offset_of(node))
    wanted = adapt(translator.value(typed), t.Text())
    if typed.find(exp.Column) or not isinstance(wanted.type, t.TextType):
        raise SqlError(f"{name}() searches for a text", "write a parameter or a text in quotes", offset_of(node))
    translator.value(column)  # a name that nothing has is reported as elsewhere
    qualifier = column.args.get("table")
    relation = translator.scope.owner(name_of(column.this), name_of(qualifier) if qualifier is not None else None)
    table, index = _indexed(relation, name_of(column.this), name, offset_of(column))
    key = [f"{quote(relation.name)}.{quote(part)}" for part in (table.primary_key.columns if table.primary_key else ())]
    place = index.columns.index(name_of(column.this))
    text = sqlite_search(name, key, index.name, quote(index.name), place, wanted.sql)
    return Value(text, t.Boolean(), Precedence.COMPARISON, nullable=False)


def _is_condition(node: exp.Expression) -> bool:
    """Whether a node is one of the conditions of WHERE or ON: what is NULL on one engine is false on both there."""
    above = node.parent
    while isinstance(above, (exp.And, exp.Or, exp.Paren)):
        above = above.parent
    return isinstance(above, (exp.Where, exp.Join))


def _indexed(relation: Relation, column: str, name: str, offset: int | None) -> tuple[Table, Index]:
    table = relation.table
    found = [index for index in table.indexes if index.is_full_text and column in index.columns] if table else []
    if table is None or not found:
        of = f"`{table.key}`" if table else f"`{relation.name}`, which is not a table"
        hint = f"add `full_text: [{{columns: [{column}]}}]` to `{table.key}`" if table else "search the table itself"
        raise SearchError(f"{name}() needs a full-text index on `{column}` of {of}", hint, offset)
    return table, found[0]


def postgres_text(text: str) -> str:
    """An author's statement with PostgreSQL's own words in place of each search."""
    tokens = tokens_of(text)
    made, end = "", 0
    for place, token in enumerate(tokens):
        follower = tokens[place + 1].token_type if place + 1 < len(tokens) else None
        called = token.text.lower() in SEARCHES and follower == TokenType.L_PAREN
        if not called or token.token_type in (TokenType.STRING, TokenType.IDENTIFIER):
            continue
        comma = next(one for one in tokens[place:] if one.token_type == TokenType.COMMA)
        close = next(one for one in tokens[place:] if one.token_type == TokenType.R_PAREN)
        column, typed = text[tokens[place + 1].end + 1 : comma.start], text[comma.end + 1 : close.start]
        made += text[end : token.start] + postgres_search(token.text.lower(), column.strip(), typed.strip())
        end = close.end + 1
    return made + text[end:]
