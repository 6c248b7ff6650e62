"""Where things lie in the output folder, and which of its files belong to a migration.

Like ``fingerprint`` and ``config`` this module is imported before anything is known to be done, so it imports nothing
that a bare interpreter has not loaded; even ``typing`` takes 3 ms.
"""

from __future__ import annotations

import os
import stat

from .tree import KINDS, located, tree_of

TYPE_CHECKING = False  # mypy and ruff take this name for typing's
if TYPE_CHECKING:
    from pathlib import Path

    from .tree import Tree

    Output = str | Path | Tree

LOCK_FILE = "schema.lock.json"

WORK_FOLDER = ".schemagen"
"""Holds what a build needs between and during writes; it carries a ``.gitignore`` that leaves it out of git."""

COMMIT = f"{WORK_FOLDER}/commit"
"""There while files are moved into place, and after a kill until the next command has moved the rest."""

WORK_LOCK = f"{WORK_FOLDER}/lock"
"""What builds of one folder lock against each other; it is made once and never written."""

FINGERPRINT = f"{WORK_FOLDER}/fingerprint"
"""What the last build has read and written, so that the next one sees at once that nothing has changed."""

SUMS = ".schema.sums"
"""Hashes of the specs and of the output, committed with it, so that a check of a fresh clone only reads files."""

ATTRIBUTES = ".gitattributes"
"""How git merges the hashes: it keeps both sides, which no check believes."""

_MIGRATION_FOLDERS = {
    "migrations/sqlite": ".sql",
    "migrations/sqlite/rollback": ".sql",
    "migrations/postgres": ".sql",
    "migrations/postgres/rollback": ".sql",
    "alembic/versions": ".py",
}
"""The folders whose files runners take for migrations, by their suffix."""


def migration_number(path: str) -> int | None:
    """The number of the migration that a generated file belongs to; None for files that every build may rewrite."""
    folder, _, name = path.rpartition("/")
    digits = name.partition("_")[0]
    is_migration = digits.isdecimal() and name.endswith(_MIGRATION_FOLDERS.get(folder, "\0"))
    return int(digits) if is_migration else None


def migration_files(output: Output) -> set[str]:
    """Every file on disk that runners would take for a migration, as paths relative to the output folder."""
    found: set[str] = set()
    for folder, suffix in _MIGRATION_FOLDERS.items():
        try:
            names = os.listdir(located(output, folder))  # noqa: PTH208  (pathlib is not imported here)
        except (FileNotFoundError, NotADirectoryError):
            continue
        found.update(f"{folder}/{name}" for name in names if name.endswith(suffix))
    return found


def linked_folder(output: Output) -> str | None:
    """The first folder of an output, as every build has them, that is a link; None where there is none.

    A folder that the settings name may be one: they have looked where it leads.
    """
    parts = {folder[:end] for folder in _MIGRATION_FOLDERS for end in _ends(folder)}
    named = tree_of(output).places
    places = [located(output, folder) for folder in sorted({*KINDS, "models/api", WORK_FOLDER, *parts} - named.keys())]
    return next(filter(os.path.islink, places), None)


def _ends(path: str) -> list[int]:
    """Where each folder on a path ends."""
    return [at for at, character in enumerate(f"{path}/") if character == "/"]


def is_inside(path: str) -> bool:
    """Whether a relative path with ``/`` stays below the folder that it is joined to, on every system."""
    return all(part not in {"", ".", ".."} for part in path.split("/")) and not set("\\:\0") & set(path)


def project_folder(start: str | Path) -> str:
    """The repository that a folder lies in, as git finds it; the folder itself where there is none."""
    begin = os.path.realpath(start)
    place, above = begin, os.path.dirname(begin)  # noqa: PTH120  (here and below: pathlib is not imported here)
    while not os.path.lexists(f"{place}/.git"):
        if place == above:
            return begin
        place, above = above, os.path.dirname(above)  # noqa: PTH120
    return place


def is_below(path: str, folder: str) -> bool:
    """Whether a path is a folder or something in it, both as they are written."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def leads_out(path: str | Path, folder: str | Path) -> bool:
    """Whether a path is a link to what is neither below a folder nor in the project that the folder lies in."""
    if not os.path.islink(path):  # noqa: PTH114
        return False
    real, here = os.path.realpath(folder), project_folder(os.curdir)
    allowed = (project_folder(real), here if is_below(real, here) else real)
    target = os.path.realpath(path)
    return not any(is_below(target, place) for place in allowed)


def seal(output: Output) -> str | None:
    """What no repository can hold: which file the lock of the work folder is, and when it was made here.

    Whatever carries it was written by a build in this very folder, and did not come with a checkout or a copy. None
    where there is no such file, or a link stands in its place.
    """
    try:
        if stat.S_ISLNK(os.lstat(f"{output}/{WORK_FOLDER}").st_mode):
            return None
        found = os.lstat(f"{output}/{WORK_LOCK}")
    except OSError:
        return None
    return f"{found.st_ino}.{found.st_ctime_ns}" if stat.S_ISREG(found.st_mode) else None


def read_generated(path: str) -> bytes:
    """The bytes of a generated file as they were written: where git or an editor changed all line ends, that is undone.

    Raises:
        OSError: when it cannot be read, or is a link.
    """
    with open(path, "rb", opener=_open_no_link) as file:
        content = file.read()
    return content.replace(b"\r\n", b"\n") if content.count(b"\r\n") == content.count(b"\n") else content


def _open_no_link(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0))


def up_to_date(output: str) -> str:
    """What `build` and `check` say when nothing has changed."""
    return f"Nothing to do: {output} is up to date."
