"""What the checks, the partial indexes and the example rows of a table mention of each column."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from schemagen.engines.sqlite.inspect.tokens import Kind, tokens
from schemagen.schema import types as t
from schemagen.schema.rule_state import RuleState
from schemagen.schema.values import ValueProblem, parse_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemagen.engines.sqlite.inspect.tokens import Token
    from schemagen.schema.dialect import Sql
    from schemagen.schema.model import Check, Table, Value


@dataclass(frozen=True, slots=True)
class Mentions:
    """Plain texts and numbers of all that the spec says about a column, and its values in example rows."""

    texts: tuple[str, ...]
    numbers: tuple[float, ...]
    examples: tuple[Value, ...]

    @property
    def wholes(self) -> tuple[int, ...]:
        """The integers among them."""
        return tuple(int(number) for number in self.numbers if number == int(number))


def mentions_of(table: Table, name: str) -> Mentions:
    """What is said about a column, be it in a generated column that is made of it."""
    texts: dict[str, None] = {}
    numbers: dict[float, None] = {}
    for sql in _expressions(table):
        for text in dict.fromkeys((sql.postgres, sql.sqlite)):
            if name in sources(table, text or ""):
                _collect(text or "", texts, numbers)
    given = [dict(example.values).get(name) for example in table.examples]
    return Mentions(tuple(texts), tuple(numbers), tuple(value for value in given if value is not None))


def _expressions(table: Table) -> Iterator[Sql]:
    yield from (check.sql for check in table.checks)
    for index in table.indexes:
        yield from (element.sql for element in index.elements if element.sql)
        yield from [index.where] if index.where else []


def _collect(sql: str, texts: dict[str, None], numbers: dict[float, None]) -> None:
    before = ""
    for token in _tokens(sql):
        if token.kind is Kind.STRING:
            texts[token.name] = None
        elif token.kind is Kind.NUMBER and not token.text.lower().startswith("0x"):
            numbers[float(token.text) * (-1 if before == "-" else 1)] = None
        before = token.text


@lru_cache(maxsize=1024)
def _tokens(sql: str) -> tuple[Token, ...]:
    return tuple(tokens(sql))


def check_columns(table: Table, sql: str) -> tuple[str, ...]:
    """The columns of a table that an expression names."""
    named = {token.name.lower() for token in _tokens(sql) if token.kind in {Kind.WORD, Kind.QUOTED}}
    return tuple(column.name for column in table.columns if column.name.lower() in named)


def sources(table: Table, sql: str) -> set[str]:
    """The columns that an expression reads, and for generated ones those that they are made of."""
    found: set[str] = set()
    for name in check_columns(table, sql):
        generated = table.column(name).generated
        found |= {name} if generated is None else sources(table, generated.sqlite or generated.postgres or "")
    return found


def unseen_checks(table: Table) -> tuple[Check, ...]:
    """The checks that SQLite does not have, and PostgreSQL keeps."""
    return tuple(c for c in table.checks if c.sql.sqlite is None and c.state is not RuleState.NOT_ENFORCED)


def parsed(type_: t.Type, text: str) -> Value:
    """What a column of a type holds for a text that the spec mentions; None where it holds no such thing."""
    try:
        return parse_value(type_, text)
    except ValueProblem:
        return None


def fits(type_: t.Type, value: Value) -> bool:
    """Whether a type holds a value; PostgreSQL refuses others before it looks at a check."""
    if isinstance(value, bool) or not isinstance(value, (int, str)) or isinstance(type_, (t.JsonType, t.Native)):
        return True
    return parsed(type_, str(value)) == value
