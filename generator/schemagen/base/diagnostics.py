"""What went wrong, where, and the fix: the one form in which every stage reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from .escape import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

PathKey = str | int

JSON_VERSION = 1
"""Of the form in which programs get diagnostics; it changes when a program that reads them has to."""


class Severity(StrEnum):
    """How bad a diagnostic is: an error stops a build, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a part of the schema was written: a spec file and the path of keys inside it."""

    file: str
    path: tuple[PathKey, ...] = ()

    def child(self, *keys: PathKey) -> Origin:
        """The origin of something below this one."""
        return Origin(self.file, (*self.path, *keys))

    def dotted(self) -> str:
        """The path as people write it: ``tables.messages.columns.role.type``."""
        return ".".join(str(key) for key in self.path)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a file; lines and columns count from 1, columns in characters, the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace a span of a file with other text; an empty span inserts."""

    span: Span
    replacement: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A safe repair that a program may apply: all of its edits together, or none."""

    description: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that a diagnostic speaks of, such as the first of two duplicates."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Change:
    """What differs in a live database: the table, what of it, both sides, and the statements that fix it.

    ``fixed_with`` is the ``what`` of another change of the table whose statements fix this one too.
    """

    table: str
    what: str
    found: str
    wanted: str
    sql: tuple[str, ...] = ()
    fixed_with: str = ""

    def fix_sql(self) -> list[str]:
        """The statements that fix it, or where they are reported; empty where nothing is planned."""
        if self.fixed_with:
            return [f"-- that of {one_line(self.fixed_with)}"]
        return [f"{statement};" for statement in self.sql]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake: its stable code, what is wrong, where, and the fix.

    ``code`` is ``SG`` and three digits: 0xx files and YAML, 1xx the language, 2xx names and references,
    3xx SQL inside a spec, 4xx output, lock and migrations, 5xx lint rules, 54x claims that verify found broken.
    """

    code: str
    message: str
    span: Span | None = None
    path: str = ""
    hint: str | None = None
    severity: Severity = Severity.ERROR
    fix: Fix | None = None
    related: tuple[Related, ...] = ()
    change: Change | None = None


class SourceLines(Protocol):
    """The lines of files that diagnostics speak of."""

    def line(self, file: str, number: int) -> str:
        """A line of a file, counted from 1; empty where there is none."""


class SchemagenError(Exception):
    """Everything that stops a command, as diagnostics; commands print them, with lines of ``sources``, and exit 1."""

    def __init__(self, diagnostics: Iterable[Diagnostic], sources: SourceLines | None = None) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        self.sources = sources
        super().__init__("; ".join(f"{d.code} {d.message}" for d in self.diagnostics))
