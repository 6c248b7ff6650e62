"""The commonest slip of all: a text that had to be quoted, as in ``{type: numeric(8,2)}`` or ``title: Orders: all``.

YAML splits such a text without a word, or fails at it. This scanner is asked only about files where one of the two was
seen. It goes from line to line, and what it says is believed only if YAML reads the repaired file (:mod:`.repair`).
"""

from __future__ import annotations

import re
from typing import Final

from .flow import PROPERTIES, WORD, FlowScanner, GiveUpError, OutOfBudgetError, Typo

_LINE: Final = re.compile(rf"(?P<indent>[ ]*)(?P<dashes>(?:-[ ]+)*)(?:(?P<key>{WORD})[ ]*:(?=[ \r\n]|$)[ ]*)?")
_BLOCK_SCALAR: Final = re.compile(r"[|>][-+0-9]*[ ]*(?:#[^\n]*)?\r?$", re.MULTILINE)
_REST: Final = re.compile(r"[ \t]*(?:(?<=\s)#[^\n]*)?\r?$", re.MULTILINE)
_COMMENT: Final = re.compile(r"[ \t]+#")


def find_typos(text: str) -> tuple[Typo, ...]:
    """Every slip of a text, in order; takes time in proportion to the text."""
    typos: list[Typo] = []
    for typo in sorted(_LineScanner(text).scan(), key=lambda found: (found.repair.start, -found.repair.end)):
        if not typos or typo.repair.start >= typos[-1].repair.end:
            typos.append(typo)
    return tuple(typos)


class _LineScanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._flow = FlowScanner(text)

    def scan(self) -> list[Typo]:
        at = 0
        try:
            while at < len(self._text):
                at = self._line(at)
        except OutOfBudgetError:
            pass
        return self._flow.typos

    def _line(self, at: int) -> int:
        """Read the line at an offset, and all that its value spans; the offset of the next line."""
        match = _LINE.match(self._text, at)
        if match is None:
            return self._next_line(at)
        properties = PROPERTIES.match(self._text, match.end())
        start = properties.end() if properties else match.end()
        first = self._text[start : start + 1]
        if first in {"|", ">"} and _BLOCK_SCALAR.match(self._text, start):
            return self._after_block_scalar(start, self._indent(match))
        named = bool(match["key"] or match["dashes"])
        key = (match["key"] or "").strip("'\"")
        if first in {"{", "["}:
            return self._flow_line(start, key, named=named)
        if first in {"'", '"'}:
            return self._quoted_line(start, key, named=named)
        if named and first not in {"", "#", "\r", "\n", "*", "&", "!", "?"}:
            self._plain_line(start, key, self._indent(match))
        return self._next_line(start)

    @staticmethod
    def _indent(match: re.Match[str]) -> int:
        dashes = match["dashes"]
        if not match["key"] and dashes:
            return len(match["indent"]) + len(dashes.rstrip()) - 1
        return len(match["indent"]) + len(dashes)

    def _next_line(self, at: int) -> int:
        end = self._text.find("\n", at)
        return len(self._text) if end < 0 else end + 1

    def _after_block_scalar(self, at: int, indent: int) -> int:
        at = self._next_line(at)
        while at < len(self._text):
            end = self._next_line(at)
            line = self._text[at:end]
            if line.strip() and len(line) - len(line.lstrip(" ")) <= indent:
                return at
            at = end
        return at

    def _flow_line(self, start: int, key: str, *, named: bool) -> int:
        before = len(self._flow.typos)
        try:
            end = self._flow.collection(start)
        except GiveUpError:
            del self._flow.typos[before:]
            return self._next_line(start)
        if _REST.match(self._text, end) or not named or "\n" in self._text[start:end]:
            return self._next_line(end)
        if self._text[end] not in ":,]}":
            del self._flow.typos[before:]
            self._flow.quote(start, self._value_end(start), key)
        return self._next_line(end)

    def _quoted_line(self, start: int, key: str, *, named: bool) -> int:
        end = self._flow.close_quote(start)
        if end is None:
            return self._next_line(start)
        if named and not _REST.match(self._text, end) and "\n" not in self._text[start:end]:
            self._flow.quote(start, self._value_end(end), key)
        return self._next_line(end)

    def _plain_line(self, start: int, key: str, indent: int) -> None:
        end = self._value_end(start)
        value = self._text[start:end]
        if not value:
            return
        bad_start = value[0] in "@`%" or value[:2] in {"|", ">"}
        if not bad_start and ": " not in value and not value.endswith(":"):
            return
        following = self._text[self._next_line(start) : self._next_line(self._next_line(start))]
        if following.strip() and len(following) - len(following.lstrip(" ")) > indent:
            return
        self._flow.quote(start, end, key)

    def _value_end(self, start: int) -> int:
        """Where a value on one line ends: before its comment and trailing spaces."""
        end = self._flow.end_of_line(start)
        comment = _COMMENT.search(self._text, start, end)
        return start + len(self._text[start : comment.start() if comment else end].rstrip())
