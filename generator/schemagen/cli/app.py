"""The program that commands are added to, and the options that they share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import Format
from .grouped import Grouped

if TYPE_CHECKING:
    from schemagen.project.pipeline import Options

app = typer.Typer(
    name="schemagen",
    help="One YAML spec becomes SQLite and PostgreSQL migrations, SQLModel classes, Alembic revisions and documents.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    cls=Grouped,
)

Specs = Annotated[str | None, typer.Option("--specs", metavar="DIR", help="Folder of the specs (default: specs).")]
Output = Annotated[str | None, typer.Option("--output", metavar="DIR", help="Folder to write (default: output).")]
Form = Annotated[Format, typer.Option("--format", help="How diagnostics are written.")]


def options_of(specs: str | None, output: str | None) -> Options:
    """The folders of a command: those of its flags, else of the settings.

    Raises:
        SchemagenError: for settings that cannot be used (SG43x).
    """
    from schemagen.project.pipeline import Options
    from schemagen.project.settings import read_settings, read_written

    settings = read_settings(specs=specs, output=output)
    folders = Path(settings["specs"]), Path(settings["output"])
    return Options(*folders, **read_written(output))
