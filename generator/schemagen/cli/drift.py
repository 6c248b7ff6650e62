"""The command `verify --database`: how a live database differs from the specs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from schemagen.base.diagnostics import Severity
from schemagen.drift.report import as_markdown, drift_report, no_drift
from schemagen.project.settings import read_ignored

from .app import options_of
from .console import ProofFormat, proof_console
from .reports.documents import as_junit

if TYPE_CHECKING:
    from schemagen.drift.report import Compared
    from schemagen.importer.sources import Request


def report_drift(
    folders: tuple[str | None, str | None], database: Request, form: ProofFormat, compared: Compared
) -> None:
    """Report how a live database differs from the specs, or from a migration of the lock."""
    with proof_console(form) as out:
        compared = replace(compared, ignore=(*read_ignored(), *compared.ignore))
        reported = drift_report(options_of(*folders), database, compared)
        if form in {ProofFormat.MARKDOWN, ProofFormat.JUNIT}:
            out.document(as_markdown(reported) if form is ProofFormat.MARKDOWN else as_junit(reported.diagnostics))
            raise typer.Exit(any(found.severity is Severity.ERROR for found in reported.diagnostics))
        if not reported.diagnostics:
            out.say(no_drift(reported))
        out.report(reported.diagnostics, sql=reported.sql, heading=reported.heading)
