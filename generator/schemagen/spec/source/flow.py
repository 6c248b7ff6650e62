"""Reads flow collections as their author meant them: a text without its quotes, a missing comma, a flag left bare."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from schemagen.schema.other_engines import enum_list

from .nodes import MAX_DEPTH, Replacement

WORD: Final = r"(?:[A-Za-z_][\w.$-]*|\"[^\"\n]*\"|'[^'\n]*')"
"""A key, as the language has them."""

PROPERTIES: Final = re.compile(r"(?:(?:&[\w-]+|![^\s,\[\]{}]*)[ ]+)*")
"""Anchors and tags before a value."""

FLAGS: Final = frozenset(
    {"append_only", "enforced", "identity", "immutable", "index", "nullable", "primary_key", "track_changes", "unique"}
)
"""Keys whose value is nearly always ``true``: alone between commas one of these is a key, not a piece of a text."""

PROSE: Final = frozenset({"description", "external_reference", "reason", "sql", "title"})
"""Keys whose text may well hold a comma and then a word that is also a flag, or a colon."""

LISTS: Final = frozenset({"columns", "enum", "include", "uses"})
"""Keys whose words between commas are a list that lacks its brackets."""

_WORDS: Final = re.compile(r"\w+(?: (?:asc|desc))?(?:,[ ]*\w+(?: (?:asc|desc))?)+")
_ENTRY: Final = re.compile(rf"(?P<key>{WORD})[ ]*:(?=[\s,\]}}]|$)[ ]*")
_NEXT_KEY: Final = re.compile(rf"[\s]+(?P<key>{WORD})[ ]*:[ ]")
_INNER_KEY: Final = re.compile(r"[ ](?P<key>[a-z_]+):[ ]")
_TYPE_KEY: Final = re.compile(r"\btype[ ]*:[ ]*\Z")
_LONGEST_KEY: Final = 40
_AFTER_VALUE: Final = re.compile(r"[,\]}]|:\s")
_ALIAS: Final = re.compile(r"\*[\w-]+\s*(?=[,\]}]|$)")
_BLANKS: Final = re.compile(r"(?:\s+|(?<=\s)#[^\n]*)*")
_MARK: Final = re.compile(r"['\",:#()\[\]{}]")
_STOPS: Final = frozenset(",]}")
_CLOSER: Final = {"(": ")", "[": "]", "{": "}"}
_BAD_STARTS: Final = frozenset("@`%|>'\"")


class TypoKind(Enum):
    """What was forgotten."""

    QUOTES = auto()
    COMMA = auto()
    FLAG_VALUE = auto()
    ENUM = auto()
    BRACKETS = auto()


@dataclass(frozen=True, slots=True)
class Typo:
    """A repairable mistake at ``text[start:end]``; ``safe`` if a program may repair it without asking."""

    kind: TypoKind
    start: int
    end: int
    repair: Replacement
    safe: bool = True


def quoted(text: str) -> str:
    """A text in quotes that leave it as it is: double ones, or single ones if it has double quotes or backslashes."""
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


class GiveUpError(Exception):
    """A flow collection that is not closed, or closed by the wrong bracket."""


class OutOfBudgetError(Exception):
    """The text was walked too often: it is hostile, not mistaken."""


class _ValueKind(Enum):
    NESTED = auto()
    QUOTED = auto()
    PLAIN = auto()
    ODD = auto()


@dataclass(slots=True)
class _Value:
    kind: _ValueKind
    start: int
    end: int
    key: str = ""


@dataclass(slots=True)
class _Walk:
    """A walk over an unquoted text: how far it came, which brackets are open, whether YAML would read it otherwise."""

    at: int
    odd: bool
    brackets: list[str] = field(default_factory=list)
    first_comma: int | None = None
    odd_before_comma: bool = False
    comma_inside: bool = False
    end: int | None = None

    def open(self, bracket: str) -> None:
        self.brackets.append(_CLOSER[bracket])
        self.odd = self.odd or bracket != "("
        self.at += 1

    def close(self, mark: str) -> None:
        """Pass a comma or a closing bracket; outside of all brackets, it ends the text."""
        if self.brackets and mark == self.brackets[-1]:
            self.brackets.pop()
            self.comma_inside = self.comma_inside or self.first_comma is not None
        elif mark == ",":
            if not self.brackets:
                self.stop()
            elif self.first_comma is None:
                self.first_comma, self.odd_before_comma = self.at, self.odd
        elif mark != ")":
            self.stop()
        self.at += 1

    def stop(self) -> None:
        """End the text here, or at its first comma if a bracket that was opened before it is still open."""
        self.end = self.at
        if self.brackets and self.first_comma is not None:
            self.end, self.odd = self.first_comma, self.odd_before_comma


class FlowScanner:
    """Finds the typos of the flow collections that it is led to."""

    def __init__(self, text: str) -> None:
        self.typos: list[Typo] = []
        self._text = text
        self._budget = 20 * len(text) + 100_000

    def collection(self, start: int, depth: int = 1) -> int:
        """Read a flow collection as its author meant it; the offset after its end."""
        if depth > MAX_DEPTH:
            raise GiveUpError
        is_mapping = self._text[start] == "{"
        values: list[_Value] = []
        at = start + 1
        while True:
            at = self._skip_spaces(at)
            character = self._text[at : at + 1]
            if character == _CLOSER[self._text[start]]:
                break
            if character in {"", "]", "}"}:
                raise GiveUpError
            if character == ",":
                self._spend(1)
                at += 1
                continue
            at = self._entry(at, depth, values) if is_mapping else self._item(at, depth, values)
        for value in values:
            if value.kind is _ValueKind.ODD:
                self.quote(value.start, value.end, value.key)
        return at + 1

    def _item(self, at: int, depth: int, values: list[_Value]) -> int:
        pair = _ENTRY.match(self._text, at)  # `[a: b]` is a list of one mapping
        start = self._skip_spaces(pair.end()) if pair else at
        if self._text[start : start + 1] in _STOPS:
            return start
        value = self._value(start, depth, "")
        values.append(value)
        return self._after_value(value)

    def _entry(self, at: int, depth: int, values: list[_Value]) -> int:
        match = _ENTRY.match(self._text, at)
        if match is None:
            return self._keyless(at, depth, values)
        self._spend(match.end() - at)
        start = self._skip_spaces(match.end())
        if self._text[start : start + 1] in _STOPS:
            return start
        value = self._value(start, depth, match["key"].strip("'\""))
        values.append(value)
        return self._after_value(value)

    def _keyless(self, at: int, depth: int, values: list[_Value]) -> int:
        """A piece between two commas that has no key: the rest of the text before it, or a flag without its value."""
        piece = self._value(at, depth, "")
        word = self._text[piece.start : piece.end]
        previous = values[-1] if values else None
        if word in FLAGS and (previous is None or previous.key not in PROSE):
            end = piece.end
            self.typos.append(Typo(TypoKind.FLAG_VALUE, at, end, Replacement(end, end, ": true")))
            values.append(_Value(_ValueKind.QUOTED, at, end, word))
        elif previous is not None and previous.kind in {_ValueKind.PLAIN, _ValueKind.ODD}:
            previous.kind = _ValueKind.ODD
            previous.end = piece.end
        return self._after_value(piece)

    def _after_value(self, value: _Value) -> int:
        at = self._skip_spaces(value.end)
        if self._text[at : at + 1] in _STOPS:
            return at
        match = _NEXT_KEY.match(self._text, value.end)
        if match is None:
            raise GiveUpError
        self.typos.append(
            Typo(TypoKind.COMMA, match.start("key"), match.end("key"), Replacement(value.end, value.end, ","))
        )
        return match.start("key")

    def _value(self, start: int, depth: int, key: str) -> _Value:
        properties = PROPERTIES.match(self._text, start)
        start = properties.end() if properties else start
        first = self._text[start : start + 1]
        if first and first in "{[":
            before = len(self.typos)
            try:
                end = self.collection(start, depth + 1)
            except GiveUpError:
                end = None
            if end is not None and self._stands_alone(end):
                return _Value(_ValueKind.NESTED, start, end, key)
            del self.typos[before:]
        elif first and first in "'\"":
            end = self.close_quote(start)
            if end is not None and self._stands_alone(end):
                return _Value(_ValueKind.QUOTED, start, end, key)
        return self._plain(start, key)

    def _stands_alone(self, end: int) -> bool:
        after = self._skip_spaces(end)
        return _AFTER_VALUE.match(self._text, after) is not None or _NEXT_KEY.match(self._text, end) is not None

    def _plain(self, start: int, key: str) -> _Value:
        """A text up to the comma or bracket that ends it; commas inside of its parentheses and quotes belong to it."""
        text = self._text
        walk = _Walk(start, odd=self._needs_quotes(start))
        while walk.end is None:
            mark = _MARK.search(text, walk.at)
            if mark is None:
                raise GiveUpError
            self._spend(mark.end() - walk.at)
            walk.at = mark.start()
            if mark[0] in "'\"":
                self._pass_quote(walk)
            elif mark[0] in _CLOSER:
                walk.open(mark[0])
            elif mark[0] == "#":
                self._pass_hash(walk)
            elif mark[0] == ":":
                self._pass_colon(walk, start, key)
            else:
                walk.close(mark[0])
        end = start + len(text[start : walk.end].rstrip())
        kind = _ValueKind.ODD if walk.odd or walk.comma_inside else _ValueKind.PLAIN
        return _Value(kind, start, max(end, start + 1), key)

    def _needs_quotes(self, start: int) -> bool:
        """Whether a text can't be plain because of its first characters."""
        first, two = self._text[start : start + 1], self._text[start : start + 2]
        if first in {"*", "&"}:
            return _ALIAS.match(self._text, start) is None
        return first in _BAD_STARTS or two in {"- ", "? "}

    def _pass_quote(self, walk: _Walk) -> None:
        end = self._string(walk.at, inside=bool(walk.brackets))
        if end is None:
            walk.at += 1
            return
        inside = self._text[walk.at : end]
        walk.odd = walk.odd or any(mark in inside for mark in (*",[]{}", ": ", " #"))
        walk.at = end

    def _pass_hash(self, walk: _Walk) -> None:
        if not self._text[walk.at - 1].isspace():
            walk.at += 1
        elif self._is_text(walk.at):
            walk.odd = True
            walk.at += 1
        else:
            walk.stop()

    def _pass_colon(self, walk: _Walk, start: int, key: str) -> None:
        if self._text[walk.at + 1 : walk.at + 2] in {" ", "\n", "\r"}:
            next_key = None if walk.brackets else self._next_key(start, walk.at, key)
            if next_key is not None:
                walk.end = next_key
            walk.odd = walk.odd or next_key is None
        walk.at += 1

    def _next_key(self, start: int, at: int, key: str) -> int | None:
        """Where the next key begins if a comma before it was forgotten; None if the colon belongs to prose."""
        words = self._text[start:at].split()
        self._spend(at - start)
        if key in PROSE or len(words) < 2 or not words[-1].isidentifier():  # noqa: PLR2004 (a value and a key)
            return None
        return start + self._text[start:at].rindex(words[-1])

    def _is_text(self, at: int) -> bool:
        """Whether a ``#`` after a space is not a comment: an operator, or the collection would end on the same line."""
        if self._text[at + 1 : at + 2] in {">", "-"}:
            return True
        line = self._text[at : self.end_of_line(at)]
        self._spend(len(line))
        return line.count("}") > line.count("{") and line.rstrip().endswith("}")

    def _string(self, at: int, *, inside: bool) -> int | None:
        """The end of an SQL string or quoted name inside of a text; None if the quote is an apostrophe."""
        if self._text[at - 1].isalnum() and not (inside and self._text[at] == "'"):
            return None
        stop = self.end_of_line(at)
        close = self._text.find(self._text[at], at + 1, stop)
        if close < 0 or (not inside and re.search(r",\s*\w+:\s", self._text[at:close])):
            return None
        self._spend(close - at)
        return close + 1

    def close_quote(self, start: int) -> int | None:
        """The offset after a quoted YAML scalar; None if it is never closed."""
        quote, at = self._text[start], start + 1
        pattern = re.compile(r"''|'" if quote == "'" else r'\\.|"', re.DOTALL)
        while match := pattern.search(self._text, at):
            self._spend(match.end() - at)
            if match[0] == quote:
                return match.end()
            at = match.end()
        self._spend(len(self._text) - at)
        return None

    def _skip_spaces(self, at: int) -> int:
        match = _BLANKS.match(self._text, at)
        end = match.end() if match else at
        self._spend(end - at)
        return end

    def _spend(self, characters: int) -> None:
        self._budget -= characters
        if self._budget < 0:
            raise OutOfBudgetError

    def quote(self, start: int, end: int, key: str) -> None:
        """Note that a text has to be quoted, or that ``type: enum(a, b)`` has a form of its own."""
        text = self._text[start:end]
        values = enum_list(text) if key == "type" else None
        before = _TYPE_KEY.search(self._text, max(0, start - _LONGEST_KEY), start)
        if values and before:
            repair = Replacement(before.start(), end, f"enum: {values}")
            self.typos.append(Typo(TypoKind.ENUM, start, end, repair))
            return
        if key in LISTS and _WORDS.fullmatch(text):
            self.typos.append(Typo(TypoKind.BRACKETS, start, end, Replacement(start, end, f"[{text}]")))
            return
        inner = _INNER_KEY.search(text)
        safe = key in PROSE or inner is None
        self.typos.append(Typo(TypoKind.QUOTES, start, end, Replacement(start, end, quoted(text)), safe))

    def end_of_line(self, at: int) -> int:
        """The offset of the line break that ends a line."""
        end = self._text.find("\n", at)
        end = len(self._text) if end < 0 else end
        return end - 1 if end > at and self._text[end - 1] == "\r" else end
