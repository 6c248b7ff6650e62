"""The command `export`: the migrations in the form of another runner."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .app import Form, Output, app, options_of
from .console import Format, console


@app.command()
def export(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Where its migrations lie.")],
    *,
    layout: Annotated[str, typer.Option("--layout", metavar="NAME", help="The runner, such as dbmate.")],
    output: Output = None,
    form: Form = Format.TEXT,
) -> None:
    """Write the migrations in the form of another runner: dbmate, yoyo, Django and more."""
    from schemagen.project.export import export as run_export

    with console(form) as out:
        done = run_export(options_of(None, output).tree, layout, Path(folder))
        count = len(done.written)
        out.say(f"Wrote {count} {'file' if count == 1 else 'files'} to {folder}; {len(done.unchanged)} unchanged.")
        out.report(())
