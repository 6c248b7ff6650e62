"""What an import could not say, as a Markdown page beside the specs and as lines for the terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schemagen.base.counting import counted
from schemagen.base.escape import markdown, one_line
from schemagen.project import build_report

from .losses import SKIPPED, Effect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from schemagen.project.pipeline import BuildResult, Options

    from .losses import Loss
    from .result import ImportResult

_CODE = re.compile(r"\\`((?:[\w .,:=()-]|\\[_{}()*.:-])+)\\`")
_ESCAPE = re.compile(r"\\")

REPORT_FILE = "import-report.md"
TITLE = "# Import report"
_FILES = "The specs: "

_MEANINGS = {
    Effect.LEFT_OUT: "In the database, and not in the specs: what they build lacks it.",
    Effect.CHANGED: "The specs build something a little different in its place.",
    Effect.NO_DEFAULT: "Columns that can't be NULL: an INSERT on the other engine can't leave them out.",
    Effect.ONE_ENGINE: "On the database's own engine it is the same; the other engine lacks it, or has NULL there.",
    Effect.HINT: "Nothing is lost; a nicer form would change the catalog, so a person has to want it.",
}
_ENGINES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def as_markdown(result: ImportResult) -> str:
    """The report as a page."""
    return "\n".join(_page(result)) + "\n"


def written_files(report: str) -> list[str]:
    """The spec files that a report says were written with it."""
    line = next((line for line in report.splitlines() if line.startswith(_FILES)), "")
    return re.findall(r"`([\w-]+\.yaml)`", line)


def summary(result: ImportResult) -> list[str]:
    """The report in a few lines."""
    tables = result.imported.tables
    columns = sum(len(table.expected.columns) for table in tables.values())
    engine = f"{_ENGINES[result.catalog.dialect]} {result.catalog.version}"
    lines = [f"Imported {len(tables)} of {len(result.catalog.tables)} tables with {columns} columns from {engine}."]
    for effect in Effect:
        number = sum(loss.effect is effect for loss in result.losses)
        if number:
            lines.append(f"  {effect}: {number}")
    lines.append(_verdict(result))
    return lines


def skipped(result: ImportResult) -> list[str]:
    """The statements of the source that the engine has refused, each with its place and the engine's reason."""
    reported = (loss for loss in result.losses if loss.what.startswith(SKIPPED))
    return [f"Skipped the {one_line(loss.what)}: {one_line(loss.reason)}." for loss in reported]


def written(result: ImportResult, specs: Path) -> str:
    """What was written to the folder of the specs."""
    return f"Wrote {counted(len(result.files), 'file')} of specs and {REPORT_FILE} to {specs}."


def adopted(built: BuildResult, options: Options) -> list[str]:
    """What was written to the output, and what is to be done with the database."""
    return [
        *build_report.lines(built, options, dry_run=False),
        "The database is at 001. With Alembic: `alembic stamp 0001`, run once on that database.",
    ]


def _verdict(result: ImportResult) -> str:
    wrong = result.proof.tables
    if wrong:
        return f"Built again, these tables are not the same: {', '.join(sorted(wrong))}."
    if result.imported.is_empty:
        return "Nothing of it can be said in the spec language."
    unsaid = any(loss.effect in {Effect.LEFT_OUT, Effect.CHANGED} for loss in result.losses)
    rest = " but for what the report lists" if unsaid else ""
    return f"Built again on {_ENGINES[result.catalog.dialect]}, the specs give the same catalog{rest}."


def _page(result: ImportResult) -> Iterator[str]:
    yield TITLE
    yield ""
    yield from summary(result)
    if result.files:
        yield ""
        yield f"{_FILES}{', '.join(f'`{name}`' for name in result.files)}."
    if result.before:
        yield ""
        yield "The specs take these for granted; they have to be made before the migrations run:"
        yield from ("", "```sql", *(f"{sql};" for sql in result.before), "```")
    for effect in Effect:
        losses = [loss for loss in result.losses if loss.effect is effect]
        if losses:
            yield from ("", f"## {str(effect).capitalize()}", "", _MEANINGS[effect], "")
            yield from _table(losses)
    if result.proof.differences or result.proof.refused:
        yield from ("", "## Not the same when built again", "")
        yield from (
            f"- {_cell(found.sentence('the database', 'what was built'))}" for found in result.proof.differences
        )
        yield from (f"- {name}: {_cell(str(one))}" for name, found in result.proof.refused.items() for one in found)


def _table(losses: Iterable[Loss]) -> Iterator[str]:
    yield "| table | what | why |"
    yield "| --- | --- | --- |"
    for loss in sorted(losses, key=lambda loss: (loss.table or "", loss.what)):
        yield f"| {_cell(loss.table or '')} | {_cell(loss.what)} | {_cell(loss.reason)} |"


def _cell(text: str) -> str:
    """A text in a table; what stands in backticks and has no sign of Markdown's stays code."""
    return _CODE.sub(lambda match: f"`{re.sub(_ESCAPE, '', match[1])}`", markdown(one_line(text)))
