"""What a rebase keeps of the migrations that it recreates: how a database that has run them goes back.

``superseded/REVISION/`` has the revision and a rollback for each engine. It may be deleted when no database needs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.base.layout import migration_number, read_generated
from schemagen.base.tree import located
from schemagen.migrations.lock import content_hash
from schemagen.migrations.written import said_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from schemagen.base.layout import Output
    from schemagen.migrations.lock import Lock

FOLDER = "superseded"
_ENGINES = ("sqlite", "postgres")


@dataclass(frozen=True, slots=True)
class Superseded:
    """The files that a rebase adds, and all such files with their hashes."""

    files: Mapping[str, str]
    known: tuple[tuple[str, str], ...]


def kept_rollbacks(output: Output, gone: Iterable[str], locks: Iterable[Lock]) -> Superseded:
    """Keep how migrations are taken back before their files go.

    Args:
        output: the output folder.
        gone: the paths of the files that a rebase takes away, each known to be as it was written.
        locks: those that may know of earlier rebases.
    """
    found: dict[str, str] = {}
    stems = {path.rpartition("/")[2].removesuffix(".sql"): path for path in gone if path.endswith(".sql")}
    for path in sorted(path for path in gone if path.startswith("alembic/versions/")):
        text = read_generated(located(output, path)).decode()
        number = migration_number(path) or 0
        name = path.rpartition("/")[2].removesuffix(".py").partition("_")[2]
        stem = f"{number:03d}_{name}"
        if stem not in stems or not (revision := said_by(text).get("revision")):
            continue
        folder = f"{FOLDER}/{revision}"
        found[f"{folder}/revision.py"] = text
        for engine in _ENGINES:
            script = read_generated(located(output, f"migrations/{engine}/rollback/{stem}.sql")).decode()
            found[f"{folder}/rollback.{engine}.sql"] = script
    before = {path: digest for lock in locks for path, digest in lock.superseded}
    hashes = {path: content_hash(text.encode()) for path, text in found.items()}
    return Superseded(found, tuple(sorted({**before, **hashes}.items())))
