"""Python expressions laid out as `ruff format` leaves them: on one line where they fit, else one argument a line."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from schemagen.base.escape import python_string

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 100
INDENT = "    "

_WORD = re.compile(r"[^ ]* *")


class Call:
    """A bracket with items behind a head: ``sa.Column(…)``, ``Literal[…]``, a tuple, a dict."""

    __slots__ = ("brackets", "flat", "head", "items")

    def __init__(self, head: str, *items: Code, brackets: str = "()") -> None:
        self.head = head
        self.items = items
        self.brackets = brackets
        inside = ", ".join([flat(item) for item in items])
        self.flat = f"{head}{brackets[0]}{inside}{brackets[1]}"


class Named:
    """An item with a name before it: ``name=value``, or ``"key": value``."""

    __slots__ = ("flat", "name", "value")

    def __init__(self, name: str, value: Code, separator: str = "=") -> None:
        self.name = name + separator
        self.value = value
        self.flat = self.name + flat(value)


class Text:
    """A string literal; one that is too long for its line is folded at its spaces, one of several lines at those."""

    __slots__ = ("flat", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.flat = quoted(text)


Code = str | Call | Named | Text


def quoted(text: str) -> str:
    """A string literal with the quotes that need fewer escapes, double ones where it makes no difference."""
    if '"' in text and text.count('"') > text.count("'"):
        return repr(text)
    return python_string(text)


def block(text: str) -> str:
    """A literal in triple quotes that begins on the next line, so that each line of the text is a line of the code."""
    lines = [_printable(line) for line in text.replace("\\", "\\\\").split("\n")]
    body = "\n".join(lines)
    if body.endswith('"'):
        body = body[:-1] + '\\"'
    body = body.replace('"""', '\\"\\"\\"')
    return f'"""\\\n{body}"""'


def _printable(line: str) -> str:
    return line if line.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)


def flat(code: Code) -> str:
    """The code on one line."""
    return code if isinstance(code, str) else code.flat


def tuple_of(*items: Code) -> Call:
    """A tuple, with the comma that a tuple of one item needs."""
    made = Call("", *items)
    if len(items) == 1:
        made.flat = f"({flat(items[0])},)"
    return made


def names_in(code: str) -> frozenset[str]:
    """Every name that a piece of Python reads or sets, annotations included."""
    return frozenset(node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name))


def packed(head: str, items: Sequence[Code], tail: str = "", *, indent: str = "") -> str:
    """A bracket whose items stand on one line: that of the head, else one of their own, else a line each."""
    inside = ", ".join(map(flat, items))
    if len(indent) + len(head) + len(inside) + len(tail) + 2 <= WIDTH:
        return f"{head}({inside}){tail}"
    if len(indent) + len(INDENT) + len(inside) <= WIDTH:
        return f"{head}(\n{indent}{INDENT}{inside}\n{indent}){tail}"
    return _exploded(Call(head, *items), indent) + tail


def layout(code: Code, *, before: int = 0, after: int = 0, indent: str = "") -> str:
    """The code as it stands on a line.

    Args:
        code: what is laid out.
        before: how many characters stand before it on its line, the indentation included.
        after: how many characters follow it on its last line.
        indent: the indentation of its line.
    """
    text = flat(code)
    if isinstance(code, str) or (before + len(text) + after <= WIDTH and not _has_lines(code)):
        return text
    if isinstance(code, Named):
        return code.name + layout(code.value, before=before + len(code.name), after=after, indent=indent)
    if isinstance(code, Text):
        return _folded(code, indent)
    return _exploded(code, indent)


def _has_lines(code: Code) -> bool:
    """Whether a string of several lines is in it: that one is never put on one line."""
    match code:
        case Text():
            return "\n" in code.text
        case Named():
            return _has_lines(code.value)
        case Call():
            return "\\n" in code.flat and any(map(_has_lines, code.items))
    return False


def _exploded(call: Call, indent: str) -> str:
    if not call.items:
        return call.flat
    inner = indent + INDENT
    lines = [inner + layout(item, before=len(inner), after=1, indent=inner) + "," for item in call.items]
    return "\n".join([call.head + call.brackets[0], *lines, indent + call.brackets[1]])


def _folded(text: Text, indent: str) -> str:
    """A text of several lines as a block; one line in parentheses, a piece a line."""
    if "\n" in text.text:
        return block(text.text)
    inner = indent + INDENT
    pieces = _pieces(text.text, WIDTH - len(inner))
    if len(pieces) == 1:
        return text.flat
    return "\n".join(["(", *(inner + piece for piece in pieces), indent + ")"])


def _pieces(text: str, width: int) -> list[str]:
    """Literals that make up a text of one line, each with as many words as fit."""
    is_plain = quoted(text)[1:-1] == text  # then so is every part of it
    found: list[str] = []
    piece = ""
    for word in _WORD.findall(text):
        length = len(piece) + len(word) + 2 if is_plain else len(quoted(piece + word))
        if piece and length > width:
            found.append(quoted(piece))
            piece = ""
        piece += word
    return [*found, quoted(piece)]
