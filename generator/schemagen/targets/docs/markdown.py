"""Markdown in finished pieces: tables, lists, fenced blocks, headings' anchors and links between documents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from schemagen.base import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NOTHING = "–"  # noqa: RUF001  (an en dash, as print sets an empty cell)
"""What stands in a cell that has nothing to say."""

MOST_NAMES = 12
"""How many names a sentence lists before it only counts the rest."""

_CODE = re.compile(r"`([^`|]+)`")
_NO_SLUG = re.compile(r"[^\w\- ]")
_BACKTICKS = re.compile(r"`+")
_MIN_FENCE = 3


def prose(text: str) -> str:
    """Text of a spec, escaped for a paragraph or a cell; what it puts between backticks becomes a code span."""
    if "`" not in text:
        return escape.markdown(text)
    parts = _CODE.split(escape.one_line(text))  # prose and code by turns
    return "".join(escape.code_span(part) if place % 2 else _spaced_markdown(part) for place, part in enumerate(parts))


def _spaced_markdown(part: str) -> str:
    return f"{' ' * part.startswith(' ')}{escape.markdown(part)}{' ' * part.endswith(' ')}" if part.strip() else part


def sentence(text: str) -> str:
    """Text of a spec as escaped prose that ends like a sentence; empty stays empty."""
    text = text.strip()
    return prose(text if text[-1] in ".!?:…" else f"{text}.") if text else ""  # a number and a stop begin a list


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A GFM table of finished inline Markdown; an empty cell shows a dash."""
    lines = [f"| {' | '.join(header)} |", f"|{' --- |' * len(header)}"]
    lines += [f"| {' | '.join([cell or NOTHING for cell in row])} |" for row in rows]
    return "\n".join(lines)


def bullets(items: Iterable[str]) -> str:
    """A tight bullet list of finished inline Markdown."""
    return "\n".join(f"- {item}" for item in items)


def numbered(items: Iterable[str]) -> str:
    """A numbered list of finished inline Markdown."""
    return "\n".join(f"{number}. {item}" for number, item in enumerate(items, 1))


def blocks(*parts: str) -> str:
    """Blocks with an empty line between them, without the empty ones; two lists in a row become one tight list."""
    text = ""
    for part in filter(None, parts):
        both_lists = part.startswith("- ") and text.rpartition("\n")[2].startswith("- ")
        text += f"{_between(text, tight=both_lists)}{part}"
    return text


def _between(text: str, *, tight: bool) -> str:
    if not text:
        return ""
    return "\n" if tight else "\n\n"


def fence(language: str, text: str) -> str:
    """A fenced block whose fence is longer than every run of backticks inside."""
    body = "\n".join(line.rstrip() for line in escape.terminal(text.strip("\n")).split("\n"))
    longest = max((len(run) for run in _BACKTICKS.findall(body)), default=0)
    marks = "`" * max(_MIN_FENCE, longest + 1)
    return f"{marks}{language}\n{body}\n{marks}"


def anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading, from its text without markup."""
    return _NO_SLUG.sub("", heading.strip().lower()).replace(" ", "-")


def link(text: str, target: str) -> str:
    """A link from finished inline Markdown to a path or an anchor of ours."""
    return f"[{text}]({quote(target, safe='/#.-_')})"


def joined(items: Sequence[str], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(items) < 2:  # noqa: PLR2004  (one item needs no word between)
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def codes(names: Iterable[str]) -> str:
    """Names as code spans with commas between, for prose and cells alike (names hold no pipe)."""
    return ", ".join([f"`{name}`" for name in names])


def shortened(items: Sequence[str], limit: int = MOST_NAMES) -> str:
    """The first ``limit`` items with commas between, and how many more there are."""
    shown = ", ".join(items[:limit])
    return f"{shown} and {len(items) - limit:,} more" if len(items) > limit else shown
