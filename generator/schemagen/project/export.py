"""The migrations in the form of another runner, written into a folder: what stands there already never changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic, SchemagenError
from schemagen.base.spelling import did_you_mean
from schemagen.migrations.history import lock_content, read_history
from schemagen.migrations.written import written_steps
from schemagen.targets.layouts.layouts import LAYOUTS

from .write import has_content

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from schemagen.base.layout import Output
    from schemagen.changes.migration import Step
    from schemagen.targets.layouts.layouts import Layout

NO_LAYOUT = "SG442"
CHANGED = "SG443"
MISREAD = "SG444"
CANNOT_WRITE = "SG420"
NO_BUILD = "SG485"


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote, and what was there already: paths below its folder."""

    folder: Path
    written: tuple[str, ...]
    unchanged: tuple[str, ...]


def layout_of(name: str) -> Layout:
    """The layout of a runner.

    Raises:
        SchemagenError: SG442 when there is none of that name.
    """
    if name not in LAYOUTS:
        hint = did_you_mean(name, LAYOUTS) or f"the layouts are {', '.join(LAYOUTS)}"
        raise SchemagenError([Diagnostic(NO_LAYOUT, f"there is no layout `{name}`", hint=hint)])
    return LAYOUTS[name]


def export(output: Output, name: str, folder: Path) -> Exported:
    """Write the migrations of an output folder in the form of a runner.

    Args:
        output: the output folder.
        name: the layout.
        folder: where to; files of other names there are left alone.

    Raises:
        SchemagenError: SG442 for an unknown layout, SG443 for a file that is there and says something else, SG444 for
            a statement that the runner would misread, SG40x for an output that does not fit its lock; nothing is
            written then.
    """
    layout = layout_of(name)
    lock = read_history(output, lock_content(output))
    if lock is None:
        raise _failure(NO_BUILD, f"{output} holds no build", "run `schemagen build`, or name the folder")
    files = layout_files(layout, written_steps(output, lock), folder)
    there = {path for path in files if (folder / path).exists()}
    changed = sorted(path for path in there if not has_content(folder, path, files[path]))
    if changed:
        hint = "move it away if it has never been run, and export again; a migration that was run never changes"
        message = f"{folder / changed[0]} is there, and is not what would be exported"
        raise _failure(CHANGED, message, hint)
    new = {path: text for path, text in files.items() if path not in there}
    _write(folder, new)
    return Exported(folder, tuple(sorted(new)), tuple(sorted(there)))


def layout_files(layout: Layout, steps: Sequence[Step], folder: Path) -> dict[str, str]:
    """What an export consists of.

    Raises:
        SchemagenError: SG444.
    """
    if (found := layout.misread(steps)) is not None:
        message = f"{found} has a line that {layout.name} takes for its own, such as `-- migrate:down`"
        raise _failure(MISREAD, message, "write that text in one line with the one before it, in the spec")
    place = folder.resolve()
    app = place.parent.name if place.name == "migrations" else place.name
    return layout.render(steps, app)


def _write(folder: Path, files: Mapping[str, str]) -> None:
    try:
        for path, text in files.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("x", encoding="utf-8", newline="") as file:
                file.write(text)
    except OSError as error:
        message = f"{error.filename or folder} cannot be written: {error.strerror}"
        raise _failure(CANNOT_WRITE, message, "make room or make it writable, then export again") from error


def _failure(code: str, message: str, hint: str) -> SchemagenError:
    return SchemagenError([Diagnostic(code, message, hint=hint)])
