"""The first files of a project: a spec that builds at once, settings, a pre-commit hook and a CI job."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic, SchemagenError
from schemagen.base.render import templates_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

EXISTS = "SG436"
REFUSED = "SG437"

SCHEMA_FILE = "schemagen.schema.json"

_TEMPLATES = {
    "specs/tasks.yaml": "tasks.yaml",
    "schemagen.toml": "schemagen.toml",
    ".pre-commit-config.yaml": "pre-commit-config.yaml",
    ".github/workflows/schema.yaml": "workflow.yaml",
}
"""Each file of the project, and the file below ``templates/init`` that it is a copy of."""


def write_project(folder: Path) -> tuple[str, ...]:
    """Write every file of a first project; the paths, below ``folder``, in the order they were written.

    Raises:
        SchemagenError: SG436 when one of them is already there (nothing is written then), SG437 when the disk refuses.
    """
    files = project_files()
    _refuse_to_overwrite(folder, files)
    for path, text in files.items():
        try:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            with (folder / path).open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        except OSError as error:
            message = f"{folder / path} can't be written: {error.strerror}"
            raise SchemagenError([Diagnostic(REFUSED, message, hint="begin in a folder that is yours")]) from error
    return tuple(files)


def project_files() -> dict[str, str]:
    """Every file of a first project: path → text."""
    from .json_schema import language_schema

    source = templates_folder() / "init"
    files = {path: (source / name).read_text(encoding="utf-8") for path, name in _TEMPLATES.items()}
    return {**files, SCHEMA_FILE: language_schema()}


def _refuse_to_overwrite(folder: Path, paths: Iterable[str]) -> None:
    hint = "nothing has been written; name a new folder, as in `schemagen init my-project`"
    paths = tuple(paths)
    parents = sorted({folder / parent for path in paths for parent in PurePath(path).parents if parent.name})
    found = [
        Diagnostic(EXISTS, f"{parent} is a symbolic link, and nothing is written through links", hint=hint)
        for parent in parents
        if parent.is_symlink()
    ]
    found += [
        Diagnostic(EXISTS, f"{folder / path} is already there", hint=hint)
        for path in paths
        if (folder / path).exists() or (folder / path).is_symlink()
    ]
    if found:
        raise SchemagenError(found)
