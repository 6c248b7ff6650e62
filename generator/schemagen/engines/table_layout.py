"""How a CREATE TABLE is laid out: columns in columns, comments beside them where they fit and above where not."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING

from schemagen.base.escape import sql_block_comment, sql_comment

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 120
INDENT = "    "
_COMMENT_COLUMN = 72
"""Code that is wider than this does not push the comments of the other lines to the right."""


@dataclass(frozen=True, slots=True)
class Line:
    """One definition in a CREATE TABLE: a column or a constraint, and what it is for."""

    sql: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A column in three parts, of which the first two are padded to one width."""

    name: str
    type: str
    rest: str
    comment: str


def align_columns(columns: Sequence[ColumnLine]) -> tuple[Line, ...]:
    """The columns with their names, types and constraints below each other."""
    names = max(len(column.name) for column in columns)
    types = max(len(column.type) for column in columns)
    return tuple(
        Line(f"{column.name:<{names}}  {column.type:<{types}}  {column.rest}".rstrip(), column.comment)
        for column in columns
    )


def table_body(columns: Sequence[Line], constraints: Sequence[Line], *, inside: bool = False) -> tuple[str, ...]:
    """The indented lines between the parentheses of a CREATE TABLE: commas set, comments beside or above the code.

    With ``inside`` the comment of a column stands before its comma, as a part of its definition.
    """
    last = len(columns) + len(constraints) - 1
    commas = ["," if number < last else "" for number in range(last + 1)]
    codes = [line.sql + comma for line, comma in zip((*columns, *constraints), commas, strict=True)]
    if inside:
        lines = _with_inner_comments(columns, commas[: len(columns)])
    else:
        lines = _with_comments(codes[: len(columns)], columns)
    if constraints:
        lines += ["", *_with_comments(codes[len(columns) :], constraints)]
    return tuple(INDENT + line if line else line for line in lines)


def _with_inner_comments(lines: Sequence[Line], commas: Sequence[str]) -> list[str]:
    widths = (len(line.sql) for line in lines if line.comment)
    column = max((width for width in widths if width <= _COMMENT_COLUMN), default=0)
    placed: list[str] = []
    for line, comma in zip(lines, commas, strict=True):
        comment = inner_comment(line.comment)
        if not comment:
            placed.append(line.sql + comma)
        elif len(INDENT) + max(len(line.sql), column) + len("  ") + len(comment) + len(comma) <= WIDTH:
            placed.append(f"{line.sql:<{column}}  {comment}{comma}")
        else:
            text = wrap(comment + comma, WIDTH - 2 * len(INDENT), break_long_words=False, break_on_hyphens=False)
            placed += [line.sql, *(INDENT + part for part in text)]
    return placed


def inner_comment(text: str) -> str:
    """A comment as a part of a definition; nothing for no text."""
    return f"/* {words} */" if (words := sql_block_comment(text)) else ""


def _with_comments(codes: Sequence[str], lines: Sequence[Line]) -> list[str]:
    widths = (len(code) for code, line in zip(codes, lines, strict=True) if line.comment)
    column = max((width for width in widths if width <= _COMMENT_COLUMN), default=0)
    placed: list[str] = []
    for code, line in zip(codes, lines, strict=True):
        comment = sql_comment(line.comment)
        if not comment:
            placed.append(code)
        elif len(INDENT) + max(len(code), column) + len("  -- ") + len(comment) <= WIDTH:
            placed.append(f"{code:<{column}}  -- {comment}")
        else:
            placed += comment_lines(comment, WIDTH - len(INDENT))
            placed.append(code)
    return placed


def comment_lines(text: str, width: int = WIDTH) -> list[str]:
    """A text of one line as SQL comment lines no wider than ``width``."""
    if len(text) + 3 <= width:
        return [f"-- {text}"]
    return [f"-- {line}" for line in wrap(text, width - 3, break_long_words=False, break_on_hyphens=False)]
