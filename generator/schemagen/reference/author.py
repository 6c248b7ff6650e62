"""What people and agents who write specs ask for: lint with fixes, pages, the language itself, a first project."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic, SchemagenError, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from schemagen.project.pipeline import Options
    from schemagen.schema.model import Table
    from schemagen.spec.source import Sources

    from .scaffold import Begun
    from .topic_names import Topic


NO_SPEC = "SG440"


@dataclass(frozen=True, slots=True)
class LintResult:
    """What is left after linting, and how many fixes were made."""

    diagnostics: tuple[Diagnostic, ...]
    sources: Sources
    fixed: int = 0
    tables: tuple[Table, ...] = ()

    def is_bad(self, *, strict: bool) -> bool:
        """Whether there is an error, or with ``strict`` anything at all."""
        return any(strict or found.severity is Severity.ERROR for found in self.diagnostics)


def lint(options: Options, files: Sequence[str] = (), *, fix: bool = False, profile: str | None = None) -> LintResult:
    """Everything wrong or doubtful in the specs; with ``fix`` the safe fixes are made first, as long as there are any.

    With ``files``, what is reported and repaired is theirs alone, though every spec is read.

    Raises:
        SchemagenError: for settings that name no rule, a file that can't be written, and SG440 for one that is not a
        spec.
    """
    from schemagen.lint import linting as linter
    from schemagen.project.pipeline import load
    from schemagen.project.settings import read_rule_levels

    settings = linter.read_lint_settings(read_rule_levels(), profile)
    if fix:
        linter.clear_away(options.specs)
    fixed = 0
    for _ in range(linter.MAX_ROUNDS if fix else 1):
        loaded = load(options)
        diagnostics = _of_files(linter.lint(loaded, settings), loaded.sources, files)
        fixable = {found.fix for found in diagnostics if found.fix}
        if not (fix and fixable and linter.apply_to_files(diagnostics)):
            break
        fixed += len(fixable)
    return LintResult(diagnostics, loaded.sources, fixed, loaded.schema.tables)


def _of_files(found: tuple[Diagnostic, ...], sources: Sources, files: Sequence[str]) -> tuple[Diagnostic, ...]:
    if not files:
        return found
    specs = {os.path.realpath(file): file for file in sources.shown}
    hint = "name files below the folder of the specs"
    unknown = [file for file in files if os.path.realpath(file) not in specs]
    if unknown:
        raise SchemagenError(
            [Diagnostic(NO_SPEC, f"{file} is not a spec of this project", hint=hint) for file in unknown]
        )
    wanted = {specs[os.path.realpath(file)] for file in files}
    return tuple(one for one in found if one.span is None or one.span.file in wanted)


def explain(code: str | None) -> str:
    """The page of a code or of a rule's name, or the list of all.

    Raises:
        SchemagenError: SG435 when there is no such code.
    """
    from .codes import index, page

    return page(code) if code else index()


def reference() -> str:
    """Every page, rules first, as one Markdown document."""
    from .codes import reference as render_reference

    return render_reference()


def language_schema() -> str:
    """The JSON Schema of a spec file, as it is published."""
    from . import json_schema

    return json_schema.language_schema()


def diagnostics_schema() -> str:
    """The JSON Schema of what ``--format json`` prints, as it is published."""
    from .diagnostics_schema import json_schema

    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def guide(topic: Topic | None = None) -> str:
    """The language on one page, or the page of a topic."""
    from .agents_guide import render_guide
    from .topics import render_topic

    return render_topic(topic) if topic else render_guide()


def init(folder: Path) -> Begun:
    """Write what a first project lacks; what was written and what was there.

    Raises:
        SchemagenError: SG436 for a folder that is a link, SG437 when the disk refuses.
    """
    from .scaffold import write_project

    return write_project(folder)
