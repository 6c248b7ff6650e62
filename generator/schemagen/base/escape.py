"""Text of a spec is untrusted: one function for each place where it may stand, so that it cannot break out of it."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_DELETE = "\x7f"
_LAST_OF_FOUR_DIGITS = 0xFFFF
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|~#&])")
_MARKDOWN_START = re.compile(r"^(\d+)([.)])(?=\s|$)|^([-+=])(?=\s|$|[-+=])|^(:)")
_MERMAID_UNSAFE = re.compile(r"[^\w .,:()/+'-]+", re.ASCII)


def _visible(character: str) -> str:
    if character.isascii():
        return character if character.isprintable() else f"\\x{ord(character):02x}"
    if unicodedata.category(character) in _INVISIBLE:
        point = ord(character)
        return f"\\u{point:04x}" if point <= _LAST_OF_FOUR_DIGITS else f"\\U{point:08x}"
    return character


def visible(text: str) -> str:
    """The text with control, bidirectional and other invisible characters written as escapes; newlines too."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible, text))


def invisible(text: str) -> list[str]:
    """What can't be seen in a text, each once, as ``U+202E``; line ends and tabs can."""
    if text.isascii() and text.isprintable():
        return []
    return [f"U+{ord(each):04X}" for each in dict.fromkeys(text) if each not in "\n\t" and _visible(each) != each]


def one_line(text: str) -> str:
    """The text on one line: runs of white space become a space, what is invisible becomes an escape."""
    return visible(" ".join(text.split()))


def terminal(text: str) -> str:
    """Text for a terminal: newlines stay, no other control or bidirectional character reaches it."""
    return "\n".join(visible(line.replace("\t", "    ")) for line in text.split("\n"))


def sql_comment(text: str) -> str:
    """Text for the rest of a line after ``--``."""
    return one_line(text)


def dollar_tag(body: str) -> str:
    """A dollar quote that does not occur in what it encloses."""
    tag = "$schemagen$"
    while tag in body:
        tag = f"{tag[:-1]}_$"
    return tag


def sql_block_comment(text: str) -> str:
    """Text for the inside of ``/* … */``, which it neither ends nor nests (SQLite ends at the first ``*/``)."""
    return one_line(text).replace("*/", "* /").replace("/*", "/ *")


def sql_string(text: str) -> str:
    """An SQL string literal that both engines read back as the same text.

    Raises:
        ValueError: for NUL, which PostgreSQL cannot hold.
    """
    if "\0" in text:
        raise ValueError("SQL can't contain NUL characters text")
    return "'" + text.replace("'", "''") + "'"


def json_text(encoded: str) -> str:
    """JSON in which nothing is invisible; it is read back as the same value (RFC 8259, "Strings")."""
    return encoded if encoded.isascii() and _DELETE not in encoded else "".join(map(_json_visible, encoded))


def _json_visible(character: str) -> str:
    if character == _DELETE:  # the one that JSON lets stand (RFC 8259, "Strings")
        return "\\u007f"
    if character.isascii() or unicodedata.category(character) not in _INVISIBLE:
        return character
    return json.dumps(character)[1:-1]


def python_string(text: str) -> str:
    """A Python string literal in double quotes."""
    if '"' not in text and "\\" not in text and text.isprintable():
        return f'"{text}"'
    literal = repr(text)
    if literal.startswith("'"):
        body = literal[1:-1].replace("\\'", "'").replace('"', '\\"')
        return f'"{body}"'
    return literal


def docstring(text: str) -> str:
    """Text for the inside of a triple-quoted docstring; newlines stay."""
    safe = "\n".join(visible(line.replace("\\", "\\\\")) for line in text.split("\n"))
    if safe.endswith('"'):
        safe = safe[:-1] + '\\"'
    return safe.replace('"""', '\\"\\"\\"')


def markdown(text: str) -> str:
    """Text for a paragraph, a heading, a list item or a table cell: shown as it is written, on one line."""
    escaped = _MARKDOWN.sub(r"\\\1", one_line(text).replace("\\", "\0")).replace("\0", "\\\\")
    return _MARKDOWN_START.sub(_block_start, escaped)


def _block_start(match: re.Match[str]) -> str:
    number, mark, sign, colon = match.groups()
    return f"{number}\\{mark}" if number else f"\\{sign or colon}"


def markdown_code(text: str) -> str:
    """Text as a code span that may also stand in a table cell."""
    if "\\|" in text:  # how a code span of a cell shows that, parsers disagree; on plain text they agree
        return markdown(text)
    return code_span(text).replace("|", "\\|")


def code_span(text: str) -> str:
    """Text as a code span outside tables, where a pipe needs no backslash."""
    line = one_line(text)
    if line and "`" not in line:
        return f"`{line}`"
    fence = "`" * (max((len(run) for run in re.findall(r"`+", line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") or not line else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def mermaid(text: str) -> str:
    """Text for a quoted Mermaid label: reduced to characters that Mermaid cannot misread."""
    plain = unicodedata.normalize("NFKD", one_line(text))
    return " ".join(_MERMAID_UNSAFE.sub(" ", plain).split())


FILTERS: dict[str, Callable[[str], str]] = {
    "sql_comment": sql_comment,
    "sql_string": sql_string,
    "python_string": python_string,
    "docstring": docstring,
    "markdown": markdown,
    "markdown_code": markdown_code,
    "mermaid": mermaid,
}
