"""The command that proves: its flags, and which of them go together."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from .app import Output, Specs, app, options_of
from .console import ProofFormat, proof_console

if TYPE_CHECKING:
    from collections.abc import Sequence


class Only(StrEnum):
    """The engine that `verify` can do without the other."""

    SQLITE = "sqlite"


How = Annotated[ProofFormat, typer.Option("--format", help="How the report is written.")]
OneEngine = Annotated[Only | None, typer.Option("--only", help="Prove SQLite alone.")]
Postgres = Annotated[
    str | None, typer.Option("--postgres", metavar="URL", help="A server to prove on (default: an embedded one).")
]
Latency = Annotated[bool, typer.Option("--latency", help="Measure each query beside its p95_ms.")]
Scale = Annotated[
    float | None, typer.Option("--scale", min=0.0, help="Part of `volume` to measure on (with --latency).")
]
Strict = Annotated[bool, typer.Option("--strict", help="Fail on what could not be tried too.")]
Changed = Annotated[
    bool, typer.Option("--changed", help="Prove only what differs from the last commit, or from --from.")
]
Revision = Annotated[
    str | None, typer.Option("--from", metavar="REV", help="The git revision to differ from (with --changed).")
]
Database = Annotated[
    str | None, typer.Option("--database", metavar="URL", help="Compare this live database instead; reads only.")
]
At = Annotated[int | None, typer.Option("--at", metavar="N", help="As migration N left it (with --database).")]
Ignored = Annotated[
    list[str] | None,
    typer.Option("--ignore", metavar="PATTERN", help="Tables that it may have besides, or a difference."),
]
Allowed = Annotated[
    list[str] | None,
    typer.Option("--allow", metavar="CHANGE", help="Show SQL that makes this change too (with --database)."),
]


@app.command()
def verify(
    *,
    specs: Specs = None,
    output: Output = None,
    form: How = ProofFormat.TEXT,
    only: OneEngine = None,
    postgres: Postgres = None,
    latency: Latency = False,
    scale: Scale = None,
    strict: Strict = False,
    changed: Changed = False,
    revision: Revision = None,
    database: Database = None,
    at: At = None,
    ignore: Ignored = None,
    allow: Allowed = None,
) -> None:
    """Prove every claim of the specs on real SQLite and real PostgreSQL, with the output as it stands."""
    of_output = bool(only or latency or strict or changed or scale is not None)
    if database is not None:
        _refuse(of_output, "--only, --latency, --scale, --strict and --changed belong to a proof of the output")
        _compare((specs, output), database, form, at=at, ignore=ignore or (), allow=allow or (), postgres=postgres)
        return
    _refuse(at is not None or bool(ignore or allow), "--at, --ignore and --allow belong to --database")
    _refuse(bool(only and postgres), "--only sqlite leaves PostgreSQL out, so a URL is of no use")
    alone = bool(revision and not changed) or (changed and latency)
    _refuse(alone, "--from belongs to --changed, which measures no latency")
    _refuse(scale is not None and not latency, "--scale belongs to --latency")
    from . import verify as command

    with proof_console(form) as out:
        options = options_of(specs, output)
        since = (revision or "HEAD") if changed else None
        report = command.verify(
            options, sqlite_only=only is not None, postgres=postgres, latency=latency, scale=scale, since=since
        )
        out.document(command.rendered(report, form))
        if report.failures or (strict and report.untried):
            raise typer.Exit(1)


def _refuse(wrong: bool, message: str) -> None:  # noqa: FBT001  (what is wrong, and how it is said)
    if wrong:
        raise typer.BadParameter(message)


def _compare(
    folders: tuple[str | None, str | None],
    database: str,
    form: ProofFormat,
    *,
    at: int | None,
    ignore: Sequence[str],
    allow: Sequence[str],
    postgres: str | None,
) -> None:
    """Compare a live database with the specs, or with a migration."""
    from schemagen.drift.report import Compared
    from schemagen.importer.sources import Request

    from .drift import report_drift

    report_drift(folders, Request(database), form, Compared(at, ignore, allow, postgres))
