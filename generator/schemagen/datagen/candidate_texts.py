"""Candidate texts: of every length, case and shape that the spec mentions, and texts in the shape of its examples."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from schemagen.schema import types as t

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from schemagen.schema.model import Value

    from .mentions import Mentions

    ValueGenerator = Callable[[int], Value]

LONGEST = 100_001
LONG = 500
USUAL = 64
SHORT_FORMS = ("", " ", "?", "A", "a", "0", "a b", " a", "a ", "Ab", "a-b", "x{}", "X{}", "Xy{}", "{}")
"""None beyond ASCII: SQLite and PostgreSQL differ in the case of other letters."""
_SET = re.compile(r"\[(\^?)([^\]]+)\]")


def text_generators(type_: t.Type, said: Mentions) -> Iterator[ValueGenerator]:
    """Texts of a type; char(n) has only those of its length."""
    for text in _mentioned(type_, said):
        yield partial(written, _escaped(text))
        yield partial(written, f"{{}}{_escaped(text)}")
        yield partial(written, f"{_escaped(text)}{{}}")
        yield partial(in_shape_of, text)
    for text in SHORT_FORMS:
        yield partial(written, _padded(type_, text))
    for length in _lengths(type_, said):
        for filling in ("a", "A", "0") if length <= LONG else ("a",):
            yield partial(of_length, length, filling)


def _mentioned(type_: t.Type, said: Mentions) -> dict[str, None]:
    """The texts of examples, checks and patterns; ``%`` and the like stand for nothing, ``_`` for one character."""
    found = [str(value) for value in said.examples]
    for text in said.texts:
        found += [_padded(type_, text), _padded(type_, plain(text)), text.lower(), text.upper()]
    return dict.fromkeys(text for text in found if "\0" not in text)


def plain(pattern: str) -> str:
    """The shortest text of a LIKE or GLOB pattern: ``x@x.x`` for ``%_@_%._%``."""
    bare = _SET.sub(lambda found: _one_of(found[1], found[2]), pattern)
    return bare.replace("%", "").replace("*", "").replace("_", "x").replace("?", "x")


def _one_of(negated: str, characters: str) -> str:
    return next(one for one in "x?0" if one not in characters) if negated else characters[0]


def _lengths(type_: t.Type, said: Mentions) -> list[int]:
    if isinstance(type_, t.Char):
        return [type_.length]
    found = [near for number in said.wholes for near in (number - 1, number, number + 1)]
    return [length for length in dict.fromkeys([*found, USUAL]) if 0 < length <= LONGEST]


def _padded(type_: t.Type, text: str) -> str:
    return text.ljust(type_.length) if isinstance(type_, t.Char) else text


def of_length(length: int, filling: str, serial: int) -> str:
    """A text of one case and length that ends in a number, written in digits or, after a letter, in letters too."""
    digits = str(serial) if filling == "0" else format(serial, "x" if filling == "a" else "X")
    return digits[-length:].rjust(length, filling)


def written(form: str, serial: int) -> str:
    """A form of ``str.format`` with the number of a row."""
    return form.format(serial)


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def in_shape_of(example: str, serial: int) -> str:
    """An example with other digits: the number of the row, written into the places of its digits from the right."""
    found = list(example)
    for place in range(len(found) - 1, -1, -1):
        if found[place].isdigit():
            serial, digit = divmod(serial, 10)
            found[place] = str(digit)
    return "".join(found)
