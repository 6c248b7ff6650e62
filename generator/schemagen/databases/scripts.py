"""Generated SQL files of PostgreSQL: those that run as one transaction, and the statements of those that do not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BEGINS = re.compile(r"^BEGIN;$", re.MULTILINE)

_PIECE = re.compile(
    r"""
    (?P<comment> --[^\n]* | /\* (?: [^*] | \*(?!/) )* \*/ )
  | (?P<quoted> '(?:[^']|'')*' | "(?:[^"]|"")*" | (?P<tag>\$(?:[A-Za-z_]\w*)?\$) .*? (?P=tag) )
  | (?P<end> ; )
  | (?P<rest> . )
    """,
    re.VERBOSE | re.DOTALL,
)


def is_transactional(text: str) -> bool:
    """Whether a generated file brings its own BEGIN and COMMIT."""
    return _BEGINS.search(text) is not None


def statements(text: str) -> Iterator[str]:
    """The statements of a file, without comments; quotes, dollar quotes and comments hide semicolons."""
    current: list[str] = []
    for match in _PIECE.finditer(text):
        if match["end"]:
            yield from _finished(current)
            current = []
        elif not match["comment"]:
            current.append(match[0])
    yield from _finished(current)


def _finished(pieces: list[str]) -> Iterator[str]:
    statement = "".join(pieces).strip()
    if statement:
        yield statement
