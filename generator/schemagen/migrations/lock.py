"""``schema.lock.json``: the schema as it has been migrated, and what is known of each migration, committed with both.

The lock lets a later build tell what has changed, and what has been done so far, without reading SQL; and it lets it
see a migration that was edited, is missing or came from elsewhere. Each migration has two kinds of hash: that of its
statements per dialect (what it does, whatever file or revision runs it), and that of each of its files (what stands on
disk, prose included).
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from schemagen.base.diagnostics import Diagnostic, SchemagenError
from schemagen.base.escape import json_text
from schemagen.base.layout import LOCK_FILE, is_inside
from schemagen.changes.migration import Migration, Statement, Step
from schemagen.changes.records import ChangeRecord  # noqa: TC001  (the codec reads type hints when it runs)
from schemagen.schema.codec import DecodeError, decode, encode
from schemagen.schema.model import Schema  # noqa: TC001  (the codec reads type hints when it runs)

from .first_format import upgraded
from .own_steps import StepRecord  # noqa: TC001

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemagen.schema.dialect import DialectName

FORMAT = 2
"""The version of the lock's form; a program refuses locks of a later one, and reads those of earlier ones."""

_VERSION_KEY = "schemagen_lock"
_DIGEST_KEY = "sha256"
_MERGE_MARKER = re.compile(rb"^(<{7} |={7}$|>{7} )", re.MULTILINE)
_OPENED_LEVELS = 5
"""How deep the JSON is broken into lines: down to one line a column, index, example row or file."""

_CHANGES = "changes"
"""The key of a list whose items take a line each, however deep it stands."""


@dataclass(frozen=True, slots=True)
class DialectRecord:
    """What is kept of a migration in one dialect: all that the guide tells of it.

    Its way back is no part of this: files once written are never rendered again, and ``sha256`` covers it.
    """

    sha256: str
    statements: tuple[str, ...] = ()
    transactional: bool = True
    losses: tuple[str, ...] = ()
    rollback_losses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MigrationRecord:
    """A migration that has been written; ``parent`` is the identifier of the one before it, None for the first.

    ``files`` are its SQL files, rollbacks and Alembic revision: path below the output folder and sha256 of the content.
    """

    number: int
    name: str
    parent: str | None
    sqlite: DialectRecord
    postgres: DialectRecord
    changes: tuple[ChangeRecord, ...] = ()
    files: tuple[tuple[str, str], ...] = ()

    @property
    def identifier(self) -> str:
        """``001_create_users``."""
        return f"{self.number:03d}_{self.name}"

    def step(self) -> Step:
        """The step as far as the lock keeps it: without headers, headings and rollbacks."""
        return Step(self._migration("sqlite", self.sqlite), self._migration("postgres", self.postgres), self.changes)

    def _migration(self, dialect: DialectName, record: DialectRecord) -> Migration:
        return Migration(
            number=self.number,
            name=self.name,
            dialect=dialect,
            statements=tuple(map(Statement, record.statements)),
            rollback=(),
            transactional=record.transactional,
            losses=record.losses,
            rollback_losses=record.rollback_losses,
        )


@dataclass(frozen=True, slots=True)
class Lock:
    """The resolved schema, its migrations in order, and the other files that the last build wrote.

    ``left_out`` has the rules of an imported database of SQLite that the specs do not say, by table. They last
    until the table is recreated. ``steps`` are all those of the author's own that a build has seen,
    ``layouts`` the files of other runners with their hashes,
    ``superseded`` those that take back what a rebase recreated, which may be deleted.
    """

    schema: Schema
    migrations: tuple[MigrationRecord, ...] = ()
    files: tuple[str, ...] = ()
    left_out: tuple[tuple[str, tuple[str, ...]], ...] = ()
    steps: tuple[StepRecord, ...] = ()
    layouts: tuple[tuple[str, str], ...] = ()
    superseded: tuple[tuple[str, str], ...] = ()

    @property
    def head(self) -> MigrationRecord | None:
        """The newest migration."""
        return self.migrations[-1] if self.migrations else None


def content_hash(content: bytes) -> str:
    """The hash that a record keeps of a file; the line ends of Windows count as others do (``read_generated``)."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def record(step: Step, parent: str | None, files: Mapping[str, str]) -> MigrationRecord:
    """What is kept of a new migration; ``files`` are its own, path → content."""
    return MigrationRecord(
        number=step.number,
        name=step.name,
        parent=parent,
        sqlite=_dialect_record(step.sqlite),
        postgres=_dialect_record(step.postgres),
        changes=step.changes,
        files=tuple((path, content_hash(text.encode())) for path, text in sorted(files.items())),
    )


def _dialect_record(migration: Migration) -> DialectRecord:
    return DialectRecord(
        sha256=migration.sha256,
        statements=tuple(statement.sql for statement in migration.statements),
        transactional=migration.transactional,
        losses=migration.losses,
        rollback_losses=migration.rollback_losses,
    )


def dumps(lock: Lock) -> str:
    """The lock as JSON that git shows and merges well: a line a column, constraint, index, example, query or file."""
    parts: list[str] = []
    value = {_VERSION_KEY: FORMAT, **encode(lock)}
    _lay_out({**value, _DIGEST_KEY: _digest(value)}, "\n", _OPENED_LEVELS, parts)
    return "".join(parts) + "\n"


def _digest(value: Mapping[str, Any]) -> str:
    """The hash of the catalog and of the migrations that lead to it.

    What only documents and models say is left out: two branches may change that, and git merges it.
    """
    migrations = [[each.get(engine) for engine in ("sqlite", "postgres")] for each in value.get("migrations", ())]
    return hashlib.sha256(_compact([_catalog(value.get("schema")), migrations]).encode()).hexdigest()


def _catalog(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _catalog(part) for key, part in value.items() if key not in _DOCUMENTED}
    return [_catalog(part) for part in value] if isinstance(value, list) else value


_DOCUMENTED = frozenset(
    [
        "api",
        "backfill",
        "class_name",
        "description",
        "document",
        "documents",
        "examples",
        "external_reference",
        "inverse",
        "notes",
        "queries",
        "reason",
        "relationship",
        "track_changes",
        "renamed_from",
        "volume",
    ]
)
"""What of a schema makes no migration."""

_encode = json.JSONEncoder(ensure_ascii=False).encode


def _compact(value: Any) -> str:
    return json_text(_encode(value))


def _lay_out(value: Any, newline: str, levels: int, parts: list[str]) -> None:
    """Append the text of a value to ``parts``, containers broken into lines for as many levels as are left."""
    if levels == 0 or not value or not isinstance(value, (dict, list)):
        parts.append(_compact(value))
        return
    keyed = isinstance(value, dict)
    inner = newline + "  "
    separator = ("{" if keyed else "[") + inner
    for item in value:
        parts.append(separator)
        separator = "," + inner
        if keyed:
            parts.append(f"{_compact(item)}: ")
        below = 1 if keyed and item == _CHANGES else levels - 1
        _lay_out(value[item] if keyed else item, inner, below, parts)
    parts.append(newline + ("}" if keyed else "]"))


@lru_cache(maxsize=1)
def loads(content: bytes) -> Lock:
    """Read a lock; a second time at no cost, as a build reads it for its names and for its history.

    Raises:
        SchemagenError: SG401 for what is not a lock, SG402 for merge markers, SG403 for a lock of a later version,
            SG408 for migrations that are not chain.
    """
    if _MERGE_MARKER.search(content):
        raise _refusal("SG402", "has merge markers: two branches have changed the schema", MERGE_HINT)
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _refusal("SG401", f"is not valid JSON: {error}", _RESTORE_HINT) from None
    if not isinstance(value, dict) or type(version := value.get(_VERSION_KEY)) is not int:
        raise _refusal("SG401", f"has no version under {_VERSION_KEY!r}", _RESTORE_HINT)
    if version > FORMAT:
        raise _refusal("SG403", f"has version {version}, this program knows {FORMAT}", "upgrade schemagen")
    digest = value.pop(_DIGEST_KEY, None)
    del value[_VERSION_KEY]
    try:
        lock = decode(Lock, upgraded(value) if version == 1 else value)
    except DecodeError as error:
        raise _refusal("SG401", f"does not fit: {error}", _RESTORE_HINT) from None
    _check_chain(lock)
    if digest != _digest(value):
        raise _refusal("SG416", "was changed by hand, or by a merge: its schema and its migrations may not fit", MERGED)
    return lock


def loads_from(place: str, content: bytes) -> Lock:
    """Read a lock that messages call by another name than its own: its path, or where it was taken from.

    Raises:
        SchemagenError: as ``loads`` does.
    """
    try:
        return loads(content)
    except SchemagenError as error:
        named = (replace(found, message=found.message.replace(LOCK_FILE, place, 1)) for found in error.diagnostics)
        raise SchemagenError(named) from error


_RESTORE_HINT = "restore it from version control (`git restore`); it is written by `schemagen build` alone"

MERGE_HINT = (
    "merge the specs, then run `schemagen rebase --onto REV`, where REV is the branch whose migrations stay, such as "
    "`main`: those of this branch are recreated under the next number"
)
"""The fix when two branches have each added migrations."""


MERGED = f"{_RESTORE_HINT}; after a merge run `schemagen rebase --onto REV`"


def _check_chain(lock: Lock) -> None:
    parent: str | None = None
    for number, migration in enumerate(lock.migrations, start=1):
        if migration.number != number or migration.parent != parent:
            after = parent or "the beginning"
            reason = f"has migration {migration.identifier} where one after {after} has to be"
            raise _refusal("SG408", reason, MERGE_HINT)
        parent = migration.identifier
    migrated = (path for migration in lock.migrations for path, _ in migration.files)
    paths = (*lock.files, *migrated, *(path for path, _ in (*lock.layouts, *lock.superseded)))
    for path in paths:
        if not is_inside(path):
            raise _refusal("SG401", f"lists {path!r}, which is outside the output folder", _RESTORE_HINT)


def _refusal(code: str, reason: str, hint: str) -> SchemagenError:
    return SchemagenError([Diagnostic(code, f"{LOCK_FILE} {reason}", hint=hint)])
