"""The list of commands that `--help` prints, in groups."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

GROUPS = {
    "Specs": ("init", "new", "lint", "explain", "guide", "schema"),
    "Output": ("build", "check", "diff", "rebase", "export"),
    "Databases": ("status", "apply", "seed", "verify", "import"),
}
"""Every command, below the heading of what it is about; a test looks that none is missing."""


class Grouped(TyperGroup):
    """A group of commands whose help has a heading for each kind."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002  (the form of the base class)
        """Write the commands of each heading, each with the whole first sentence of its help."""
        for heading, names in GROUPS.items():
            found = [(name, self.commands[name].get_short_help_str(limit=200)) for name in names]
            with formatter.section(heading):
                formatter.write_dl(found)
