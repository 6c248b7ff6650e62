"""The commands and their flags; what they do is in ``pipeline``, how it is printed in ``console``."""

from __future__ import annotations

import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schemagen import __version__
from schemagen.lint.profiles import Profile  # noqa: TC001  (typer reads the annotations)
from schemagen.reference.topic_names import Topic  # noqa: TC001

from . import deploy, export, proofs, steps  # noqa: F401  (they add their commands)
from .app import Form, Output, Specs, app, options_of
from .console import PRINTED, Format, ReviewFormat, console

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code.

    Raises:
        KeyboardInterrupt: when Ctrl-C ended it.
    """
    PRINTED.clear()
    try:
        app(list(arguments), prog_name="schemagen")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    return 0


def _show_version(asked: bool) -> None:  # noqa: FBT001  (the form of an option's callback)
    if asked:
        typer.echo(__version__)
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
]


@app.callback()
def _program(*, version: Version = False) -> None:
    """Take the flags that stand before a command."""


@app.command()
def build(
    *,
    specs: Specs = None,
    output: Output = None,
    form: Form = Format.TEXT,
    allow: Annotated[
        list[str] | None,
        typer.Option("--allow", metavar="CHANGE", help="A change that may be made, as a refusal names it; repeatable."),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Call the migration so, such as split-address.")
    ] = None,
    comments: Annotated[bool, typer.Option("--comments", help="Migrate descriptions, even alone.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be written.")] = False,
) -> None:
    """Write migrations, models, Alembic revisions and documents: all of them, or none."""
    from schemagen.project import build_report, pipeline

    with console(form) as out:
        options = options_of(specs, output)
        result = pipeline.build(options, allow=allow or (), dry_run=dry_run, comments=comments, name=name)
        for line in build_report.lines(result, options, dry_run=dry_run):
            out.say(line)
        out.report(result.warnings, result.sources)


@app.command()
def check(
    *,
    specs: Specs = None,
    output: Output = None,
    form: Form = Format.TEXT,
    full: Annotated[
        bool, typer.Option("--full", help="Plan the build anew, whatever the committed hashes say.")
    ] = False,
) -> None:
    """Fail if `build` would change anything; for CI and pre-commit."""
    from schemagen.base.layout import up_to_date
    from schemagen.project import pipeline

    with console(form) as out:
        options = options_of(specs, output)
        result = pipeline.check(options, full=full)
        if not result.outdated:
            out.say(up_to_date(str(options.output)))
        out.report((*result.outdated, *result.warnings), result.sources)


@app.command()
def diff(
    *,
    specs: Specs = None,
    output: Output = None,
    revision: Annotated[
        str | None, typer.Option("--from", metavar="REV", help="Compare with the lock of a git revision.")
    ] = None,
    form: Annotated[ReviewFormat, typer.Option("--format", help="How the review is written.")] = ReviewFormat.TEXT,
    sql: Annotated[bool, typer.Option("--sql/--no-sql", help="Whether the migrations' SQL is a part of it.")] = True,
) -> None:
    """Show what has changed since the lock, and what that means on each engine; writes nothing."""
    from schemagen.project.review import review

    from .reports import review as review_report

    forms = {
        ReviewFormat.TEXT: review_report.as_text,
        ReviewFormat.MARKDOWN: review_report.as_markdown,
        ReviewFormat.JSON: review_report.as_json,
    }
    with console(Format.JSON if form is ReviewFormat.JSON else Format.TEXT) as out:
        out.document(forms[form](review(options_of(specs, output), revision, sql=sql)))


@app.command()
def rebase(
    *,
    onto: Annotated[
        str, typer.Option("--onto", metavar="REV", help="The git revision whose migrations stay, such as main.")
    ],
    specs: Specs = None,
    output: Output = None,
    form: Form = Format.TEXT,
    allow: Annotated[
        list[str] | None,
        typer.Option("--allow", metavar="CHANGE", help="A change that may be made, as a refusal names it; repeatable."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be written.")] = False,
) -> None:
    """After a merge, keep another branch's migrations and make this branch's own anew under the next number."""
    from schemagen.project import build_report
    from schemagen.project.rebase import rebase as run_rebase

    with console(form) as out:
        options = options_of(specs, output)
        result = run_rebase(options, onto, allow=allow or (), dry_run=dry_run)
        for line in (*build_report.lines(result, options, dry_run=dry_run), *build_report.recreated(result)):
            out.say(line)
        out.report(result.warnings, result.sources)


@app.command()
def lint(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE", help="Tell of these spec files alone.", show_default=False)
    ] = None,
    *,
    specs: Specs = None,
    output: Output = None,
    form: Form = Format.TEXT,
    fix: Annotated[bool, typer.Option("--fix", help="Make the safe fixes in the spec files first.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
    profile: Annotated[
        Profile | None, typer.Option("--profile", help="Which rules to ask (default: the settings', else safety).")
    ] = None,
    statistics: Annotated[bool, typer.Option("--statistics", help="Tell how often each rule speaks, no more.")] = False,
    stdin: Annotated[bool, typer.Option("--stdin", help="Read FILE from standard input, as an editor has it.")] = False,
) -> None:
    """Tell everything that is wrong, or could be better, in the specs."""
    from schemagen.reference import author

    from .reports.short import as_statistics

    if statistics and form is not Format.TEXT:
        raise typer.BadParameter("--statistics is text")
    files = files or []
    if stdin and (fix or len(files) != 1):
        raise typer.BadParameter("--stdin stands for one FILE, and repairs none")
    with console(form) as out:
        options = options_of(specs, output)
        if stdin:
            options = replace(options, unsaved={Path(files[0]).resolve(): sys.stdin.buffer.read()})
        result = author.lint(options, files, fix=fix, profile=profile)
        if result.fixed:
            out.say(f"{result.fixed} {'fix' if result.fixed == 1 else 'fixes'} made.")
        if not result.diagnostics:
            out.say("No problems found.")
        if statistics:
            out.document(as_statistics(result.diagnostics, result.tables))
            raise typer.Exit(result.is_bad(strict=strict))
        out.report(result.diagnostics, result.sources)
        if strict and result.diagnostics:
            raise typer.Exit(1)


@app.command()
def explain(
    code: Annotated[str | None, typer.Argument(metavar="CODE", show_default=False)] = None,
    *,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print every page as one Markdown document.")] = False,
) -> None:
    """Print the page of a code or a rule, such as SG501; without one, the list of all."""
    from schemagen.reference import author

    if code and markdown:
        raise typer.BadParameter("--markdown prints every page, so a code is of no use")
    with console(Format.TEXT) as out:
        out.say((author.reference() if markdown else author.explain(code)).rstrip("\n"))


@app.command()
def schema(
    *,
    diagnostics: Annotated[
        bool, typer.Option("--diagnostics", help="Of what `--format json` prints, instead of the language.")
    ] = False,
) -> None:
    """Print the JSON Schema of the spec language, for editors."""
    from schemagen.reference import author

    with console(Format.TEXT) as out:
        made = author.diagnostics_schema() if diagnostics else author.language_schema()
        out.say(made.rstrip("\n"))


@app.command()
def guide(
    topic: Annotated[
        Topic | None, typer.Argument(metavar="TOPIC", show_default=False, help="A page of its own.")
    ] = None,
) -> None:
    """Print the spec language on one page, or one TOPIC."""
    from schemagen.reference import author

    with console(Format.TEXT) as out:
        out.say(author.guide(topic).rstrip("\n"))


class Engine(StrEnum):
    """An engine by its name in the specs."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"


@app.command("import")
def import_(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="A PostgreSQL URL, a SQLite file, a file or folder of .sql, or package.module:metadata.",
        ),
    ],
    *,
    specs: Specs = None,
    form: Form = Format.TEXT,
    dialect: Annotated[Engine | None, typer.Option("--dialect", help="The engine that SQL is written for.")] = None,
    schema: Annotated[
        str | None, typer.Option("--schema", metavar="NAME", help="Which of PostgreSQL's schemas.")
    ] = None,
    postgres: Annotated[
        str | None,
        typer.Option("--postgres", metavar="URL", help="A server to prove on (default: an embedded one)."),
    ] = None,
    output: Output = None,
    force: Annotated[bool, typer.Option("--force", help="Write into a folder that has specs already.")] = False,
    skip_errors: Annotated[
        bool, typer.Option("--skip-errors", help="Leave SQL out that the engine refuses, and tell it.")
    ] = False,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Write the output too: its migration 001 is what the database has.")
    ] = False,
) -> None:
    """Write specs of a database that exists, proved by building them again."""
    from schemagen.databases.servers import external_server
    from schemagen.importer import importing, report
    from schemagen.importer.sources import Request

    _refuse_flags_of_import(source, force=force, adopt=adopt, output=output, skip_errors=skip_errors)
    with console(form) as out:
        options = options_of(specs, output)
        request = Request(source, dialect.value if dialect else None, schema)
        server = external_server(postgres) if postgres else None
        built = None
        if adopt:
            result, built = importing.adopt_source(request, options, server, skip_errors=skip_errors)
        else:
            result = importing.import_source(
                request, options.specs, force=force, server=server, skip_errors=skip_errors
            )
            importing.write_specs(result, options.specs)
        reported = [*report.skipped(result), *report.summary(result), report.written(result, options.specs)]
        for line in (*reported, *(report.adopted(built, options) if built else ())):
            out.say(line)
        out.report(importing.diagnostics(result))


def _refuse_flags_of_import(source: str, *, force: bool, adopt: bool, output: str | None, skip_errors: bool) -> None:
    """Refuse flags that would do nothing.

    Raises:
        typer.BadParameter: with the one that is of no use.
    """
    from schemagen.importer.sources import is_sql

    unfit = {
        "--skip-errors is for SQL: a file or a folder of .sql": skip_errors and not is_sql(source),
        "--adopt begins with the imported specs alone, so --force is of no use": adopt and force,
        "--output belongs to --adopt": output and not adopt,
    }
    if wrong := next((message for message, applies in unfit.items() if applies), None):
        raise typer.BadParameter(wrong)


@app.command()
def init(folder: Annotated[str, typer.Argument(metavar="DIR", help="Where to begin.")] = ".") -> None:
    """Begin a project: a first spec that builds, settings, a pre-commit hook and a CI job; what is there stays."""
    from schemagen.reference import author

    with console(Format.TEXT) as out:
        begun = author.init(Path(folder))
        for path in begun.written:
            out.say(f"Wrote {path}.")
        for path in begun.extended:
            out.say(f"Added [tool.schemagen] to {path}.")
        for path, text in begun.kept.items():
            out.say(f"Kept {path}, which is there already. Its part would be:\n\n{text}" if text else f"Kept {path}.")
        out.say("Next: `schemagen build`, and commit what it writes: the CI job checks it.")
