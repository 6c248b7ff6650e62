"""Where things lie in the output folder, and which of its files belong to a migration."""

from __future__ import annotations

import os
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LOCK_FILE = "schema.lock.json"

WORK_FOLDER = ".schemagen"
"""Holds what a build needs between and during writes; it carries a ``.gitignore`` that leaves it out of git."""

_MIGRATION = re.compile(
    r"""(?: migrations/(?:sqlite|postgres)/(?:rollback/)? (?P<sql>\d+)_\w+\.sql
          | alembic/versions/                              (?P<revision>\d+)_\w+\.py )""",
    re.VERBOSE | re.ASCII,
)
_MIGRATION_FOLDERS = (
    "migrations/sqlite",
    "migrations/sqlite/rollback",
    "migrations/postgres",
    "migrations/postgres/rollback",
    "alembic/versions",
)
_MIGRATION_SUFFIXES = (".sql", ".py")


def migration_number(path: str) -> int | None:
    """The number of the migration that a generated file belongs to; None for files that every build may rewrite."""
    match = _MIGRATION.fullmatch(path)
    return int(match["sql"] or match["revision"]) if match else None


def migration_files(output: Path) -> set[str]:
    """Every file on disk that runners would take for a migration, as paths relative to the output folder."""
    found: set[str] = set()
    for folder in _MIGRATION_FOLDERS:
        try:
            names = os.listdir(output / folder)  # noqa: PTH208  (names are all it takes)
        except (FileNotFoundError, NotADirectoryError):
            continue
        found.update(f"{folder}/{name}" for name in names if name.endswith(_MIGRATION_SUFFIXES))
    return found


def is_inside(path: str) -> bool:
    """Whether a relative POSIX path stays below the folder that it is joined to."""
    parts = PurePosixPath(path).parts
    return bool(parts) and parts[0] != "/" and ".." not in parts and not set("\\:\0") & set(path)


def read_generated(path: str) -> bytes:
    """The bytes of a generated file as they were written: line ends that git or an editor changed to CRLF are undone.

    Raises:
        OSError: when it cannot be read.
    """
    with open(path, "rb") as file:  # noqa: PTH123  (a Path costs more than the read, ten thousand times)
        content = file.read()
    return content.replace(b"\r\n", b"\n") if b"\r\n" in content else content
