"""Where things lie in the output folder, and which of its files belong to a migration.

Like ``fingerprint`` and ``config`` this module is imported before anything is known to be done, so it imports nothing
that a bare interpreter has not loaded; even ``typing`` takes 3 ms.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # mypy and ruff take this name for typing's
if TYPE_CHECKING:
    from pathlib import Path

LOCK_FILE = "schema.lock.json"

WORK_FOLDER = ".schemagen"
"""Holds what a build needs between and during writes; it carries a ``.gitignore`` that leaves it out of git."""

COMMIT = f"{WORK_FOLDER}/commit"
"""There while files are moved into place, and after a kill until the next command has moved the rest."""

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


def migration_files(output: str | Path) -> set[str]:
    """Every file on disk that runners would take for a migration, as paths relative to the output folder."""
    found: set[str] = set()
    for folder, suffix in _MIGRATION_FOLDERS.items():
        try:
            names = os.listdir(f"{output}/{folder}")  # noqa: PTH208  (pathlib is not imported here)
        except (FileNotFoundError, NotADirectoryError):
            continue
        found.update(f"{folder}/{name}" for name in names if name.endswith(suffix))
    return found


def is_inside(path: str) -> bool:
    """Whether a relative path with ``/`` stays below the folder that it is joined to, on every system."""
    return all(part not in {"", ".", ".."} for part in path.split("/")) and not set("\\:\0") & set(path)


def read_generated(path: str) -> bytes:
    """The bytes of a generated file as they were written: line ends that git or an editor changed to CRLF are undone.

    Raises:
        OSError: when it cannot be read.
    """
    with open(path, "rb") as file:  # noqa: PTH123  (a Path costs more than the read, ten thousand times)
        content = file.read()
    return content.replace(b"\r\n", b"\n") if b"\r\n" in content else content
