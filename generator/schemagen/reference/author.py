"""What people and agents who write specs ask for: lint with fixes, pages, the language itself, a first project."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from schemagen.base.diagnostics import Diagnostic
    from schemagen.project.pipeline import Options
    from schemagen.spec.source import Sources


@dataclass(frozen=True, slots=True)
class LintResult:
    """What is left after linting, and how many fixes were made."""

    diagnostics: tuple[Diagnostic, ...]
    sources: Sources
    fixed: int = 0


def lint(options: Options, *, fix: bool = False) -> LintResult:
    """Everything wrong or doubtful in the specs; with ``fix`` the safe fixes are made first, as long as there are any.

    Raises:
        SchemagenError: for settings that name no rule, and for a file that can't be written.
    """
    from schemagen.lint import linting as linter
    from schemagen.project.pipeline import load
    from schemagen.project.settings import read_rule_levels

    settings = linter.read_lint_settings(read_rule_levels())
    fixed = 0
    for _ in range(linter.MAX_ROUNDS if fix else 1):
        loaded = load(options)
        diagnostics = linter.lint(loaded, settings)
        fixable = {found.fix for found in diagnostics if found.fix}
        if not (fix and fixable and linter.apply_to_files(diagnostics)):
            break
        fixed += len(fixable)
    return LintResult(diagnostics, loaded.sources, fixed)


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


def guide() -> str:
    """The language on one page."""
    from .agents_guide import render_guide

    return render_guide()


def init(folder: Path) -> tuple[str, ...]:
    """Write a first project; the paths that were written.

    Raises:
        SchemagenError: SG436 when a file is already there, SG437 when the disk refuses.
    """
    from .scaffold import write_project

    return write_project(folder)
