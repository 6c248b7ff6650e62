"""Generated statements by their form: what differs in names, texts and numbers alone is parsed once by sqlglot.

Every statement is read as tokens of its dialect. Of those a name counts that no rule of the parser could know (it has
an underscore or a digit, and is not a word of the parser's own tables), a text behind a comma, a parenthesis or a
comparison, and a number, all as if they were one; the rest of the form is the tokens as they stand. A CREATE TABLE has
the form of its columns and keys; the condition of each CHECK is parsed by itself, as a CHECK of a table of one column.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlglot.dialects.dialect import Dialect
    from sqlglot.tokenizer_core import Token

    Form = tuple[object, ...]

_OWN_NAME = re.compile(r"(?=\w*[_0-9])[^\W\d]\w*")
_ONE_COLUMN = "CREATE TABLE probe (value TEXT, CHECK ({condition}\n))"


class Forms:
    """The forms of one dialect that sqlglot has parsed.

    Args:
        dialect: sqlglot's.
        parse: what is wrong with a statement, or None.
    """

    def __init__(self, dialect: Dialect, parse: Callable[[str], str | None]) -> None:
        self._dialect = dialect
        self._parse = parse
        self._parsed: set[Form] = set()

    def problem(self, sql: str) -> str | None:
        """What is wrong with a statement, or None; it is parsed where its form is new.

        Raises:
            SqlglotError: for text that is not a sequence of tokens.
        """
        tokens = self._dialect.tokenize(sql)
        form = _form(tokens, _words(self._dialect))
        if form in self._parsed:
            return None
        rest, rest_form = sql, form
        for start, end in reversed(list(_conditions(tokens))):
            condition = sql[tokens[start].start : tokens[end - 1].end + 1]
            if self._problem(("CHECK", *form[start:end]), _ONE_COLUMN.format(condition=condition)):
                return self._parse(sql)  # told of the statement as it stands
            rest = f"{rest[: tokens[start].start]}1{rest[tokens[end - 1].end + 1 :]}"
            rest_form = (*rest_form[:start], *rest_form[end:])
        problem = self._problem(rest_form, rest)
        if problem is None:
            self._parsed.add(form)
        return problem

    def _problem(self, form: Form, sql: str) -> str | None:
        if form in self._parsed:
            return None
        problem = self._parse(sql)
        if problem is None:
            self._parsed.add(form)
        return problem


def _form(tokens: Sequence[Token], words: frozenset[str]) -> Form:
    from sqlglot.tokenizer_core import TokenType

    before_text = {TokenType.COMMA, TokenType.L_PAREN, TokenType.EQ, TokenType.NEQ, TokenType.DEFAULT, TokenType.IS}
    form: list[object] = []
    last = None
    for token in tokens:
        kind, text = token.token_type, token.text
        if kind is TokenType.VAR:
            is_own = _OWN_NAME.fullmatch(text) is not None and text.upper() not in words
            form.append(kind if is_own else text)
        elif kind is TokenType.NUMBER or (kind is TokenType.STRING and last in before_text):
            form.append(kind)
        else:
            form.append((kind, text))
        last = kind
    return tuple(form)


def _conditions(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Where the condition of each CHECK of a CREATE TABLE begins and ends among its tokens."""
    from sqlglot.tokenizer_core import TokenType

    if [token.text.upper() for token in tokens[:2]] != ["CREATE", "TABLE"]:
        return
    depth, start = 0, 0
    for place, token in enumerate(tokens):
        if token.token_type is TokenType.L_PAREN:
            if depth == 1 and tokens[place - 1].text.upper() == "CHECK":
                start = place + 1
            depth += 1
        elif token.token_type is TokenType.R_PAREN:
            depth -= 1
            if start and depth == 1:
                yield start, place
                start = 0


@cache
def _words(dialect: Dialect) -> frozenset[str]:
    """Every word that the dialect's parser has a rule for."""
    parser = type(dialect.parser())
    tables = (getattr(parser, name, None) for name in dir(parser))
    return frozenset(
        word
        for table in tables
        if isinstance(table, (dict, set, frozenset, list, tuple))
        for word in table
        if isinstance(word, str)
    )
