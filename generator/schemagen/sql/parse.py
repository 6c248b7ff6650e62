"""SQL of a spec → one sqlglot tree, with everything refused that engines could read in another way than we do."""

from __future__ import annotations

import logging
import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from sqlglot import ParseError, TokenError, exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.dialects.sqlite import SQLite
from sqlglot.tokenizer_core import Token, TokenType

from .errors import SqlError, untranslatable
from .full_text import SEARCHES
from .published import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # it warns on stderr of what we refuse with a diagnostic

MARK = "schemagen_function_"
"""Put before the name of a function that we translate, so that sqlglot keeps the call as it was written."""

_CALLED = FUNCTIONS.keys() | set(SEARCHES)

SOURCE = "source"
"""The key in the root's ``meta`` of the text that was parsed."""

_PLAIN = "an unusual form of string", "write a plain '…' string, the only form that both engines read alike"
_REFUSED = {
    TokenType.SEMICOLON: ("a semicolon", "write one statement, and no semicolon after it"),
    TokenType.HEX_STRING: ("an X'…' literal", "write bytes as a YAML default"),
    TokenType.BIT_STRING: ("a B'…' literal", "write an integer"),
    **dict.fromkeys(
        (
            TokenType.BYTE_STRING,
            TokenType.NATIONAL_STRING,
            TokenType.UNICODE_STRING,
            TokenType.HEREDOC_STRING,
            TokenType.RAW_STRING,
        ),
        _PLAIN,
    ),
}


_BASED = (TokenType.HEX_STRING, TokenType.BIT_STRING)
"""What sqlglot takes `0x1F` and `0b11` for."""

LONGEST_NUMBER = 1000
"""Digits of a number: more than any column holds (PostgreSQL, "8.1.2. Arbitrary Precision Numbers")."""

_FOREIGN = dict.fromkeys(("==", "<<->>", "??", "!", ":=", "`"), "write PostgreSQL's own operator")
"""Operators of other databases that sqlglot would accept."""

_PATHS = {"#>": "write x -> 'a' -> 'b'", "#>>": "write x -> 'a' ->> 'b'"}
_DISTANCES = {"<->": TokenType.LR_ARROW, "<=>": TokenType.LLRR_ARROW, "<+>": TokenType.DIV}
_ARROWS = {TokenType.ARROW: TokenType.HASH_ARROW, TokenType.DARROW: TokenType.DHASH_ARROW}


_FIRST_WORD = re.compile(r"\A(\s*)([A-Za-z]+)\b(?!\s*\()")
_COMMANDS = frozenset(
    [
        "begin",
        "cache",
        "call",
        "comment",
        "commit",
        "copy",
        "declare",
        "delete",
        "exec",
        "execute",
        "explain",
        "kill",
        "load",
        "lock",
        "merge",
        "optimize",
        "pivot",
        "pragma",
        "prepare",
        "refresh",
        "reindex",
        "rename",
        "reset",
        "revoke",
        "rollback",
        "set",
        "show",
        "truncate",
        "uncache",
        "unpivot",
        "update",
        "use",
        "vacuum",
    ]
)
"""Words that sqlglot takes for the beginning of a command; to PostgreSQL they are names like any other."""


def parse_expression(text: str) -> exp.Expression:
    """Parse one expression.

    Raises:
        SqlError: when it is none, or more than one.
    """
    tree = _parse(_FIRST_WORD.sub(_column_name, text), "expression")
    if isinstance(tree, (exp.Query, exp.DDL, exp.DML, exp.Command, exp.Alias)) and not isinstance(tree, exp.Subquery):
        raise SqlError("this is not one expression", "write a condition or a value, such as `length(name) > 0`")
    return tree


def parse_statement(text: str) -> exp.Expression:
    """Parse one statement.

    Raises:
        SqlError: when it is none of SELECT, INSERT, UPDATE and DELETE, or more than one.
    """
    tree = _parse(text, "statement")
    if not isinstance(tree, (exp.Select, exp.SetOperation, exp.Insert, exp.Update, exp.Delete)):
        raise SqlError("a query pattern is one SELECT, INSERT, UPDATE or DELETE", "DDL belongs into tables and indexes")
    return tree


def _column_name(word: re.Match[str]) -> str:
    """The first word of an expression, quoted where sqlglot would take it for the beginning of a command."""
    return f'{word[1]}"{word[2].lower()}"' if word[2].lower() in _COMMANDS else word[0]


def _parse(text: str, what: str) -> exp.Expression:
    tokens = tokens_of(text)
    if not tokens:
        raise SqlError(f"the {what} is empty", f"write one {what}")
    try:
        trees = _postgres().parser().parse(_with_distances(_marked(tokens)), text)
    except Exception as problem:  # noqa: BLE001  (sqlglot's parser trips over some mistakes with errors of Python's own)
        raise _syntax_error(problem, what, text) from None
    if len(trees) != 1 or trees[0] is None:
        raise SqlError(f"there is more than one {what}", f"write one {what}")
    tree = trees[0]
    assert isinstance(tree, exp.Expression)  # noqa: S101  (what the parser makes)
    tree.meta[SOURCE] = text
    return tree


@cache
def _postgres() -> Postgres:
    return Postgres()


@cache
def _sqlite() -> SQLite:
    return SQLite()


def tokens_of(text: str) -> list[Token]:
    """The tokens of SQL that both engines read alike.

    Raises:
        SqlError: for every form that they would not.
    """
    if "\0" in text:
        raise SqlError("SQL can't contain NUL characters", "remove it", text.index("\0"))
    try:
        tokens = _postgres().tokenize(text)
    except TokenError as problem:
        raise SqlError(f"this is not SQL: {_first_line(problem)}", "is a quote left open?") from None
    for token in tokens:
        _refuse_token(token, text)
    _refuse_joined_numbers(tokens)
    _refuse_calls_of_words(tokens)
    _refuse_nameless_parameters(tokens)
    if _has_comment(text, tokens):
        raise SqlError("a comment inside SQL", "comments nest on one engine only: use the description")
    return tokens


def _refuse_token(token: Token, text: str) -> None:
    if token.comments:
        raise SqlError("a comment inside SQL", "comments nest on one engine only: use the description", token.start)
    quoted = token.token_type in (TokenType.STRING, TokenType.IDENTIFIER)
    if not quoted and token.text in _FOREIGN:
        raise SqlError(f"PostgreSQL has no {token.text}", _FOREIGN[token.text], token.start)
    if not quoted and token.text in _PATHS:
        raise untranslatable(token.text, instead=_PATHS[token.text], offset=token.start)
    if token.token_type == TokenType.NUMBER and len(token.text) > LONGEST_NUMBER:
        raise SqlError("a number has too many digits", "no column holds so many", token.start)
    if token.token_type in _BASED and text[token.start] == "0":
        found = text[token.start : token.end + 1]
        raise SqlError(f"{found} is a number of another base", "write it in decimal digits", token.start)
    if token.token_type in _REFUSED:
        found, hint = _REFUSED[token.token_type]
        raise SqlError(f"{found} can't stand in SQL of a spec", hint, token.start)


def _refuse_joined_numbers(tokens: Sequence[Token]) -> None:
    """Refuse ``1_000``, whose second half sqlglot takes for an alias: PostgreSQL has it from 16, SQLite from 3.46."""
    for token, follower in pairwise(tokens):
        word = follower.token_type not in (TokenType.STRING, TokenType.IDENTIFIER) and follower.text
        if token.token_type == TokenType.NUMBER and follower.start == token.end + 1 and word and _WORD.match(word):
            hint = "write digits without a group mark, and a space before a name"
            raise SqlError(f"{token.text}{follower.text} is not a number on every engine", hint, token.start)


_WORD = re.compile(r"\w")
_WITHOUT_CALL = {"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"}


def _refuse_calls_of_words(tokens: Sequence[Token]) -> None:
    """Refuse ``CURRENT_TIMESTAMP()``, which sqlglot reads and PostgreSQL does not."""
    for token, first, second in zip(tokens, tokens[1:], tokens[2:], strict=False):
        is_empty = first.token_type == TokenType.L_PAREN and second.token_type == TokenType.R_PAREN
        if is_empty and token.text.lower() in _WITHOUT_CALL and token.token_type != TokenType.IDENTIFIER:
            raise SqlError(f"{token.text} has no parentheses", f"write {token.text.upper()}", first.start)


def _refuse_nameless_parameters(tokens: Sequence[Token]) -> None:
    """Refuse ``$1`` and ``?``, but for the operator of jsonb, which a text follows."""
    for place, token in enumerate(tokens):
        following = tokens[place + 1].token_type if place + 1 < len(tokens) else None
        if token.token_type == TokenType.PLACEHOLDER and following != TokenType.STRING:
            raise SqlError("a parameter has a name", "write `:name` instead of `?`", token.start)
        if token.token_type == TokenType.PARAMETER:
            raise SqlError("a parameter has a name", "write `:name`, a colon and the name", token.start)


def _has_comment(text: str, tokens: Sequence[Token]) -> bool:
    """Whether something stands between the tokens that is not a white space."""
    place = 0
    for token in tokens:
        if text[place : token.start].strip():
            return True
        place = token.end + 1
    return bool(text[place:].strip())


def _marked(tokens: list[Token]) -> list[Token]:
    """The tokens with the names of our functions marked; sqlglot would rewrite their calls."""
    marked, last = [_arrow(token) for token in tokens], len(tokens) - 1
    for place, token in enumerate(tokens[:last]):
        name = token.text.lower()
        called = tokens[place + 1].token_type == TokenType.L_PAREN and name in _CALLED
        named = place > 0 and tokens[place - 1].token_type in (TokenType.INTO, TokenType.DOT, TokenType.WITH)
        if called and not named and token.token_type not in (TokenType.STRING, TokenType.IDENTIFIER):
            marked[place] = _word(token, MARK + name)
        follower = tokens[place + 1]
        if token.token_type == TokenType.COLON and follower.start == token.end + 1:
            marked[place + 1] = _word(follower, follower.text)  # a parameter may be named like a keyword
    return marked


def _with_distances(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with pgvector's operators as three that bind alike: sqlglot knows one, and reads two as others."""
    made: list[Token] = []
    for token in tokens:
        made.append(token)
        parts = made[-len("<+>") :]
        if [part.text for part in parts] == ["<", "+", ">"] and token.end - parts[0].start == len(parts) - 1:
            made[-len(parts) :] = [_distance(parts[0], "<+>", token.end)]
        elif token.text in _DISTANCES and token.token_type not in (TokenType.STRING, TokenType.IDENTIFIER):
            made[-1] = _distance(token, token.text, token.end)
    return made


def _distance(first: Token, text: str, end: int) -> Token:
    return Token(_DISTANCES[text], text, first.line, first.col, first.start, end, [])


def _word(token: Token, text: str) -> Token:
    return Token(TokenType.VAR, text, token.line, token.col, token.start, token.end, [])


def _arrow(token: Token) -> Token:
    """``->`` as ``#>``, which binds alike: inside a call sqlglot takes ``x -> y`` for a lambda."""
    kind = _ARROWS.get(token.token_type)
    return token if kind is None else Token(kind, token.text, token.line, token.col, token.start, token.end, [])


def _syntax_error(problem: Exception, what: str, text: str) -> SqlError:
    if isinstance(problem, RecursionError):
        return SqlError(f"the {what} is nested too deeply", "write it in smaller parts")
    detail = problem.errors[0] if isinstance(problem, ParseError) and problem.errors else {}
    highlight = str(detail.get("highlight") or "")
    before = str(detail.get("start_context") or "")
    at = text.find(before + highlight) if highlight else -1
    near = highlight.removeprefix(MARK)
    place = f" at {near!r}" if near else ""
    hint = "is an operand, a comma or a parenthesis missing?"
    return SqlError(f"the {what} can't be parsed{place}", hint, at + len(before) if at >= 0 else None)


def _first_line(problem: object) -> str:
    return str(problem).splitlines()[0].strip().rstrip(".").replace(MARK, "")


def same_tokens(author: str, printed: str) -> bool:
    """Whether two texts are the same SQL but for white space and the case of what is not quoted."""
    try:
        pairs = zip(_sqlite().tokenize(author), _sqlite().tokenize(printed), strict=True)
        return all(_folded(a) == _folded(b) for a, b in pairs)
    except (TokenError, ValueError):
        return False


def _folded(token: Token) -> tuple[TokenType, str]:
    quoted = token.token_type in (TokenType.STRING, TokenType.IDENTIFIER)
    return token.token_type, token.text if quoted else token.text.lower()
