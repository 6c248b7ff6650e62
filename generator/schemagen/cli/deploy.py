"""The commands that bring a database to a version: `status` and `apply`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from schemagen.base.counting import counted

from .app import Output, app, options_of
from .console import Format, console

if TYPE_CHECKING:
    from schemagen.deploy.chain import Chain
    from schemagen.deploy.target import Target


class DeployFormat(StrEnum):
    """How these commands report."""

    TEXT = "text"
    JSON = "json"


Database = Annotated[
    str,
    typer.Option(
        "--database",
        metavar="URL",
        envvar="DATABASE_URL",
        show_envvar=True,
        help="A PostgreSQL URL or a SQLite file.",
    ),
]
Postgres = Annotated[
    str | None,
    typer.Option("--postgres", metavar="URL", help="A server to compare catalogs on (default: an embedded one)."),
]
Form = Annotated[DeployFormat, typer.Option("--format", help="How the report is written.")]


def _opened(database: str, output: str | None) -> tuple[Target, Chain]:
    from schemagen.deploy.chain import read_chain
    from schemagen.deploy.target import target_of

    return target_of(database), read_chain(options_of(None, output).tree)


@app.command()
def status(
    *,
    database: Database,
    output: Output = None,
    check_rows: Annotated[
        bool, typer.Option("--check-rows", help="Look for rows that what is pending would fail on.")
    ] = False,
    postgres: Postgres = None,
    form: Form = DeployFormat.TEXT,
) -> None:
    """Show where a database is and what is pending; only reads."""
    from schemagen.databases.servers import external_server
    from schemagen.deploy.status import read_status

    from .reports import deploy as report

    with console(Format(form.value)) as out:
        target, chain = _opened(database, output)
        found = read_status(target, chain, external_server(postgres) if postgres else None, check_rows=check_rows)
        out.document(report.as_json(report.status_data(found)) if form is DeployFormat.JSON else report.as_text(found))
        if any(one.count for one in found.problems):
            raise typer.Exit(1)


@app.command("apply")
def apply_(
    *,
    database: Database,
    output: Output = None,
    to: Annotated[int | None, typer.Option("--to", metavar="N", help="Stop at migration N.")] = None,
    down: Annotated[bool, typer.Option("--down", help="Take back the newest, or all after N.")] = False,
    adopt: Annotated[
        int | None, typer.Option("--adopt", metavar="N", help="Record that a database without a version table is at N.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be run.")] = False,
    postgres: Postgres = None,
    form: Form = DeployFormat.TEXT,
) -> None:
    """Run what is pending on a database, one migration at a time."""
    from schemagen.base.diagnostics import SchemagenError
    from schemagen.databases.servers import external_server
    from schemagen.deploy.apply import Goal, Ran, apply, plan

    from .reports import deploy as report

    with console(Format(form.value)) as out:
        target, chain = _opened(database, output)
        goal = Goal(to, down, adopt)
        server = external_server(postgres) if postgres else None
        if dry_run:
            planned = report.planned(target, chain, plan(target, chain, goal, server))
            out.document(report.as_json(planned) if form is DeployFormat.JSON else report.planned_text(planned))
            return
        done: list[Ran] = []

        def ran(one: Ran) -> None:
            done.append(one)
            out.say(report.line(one))

        try:
            course = apply(target, chain, goal, server=server, ran=ran, waiting=lambda: out.say(report.WAITING))
        except SchemagenError as error:
            if form is DeployFormat.JSON:
                out.document(report.as_json(report.applied_data(done, error.diagnostics)))
                raise typer.Exit(1) from error
            raise
        if form is DeployFormat.JSON:
            out.document(report.as_json(report.applied_data(done, ())))
        out.say(report.ending(done, course))


@app.command()
def seed(*, database: Database, output: Output = None, form: Form = DeployFormat.TEXT) -> None:
    """Insert the example rows of the specs; what is there stays as it is."""
    from schemagen.deploy.seed import seed as insert
    from schemagen.deploy.target import target_of

    from .reports import deploy as report

    with console(Format(form.value)) as out:
        target = target_of(database)
        done = insert(target, options_of(None, output).tree)
        if form is DeployFormat.JSON:
            out.document(report.as_json({"database": target.shown, "rows": done.rows, "new": done.new}))
        else:
            out.say(f"{target.shown}: {done.new} of {counted(done.rows, 'example row')} were not there.")
