"""The tokens of SQLite's schema text, and one canonical writing of what means the same.

Source of the rules: SQLite, "SQL Language Expressions" and ``tokenize.c``; text that SQLite has stored is valid, so
nothing here has to find mistakes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from schemagen.engines.catalog import CatalogSql
from schemagen.schema.names import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Kind(Enum):
    """What a token is."""

    COMMENT = auto()
    STRING = auto()
    BLOB = auto()
    QUOTED = auto()
    NUMBER = auto()
    WORD = auto()
    SYMBOL = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its text as it stands, and where it begins."""

    kind: Kind
    text: str
    offset: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.offset + len(self.text)

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these words, unquoted, in any case."""
        return self.kind is Kind.WORD and self.text.upper() in words

    def is_symbol(self, symbol: str) -> bool:
        """Whether it is this operator or bracket."""
        return self.kind is Kind.SYMBOL and self.text == symbol

    @property
    def name(self) -> str:
        """The identifier that it stands for; SQLite takes strings for names, too."""
        quote = self.text[0]
        if quote == "[":
            return self.text[1:-1]
        if self.kind in {Kind.QUOTED, Kind.STRING}:
            return self.text[1:-1].replace(quote * 2, quote)
        return self.text


_PATTERN = re.compile(
    r"""
    (?P<COMMENT> --[^\n]* | /\*.*?(?:\*/|\Z) )
  | (?P<BLOB>    [xX]'[0-9A-Fa-f]*' )
  | (?P<STRING>  '(?:[^']|'')*' )
  | (?P<QUOTED>  "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\] )
  | (?P<NUMBER>  0[xX][0-9A-Fa-f]+ | (?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)? )
  | (?P<WORD>    [A-Za-z_\x80-\U0010ffff][A-Za-z0-9_$\x80-\U0010ffff]* )
  | (?P<SYMBOL>  ->>|->|\|\||<<|>>|<=|>=|<>|!=|==|[^\s] )
    """,
    re.VERBOSE | re.DOTALL,
)

_SAME_OPERATOR = {"==": "=", "<>": "!="}
_BARE = re.compile(r"[a-z_][a-z0-9_]*")
_OPERATOR_WORDS = ("AND", "OR", "NOT", "IS", "LIKE", "GLOB", "BETWEEN", "CASE", "WHEN", "THEN", "ELSE", "WHERE")
_VALUE_WORDS = frozenset({"null", "true", "false", "current_date", "current_time", "current_timestamp"})


def tokens(text: str) -> list[Token]:
    """All tokens of a piece of SQL, comments among them, white space left out."""
    return [
        Token(Kind[match.lastgroup], match.group(), match.start())
        for match in _PATTERN.finditer(text)
        if match.lastgroup is not None
    ]


def significant(found: Iterable[Token]) -> list[Token]:
    """The tokens without comments."""
    return [token for token in found if token.kind is not Kind.COMMENT]


def canonical(found: Sequence[Token]) -> str:
    """One writing for tokens that mean the same.

    Names and keywords are in lower case (SQLite compares them so), quotes and brackets are gone where nothing needs
    them, single spaces lie between tokens, and each operator has one spelling.
    """
    return " ".join(_written(token) for token in without_brackets(significant(found)))


def catalog_sql(text: str) -> CatalogSql:
    """A piece of SQL with its canonical writing."""
    return CatalogSql(canonical(tokens(text)), text.strip())


def catalog_slice(sql: str, found: Sequence[Token]) -> CatalogSql:
    """Some neighbouring tokens of a text with their canonical writing."""
    return CatalogSql(canonical(found), sql[found[0].offset : found[-1].end])


def _written(token: Token) -> str:
    match token.kind:
        case Kind.STRING:
            return token.text
        case Kind.QUOTED:
            name = folded(token.name)
            bare = _BARE.fullmatch(name) and name not in _VALUE_WORDS
            return name if bare else '"' + name.replace('"', '""') + '"'
        case Kind.SYMBOL:
            return _SAME_OPERATOR.get(token.text, token.text)
        case _:
            return folded(token.text)


def without_brackets(found: Sequence[Token]) -> list[Token]:
    """The tokens without round brackets that change nothing: around everything, doubled, or around a single value."""
    kept = _without(found, _around_all(found))
    closed = partners(kept)
    kept = _without(
        kept, {n for start, end in closed.items() if closed.get(start + 1) == end - 1 for n in (start + 1, end - 1)}
    )
    closed = partners(kept)
    single = ((start, end) for start, end in closed.items() if end == start + 2 and not _may_call(kept, start))
    return _without(kept, {number for pair in single for number in pair})


def partners(found: Sequence[Token]) -> dict[int, int]:
    """Where each opening round bracket is closed, by position."""
    stack: list[int] = []
    closed: dict[int, int] = {}
    for number, token in enumerate(found):
        if token.is_symbol("("):
            stack.append(number)
        elif token.is_symbol(")") and stack:
            closed[stack.pop()] = number
    return closed


def _around_all(found: Sequence[Token]) -> set[int]:
    closed = partners(found)
    first, last = 0, len(found) - 1
    while closed.get(first) == last:
        first, last = first + 1, last - 1
    return {*range(first), *range(last + 1, len(found))}


def _without(found: Sequence[Token], numbers: set[int]) -> list[Token]:
    return [token for number, token in enumerate(found) if number not in numbers]


def _may_call(found: Sequence[Token], start: int) -> bool:
    """Whether the bracket at ``start`` may begin arguments or a list: after a name, or a word such as IN or VALUES."""
    if start == 0:
        return False
    before = found[start - 1]
    return before.kind is Kind.QUOTED or (before.kind is Kind.WORD and not before.is_word(*_OPERATOR_WORDS))
