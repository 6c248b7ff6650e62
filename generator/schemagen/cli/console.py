"""What a command prints and how it ends: reports in the format that was asked for, never a traceback.

Every command imports this module, ``--help`` too; what only a command that runs needs is imported there.
"""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from schemagen.base.diagnostics import Diagnostic, SchemagenError, SourceLines

INTERNAL_ERROR = "SG499"
DEBUG = "SCHEMAGEN_DEBUG"
"""Set to anything, it lets an internal error through with its traceback."""


class Format(StrEnum):
    """How a report is written."""

    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


_FOR_PEOPLE = {Format.TEXT, Format.CONCISE}


class ProofFormat(StrEnum):
    """How the report of `verify` is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    JUNIT = "junit"


class ReviewFormat(StrEnum):
    """How `diff` is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


class OutputLostError(OSError):
    """Standard output can't be written: nothing more can be told there."""


PRINTED: list[str] = []
"""Everything that this process has printed, so that it can be printed again where nothing has changed (``recall``)."""


def _print(text: str, *, newline: bool = True, color: bool | None = None) -> None:
    """Print to standard output.

    Raises:
        OutputLostError: when it is full or broken.
        BrokenPipeError: when its reader has gone.
    """
    try:
        typer.echo(text, nl=newline, color=color)
        PRINTED.append(f"{text}\n" if newline else text)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputLostError(error.errno, error.strerror) from error


def _safe(text: str) -> str:
    """A text without what a terminal would obey."""
    from schemagen.base.escape import terminal

    return terminal(text)


class Console:
    """Prints one command's report to standard output; what only people read is left out of the other formats."""

    def __init__(self, form: Format) -> None:
        self._form = form

    def say(self, text: str) -> None:
        """Print a line for people."""
        if self._form in _FOR_PEOPLE:
            _print(_safe(text))

    def document(self, text: str) -> None:
        """Print a finished document; what people may read on a terminal is made safe for it."""
        _print(text if self._form is Format.JSON else _safe(text), newline=False)

    def report(
        self,
        diagnostics: Iterable[Diagnostic],
        sources: SourceLines | None = None,
        *,
        sql: str = "",
        heading: str = "",
    ) -> None:
        """Print diagnostics, and SQL below a heading; to be called once, as JSON is one document.

        Raises:
            typer.Exit: with code 1 when there is an error among them.
        """
        from schemagen.base.diagnostics import Severity

        from .reports import diagnostics as report

        found = tuple(diagnostics)
        match self._form:
            case Format.TEXT:
                text = report.as_text(found, sources, colour=_has_colour())
                text += f"\n{heading}\n\n{_safe(sql)}" if sql else ""
            case Format.CONCISE:
                from .reports.short import as_concise

                text = as_concise(found)
            case Format.JSON:
                text = report.as_json(found, sql=sql)
            case Format.GITHUB:
                text = report.as_github(found)
            case Format.SARIF:
                from .reports.sarif import as_sarif

                text = as_sarif(found)
        _print(text, newline=False, color=True)
        if any(one.severity is Severity.ERROR for one in found):
            raise typer.Exit(1)


def _has_colour() -> bool:
    """Whether to write colours: on a terminal, unless ``NO_COLOR`` is set to anything (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


@contextmanager
def console(form: Format, stopped: Callable[[Iterable[Diagnostic]], str] | None = None) -> Iterator[Console]:
    """The console of one command; what stops the command is reported, and ends it with code 1.

    Args:
        form: how diagnostics are written.
        stopped: makes a document of what stops the command, where the command writes a format of its own.
    """
    from schemagen.base.diagnostics import SchemagenError

    made = Console(form)
    try:
        yield made
    except SchemagenError as error:
        _stop(made, error, stopped)
    except (typer.Exit, KeyboardInterrupt, BrokenPipeError, OutputLostError):
        raise
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        _stop(made, SchemagenError([_internal_error(error)]), stopped)


def _stop(made: Console, error: SchemagenError, stopped: Callable[[Iterable[Diagnostic]], str] | None) -> None:
    if stopped is None:
        made.report(error.diagnostics, error.sources)
        return
    made.document(stopped(error.diagnostics))
    raise typer.Exit(1)


def proof_console(form: ProofFormat) -> AbstractContextManager[Console]:
    """The console of `verify`: whatever happens, its output is one document of the format."""
    from .reports import documents as report_documents

    documents = {ProofFormat.MARKDOWN: report_documents.as_markdown, ProofFormat.JUNIT: report_documents.as_junit}
    return console(Format.JSON if form is ProofFormat.JSON else Format.TEXT, documents.get(form))


def _internal_error(error: Exception) -> Diagnostic:
    from schemagen.base.diagnostics import Diagnostic

    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(Path(__file__).parents[1])] or frames
    where = f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else "an unknown place"
    message = f"internal error at {where}: {type(error).__name__}: {error}"
    hint = f"this is a mistake of schemagen: please report it with what the command prints when {DEBUG}=1 is set"
    return Diagnostic(INTERNAL_ERROR, message, hint=hint)
