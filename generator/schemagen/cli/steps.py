"""The command `new`: the form of a step between two changes of the schema."""

from __future__ import annotations

from typing import Annotated

import typer

from .app import Form, Output, Specs, app, options_of
from .console import Format, console


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called, such as split-address.")],
    *,
    specs: Specs = None,
    output: Output = None,
    form: Form = Format.TEXT,
) -> None:
    """Begin a step of your own: a migration that changes rows."""
    from schemagen.project.new_step import new_step

    with console(form) as out:
        file = new_step(options_of(specs, output), name)
        out.say(f"Wrote {file}: fill in `up`, then run `schemagen build`.")
