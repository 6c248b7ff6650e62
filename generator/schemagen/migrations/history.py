"""Whether the migration files on disk are the ones that the lock knows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic, SchemagenError
from schemagen.base.layout import LOCK_FILE, linked_folder, migration_files, migration_number, read_generated
from schemagen.base.tree import located

from .lock import MERGE_HINT, content_hash, loads

if TYPE_CHECKING:
    from schemagen.base.layout import Output
    from schemagen.schema.model import Schema

    from .lock import Lock


def lock_content(output: Output) -> bytes | None:
    """The bytes of the lock; None before the first build.

    Raises:
        SchemagenError: SG401 when it cannot be read, SG421 when the output leads elsewhere.
    """
    if linked := linked_folder(output):
        message = f"{linked} is a symbolic link"
        hint = "make it a plain folder: nothing is read or written through links"
        raise SchemagenError([Diagnostic("SG421", message, hint=hint)])
    try:
        return read_generated(f"{output}/{LOCK_FILE}")
    except FileNotFoundError:
        return None
    except OSError as error:
        message = f"{output}/{LOCK_FILE} cannot be read: {error.strerror or error}"
        raise SchemagenError([Diagnostic("SG401", message, hint="make it readable, or restore it")]) from error


def held_schema(output: Output, content: bytes | None = None) -> Schema | None:
    """The schema of a lock, or of the one in the output; None where there is none that can be used.

    What is wrong with a lock is told by ``read_history``: the names that it would hold are not worth an error.
    """
    try:
        content = content or lock_content(output)
        return loads(content).schema if content else None
    except SchemagenError:
        return None


def read_history(output: Output, content: bytes | None) -> Lock | None:
    """The lock that is the content of ``schema.lock.json``, proved to fit the migrations beside it.

    Raises:
        SchemagenError: SG40x for a lock that cannot be used, and for every migration file that it does not fit.
    """
    if content is None:
        _refuse_migrations(output)
        return None
    try:
        lock = loads(content)
    except SchemagenError as error:
        named = (replace(found, message=f"{output}/{found.message}") for found in error.diagnostics)
        raise SchemagenError([*named, *_number_collisions(output)]) from error
    found = _differences(lock, output)
    if found:
        raise SchemagenError(found)
    return lock


def _refuse_migrations(output: Output) -> None:
    if files := sorted(migration_files(output)):
        message = f"{output} has migrations but no {LOCK_FILE}, such as {files[0]}"
        hint = "restore the lock from version control; if these migrations have never been run, delete them"
        raise SchemagenError([Diagnostic("SG407", message, hint=hint)])


def _differences(lock: Lock, output: Output) -> list[Diagnostic]:
    known = {path: digest for migration in lock.migrations for path, digest in migration.files}
    on_disk = migration_files(output)
    found: list[Diagnostic] = []
    for path, digest in known.items():
        if path not in on_disk:
            found.append(_diagnostic("SG405", output, path, "is missing", "restore it from version control"))
            continue
        hint = "restore it from version control; what the schema should be is written in the specs"
        try:
            if content_hash(read_generated(located(output, path))) != digest:
                found.append(
                    _diagnostic("SG404", output, path, "was modified after it was generated (hash mismatch)", hint)
                )
        except OSError as error:
            found.append(_diagnostic("SG404", output, path, f"cannot be read: {error.strerror}", hint))
    unmanaged = on_disk - known.keys()
    if unmanaged and (collisions := _number_collisions(output)):
        return [*found, *collisions]
    for path in sorted(unmanaged):
        hint = "move it away: this folder holds what `schemagen build` writes"
        if path.startswith("alembic/versions/"):
            hint = f"{hint}; a revision of your own is a step of the specs, which `schemagen new NAME` begins"
        found.append(_diagnostic("SG406", output, path, f"is not in {LOCK_FILE}", hint))
    return found


def _number_collisions(output: Output) -> list[Diagnostic]:
    """Numbers that two branches have both given, each with all its names."""
    names: defaultdict[int, set[str]] = defaultdict(set)
    for path in migration_files(output):
        number = migration_number(path)
        if number is not None:
            names[number].add(PurePosixPath(path).stem.partition("_")[2])
    return [
        Diagnostic("SG409", f"migration {number:03d} exists twice: {' and '.join(sorted(found))}", hint=MERGE_HINT)
        for number, found in sorted(names.items())
        if len(found) > 1
    ]


def _diagnostic(code: str, output: Output, path: str, problem: str, hint: str) -> Diagnostic:
    return Diagnostic(code, f"migration file {located(output, path)} {problem}", hint=hint)
