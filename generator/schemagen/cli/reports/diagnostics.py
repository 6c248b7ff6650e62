"""Diagnostics as people, programs and GitHub read them: sorted by place, each one once."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from schemagen.base import escape
from schemagen.base.counting import counted
from schemagen.base.diagnostics import JSON_VERSION, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemagen.base.diagnostics import Diagnostic, Fix, SourceLines, Span

_WIDEST: Final = 120
_BEFORE: Final = 40
_BOLD, _RED, _YELLOW, _BLUE, _RESET = "\x1b[1m", "\x1b[31m", "\x1b[33m", "\x1b[34m", "\x1b[0m"
_COLOURS: Final = {Severity.ERROR: _RED, Severity.WARNING: _YELLOW}


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics by file, line and column, those without a place first, each one once."""

    def place(found: Diagnostic) -> tuple[str, int, int, str, str]:
        span = found.span
        where = (span.file, span.line, span.column) if span else ("", 0, 0)
        return (*where, found.code, found.message)

    return sorted(dict.fromkeys(diagnostics), key=place)


# Text


def as_text(diagnostics: Iterable[Diagnostic], sources: SourceLines | None = None, *, colour: bool = False) -> str:
    """The diagnostics for a terminal, with the line of the source and a closing count; empty if there are none.

    No control or bidirectional character of a spec gets through. ``sources`` gives the lines; without it they are
    left out.
    """
    ordered = in_order(diagnostics)
    if not ordered:
        return ""
    paint = _Paint(colour=colour)
    blocks = [_block(found, sources, paint) for found in ordered]
    return "\n".join([*blocks, _count(ordered, paint) + "\n"])


class _Paint:
    def __init__(self, *, colour: bool) -> None:
        self._colour = colour

    def __call__(self, text: str, *codes: str) -> str:
        return f"{''.join(codes)}{text}{_RESET}" if self._colour and text else text


def _block(found: Diagnostic, sources: SourceLines | None, paint: _Paint) -> str:
    severity = paint(f"{found.severity} {found.code}", _BOLD, _COLOURS[found.severity])
    where = paint(place(found.span), _BOLD) + ": " if found.span else ""
    path = f" ({escape.one_line(found.path)})" if found.path else ""
    lines = [f"{where}{severity} {_words(found.message)}{path}"]
    if found.span and sources:
        lines += _excerpt(found.span, sources, paint, _COLOURS[found.severity])
    lines += [f"  {place(near.span)}: {_words(near.message)}" for near in found.related]
    if found.hint:
        lines.append(f"  {paint('hint:', _BLUE)} {_words(found.hint)}")
    if found.fix:
        lines.append(f"  {paint('fix:', _BLUE)} {_fix_text(found.fix)}")
    if found.change:
        lines += [f"  {paint('sql:', _BLUE)} {_words(text)}" for text in found.change.fix_sql()]
    return "\n".join(lines) + "\n"


def _words(text: str) -> str:
    """Text of a report; further lines are indented, so that none can pass for a diagnostic of its own."""
    return escape.terminal(text).replace("\n", "\n    ")


def place(span: Span) -> str:
    """Where a span begins, as ``specs/tasks.yaml:3:7``."""
    return f"{escape.visible(span.file)}:{span.line}:{span.column}"


def _fix_text(fix: Fix) -> str:
    return f"{_words(fix.description)} (`schemagen lint --fix` does it)"


def _excerpt(span: Span, sources: SourceLines, paint: _Paint, colour: str) -> list[str]:
    """The line of a span with carets below it; of a long line, the part around the span."""
    line = sources.line(span.file, span.line)
    if not line.strip():
        return []
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    first, last = _window(span.column - 1, len(line))
    shown = "…" * (first > 0) + line[first:last] + "…" * (last < len(line))
    before = _width("…" * (first > 0) + line[first : span.column - 1])
    carets = "^" * max(_width(line[span.column - 1 : min(max(end, span.column), last)]), 1)
    number = str(span.line)
    margin = " " * len(number)
    return [
        f"  {paint(f'{margin} |', _BLUE)}",
        f"  {paint(f'{number} |', _BLUE)} {escape.terminal(shown)}",
        f"  {paint(f'{margin} |', _BLUE)} {' ' * before}{paint(carets, _BOLD, colour)}",
    ]


def _window(column: int, length: int) -> tuple[int, int]:
    """Which part of a line to show so that a column of it is seen."""
    if length <= _WIDEST:
        return 0, length
    first = max(min(column - _BEFORE, length - _WIDEST), 0)
    return first, min(first + _WIDEST, length)


def _width(text: str) -> int:
    """The columns that a text takes on a terminal once it is made harmless."""
    shown = escape.terminal(text)
    if shown.isascii():
        return len(shown)
    return sum(_character_width(character) for character in shown)


def _character_width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _count(diagnostics: list[Diagnostic], paint: _Paint) -> str:
    numbers = _numbers(diagnostics)
    parts = [counted(numbers[kind], kind) for kind in ("error", "warning") if numbers[kind]]
    files = len({found.span.file for found in diagnostics if found.span})
    where = f" in {counted(files, 'file')}" if files else ""
    fixable = f"; {numbers['fixable']} can be fixed by `schemagen lint --fix`" if numbers["fixable"] else ""
    return paint(f"{', '.join(parts)}{where}{fixable}", _BOLD)


def _numbers(diagnostics: list[Diagnostic]) -> dict[str, int]:
    errors = sum(found.severity is Severity.ERROR for found in diagnostics)
    fixable = sum(found.fix is not None for found in diagnostics)
    return {"error": errors, "warning": len(diagnostics) - errors, "fixable": fixable}


# JSON


def as_json(diagnostics: Iterable[Diagnostic], *, sql: str = "") -> str:
    """The diagnostics for programs, as docs/diagnostics.schema.json describes them; pure ASCII."""
    ordered = in_order(diagnostics)
    numbers = _numbers(ordered)
    document: dict[str, Any] = {
        "version": JSON_VERSION,
        "diagnostics": [as_data(found) for found in ordered],
        "summary": {"errors": numbers["error"], "warnings": numbers["warning"], "fixable": numbers["fixable"]},
    }
    if sql:
        document["sql"] = sql
    return json.dumps(document, indent=2) + "\n"


def as_data(found: Diagnostic) -> dict[str, Any]:
    """One diagnostic for programs."""
    data: dict[str, Any] = {
        "code": found.code,
        "severity": str(found.severity),
        "message": found.message,
        "span": _span_data(found.span) if found.span else None,
        "path": found.path,
        "hint": found.hint,
        "fix": _fix_data(found.fix) if found.fix else None,
        "related": [{"message": near.message, "span": _span_data(near.span)} for near in found.related],
    }
    if found.change:
        data["change"] = {**asdict(found.change), "sql": list(found.change.sql)}
    return data


def _span_data(span: Span) -> dict[str, Any]:
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _fix_data(fix: Fix) -> dict[str, Any]:
    edits = [{"span": _span_data(edit.span), "replacement": edit.replacement} for edit in fix.edits]
    return {"description": fix.description, "edits": edits}


def as_github(diagnostics: Iterable[Diagnostic]) -> str:
    """The diagnostics as workflow commands, which GitHub shows beside the lines of a pull request.

    Source of the form: GitHub Docs, "Workflow commands for GitHub Actions", and the escapes of its toolkit.
    """
    return "".join(f"{_command(found)}\n" for found in in_order(diagnostics))


def _command(found: Diagnostic) -> str:
    properties: dict[str, str | int] = {}
    if found.span:
        span = found.span
        properties = {"file": span.file, "line": span.line, "endLine": span.end_line}
        properties |= {"col": span.column, "endColumn": span.end_column}
    properties["title"] = f"schemagen {found.code}"
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    lines = [found.message, *(f"{place(near.span)}: {near.message}" for near in found.related)]
    if found.hint:
        lines.append(f"hint: {found.hint}")
    return f"::{found.severity} {listed}::{_data(escape.terminal(chr(10).join(lines)))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(escape.visible(text)).replace(":", "%3A").replace(",", "%2C")
