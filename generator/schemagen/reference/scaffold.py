"""The first files of a project: a spec that builds at once, settings, a pre-commit hook and a CI job."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
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
SETTINGS_FILE = "schemagen.toml"
SPEC_FILE = "specs/tasks.yaml"
PYPROJECT = "pyproject.toml"
TABLE = "tool.schemagen"

_TEMPLATES = {
    SPEC_FILE: "tasks.yaml",
    SETTINGS_FILE: "schemagen.toml",
    ".gitattributes": "gitattributes",
    ".pre-commit-config.yaml": "pre-commit-config.yaml",
    ".github/workflows/schema.yaml": "workflow.yaml",
}
"""Each file of the project, and the file below ``templates/init`` that it is a copy of."""


@dataclass(slots=True)
class Begun:
    """What `init` did: files that it wrote, files that it added settings to, and what it left alone with its part."""

    written: list[str] = field(default_factory=list)
    extended: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)


def write_project(folder: Path) -> Begun:
    """Write every file of a first project that is not there; nothing that is there is replaced.

    Settings go to the end of a ``pyproject.toml`` where there is one. A folder that has specs gets no first one.

    Raises:
        SchemagenError: SG436 for a folder that is a link (nothing is written then), SG437 when the disk refuses.
    """
    files = project_files()
    _refuse_links(folder, files)
    begun = Begun()
    for path, text in files.items():
        target = folder / path
        try:
            if path == SETTINGS_FILE and _extend(folder / PYPROJECT, text):
                begun.extended.append(PYPROJECT)
            elif path == SPEC_FILE and _has_specs(target.parent):
                begun.kept[SPEC_FILE.rpartition("/")[0]] = ""
            elif os.path.lexists(target):
                begun.kept[path] = "" if target.is_symlink() or _is_there(target, text) else _part(path, text)
            else:
                _write(target, text)
                begun.written.append(path)
        except OSError as error:
            message = f"{target} can't be written: {error.strerror}"
            raise SchemagenError([Diagnostic(REFUSED, message, hint="begin in a folder that is yours")]) from error
    return begun


def _write(target: Path, text: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(text)


def _extend(pyproject: Path, settings: str) -> bool:
    """Add the settings to a ``pyproject.toml`` that has none; whether that was done."""
    if not pyproject.is_file() or pyproject.is_symlink() or os.path.lexists(pyproject.parent / SETTINGS_FILE):
        return False
    if b"[tool.schemagen" in pyproject.read_bytes():
        return False
    lines = settings.replace("[lint]", f"[{TABLE}.lint]").splitlines(keepends=True)
    with pyproject.open("a", encoding="utf-8", newline="\n") as stream:
        stream.write(f"\n[{TABLE}]\n{''.join(lines)}")
    return True


def _has_specs(folder: Path) -> bool:
    return any(path.suffix in {".yaml", ".yml"} for path in folder.rglob("*")) if folder.is_dir() else False


def _is_there(target: Path, text: str) -> bool:
    return target.is_file() and target.read_bytes() == text.encode()


def _part(path: str, text: str) -> str:
    """What of a file is worth adding to one of that name by hand; nothing of what `schemagen schema` writes again."""
    return "" if path in {SCHEMA_FILE, SPEC_FILE} else text


def project_files() -> dict[str, str]:
    """Every file of a first project: path → text."""
    from .json_schema import language_schema

    source = templates_folder() / "init"
    files = {path: (source / name).read_text(encoding="utf-8") for path, name in _TEMPLATES.items()}
    return {**files, SCHEMA_FILE: language_schema()}


def _refuse_links(folder: Path, paths: Iterable[str]) -> None:
    hint = "nothing has been written; name a new folder, as in `schemagen init my-project`"
    parents = sorted({folder / parent for path in paths for parent in PurePath(path).parents if parent.name})
    found = [
        Diagnostic(EXISTS, f"{parent} is a symbolic link, and nothing is written through links", hint=hint)
        for parent in parents
        if parent.is_symlink()
    ]
    found += [
        Diagnostic(EXISTS, f"{parent} is already there, and no folder", hint=hint)
        for parent in parents
        if parent.exists() and not parent.is_symlink() and not parent.is_dir()
    ]
    if found:
        raise SchemagenError(found)
