"""LIKE and ILIKE of PostgreSQL as GLOB and LIKE of SQLite, with a fixed pattern and with one that is known later."""

from __future__ import annotations

from schemagen.base.escape import sql_string
from schemagen.schema import types as t

from .errors import SqlError, untranslatable
from .operands import plain, refuse_padded
from .value import Precedence, Value, call, nullable

_WILD = {"%": "*", "_": "?"}
_SPECIAL = {"*": "[*]", "?": "[?]", "[": "[[]"}
_CODES = {"b": "", "p": "%", "u": "_"}
"""Letters that stand behind a ``[`` for a character that was escaped; ``b`` for the escape character itself."""


def like(value: Value, pattern: Value, *, escape: str, negated: bool) -> Value:
    """``x [NOT] LIKE pattern``, which minds case on PostgreSQL: GLOB on SQLite."""
    refuse_padded(value, "LIKE")
    word = "NOT GLOB" if negated else "GLOB"
    if pattern.text is not None:
        shown = sql_string(glob(pattern.text, escape))
    else:
        refuse_padded(pattern, "LIKE")
        shown = _glob_of(plain(pattern).sql, escape)
    text = f"{plain(value).within(Precedence.BITS)} {word} {shown}"
    may_be_null = value.nullable or (pattern.text is None and pattern.nullable)
    return Value(text, t.Boolean(), Precedence.COMPARISON, may_be_null)


def glob(pattern: str, escape: str = "\\") -> str:
    """A LIKE pattern as a GLOB pattern."""
    made, characters = [], iter(pattern)
    for character in characters:
        if escape and character == escape:
            literal = next(characters, None)
            if literal is None:
                raise SqlError("the LIKE pattern ends in its escape character", f"write it twice: {escape}{escape}")
            made.append(_SPECIAL.get(literal, literal))
        else:
            made.append(_WILD.get(character) or _SPECIAL.get(character, character))
    return "".join(made)


def _glob_of(pattern: str, escape: str) -> str:
    """The same in SQLite's words, for a pattern that is known when the statement runs.

    Every ``[`` becomes ``[[]`` first, so that none is followed by one of the letters of ``_CODES``: these keep what
    was escaped while the wildcards are replaced. An escape character at the end, which PostgreSQL refuses where it
    comes so far, becomes a ``[`` that nothing closes and nothing matches.
    """
    if escape in {"[", "]", "*", "?", "e", *_CODES, *_WILD}:
        raise untranslatable(f"LIKE of a pattern that is not a literal, with ESCAPE {sql_string(escape)}")
    text = _replaced(pattern, [("[", "[[]")])
    plain_steps = [("*", "[*]"), ("?", "[?]"), *_WILD.items()]
    if not escape:
        return _replaced(text, plain_steps)
    kept = [(escape + escape, "[b"), (f"{escape}%", "[p"), (f"{escape}_", "[u")]
    end = [(f"{escape}[e", "["), ("[e", ""), (escape, "")]
    codes = [(f"[{letter}", literal or escape) for letter, literal in _CODES.items()]
    return _replaced(f"{text} || '[e'", [*kept, *end, *plain_steps, *codes])


def _replaced(text: str, steps: list[tuple[str, str]]) -> str:
    for old, new in steps:
        text = call("replace", text, sql_string(old), sql_string(new))
    return text


def ilike(value: Value, pattern: Value, *, escape: str, negated: bool) -> Value:
    """``x [NOT] ILIKE pattern``: SQLite's LIKE, which ignores the case of ASCII letters."""
    if pattern.text is not None:
        glob(pattern.text, escape)
    refuse_padded(value, "ILIKE")
    shown = plain(pattern)
    needs_escape = escape and (pattern.text is None or escape in pattern.text)
    word = "NOT LIKE" if negated else "LIKE"
    text = f"{plain(value).within(Precedence.BITS)} {word} {shown.within(Precedence.COLLATE)}"
    text += f" ESCAPE {sql_string(escape)}" if needs_escape else ""
    return Value(text, t.Boolean(), Precedence.COMPARISON, nullable(value, pattern))
