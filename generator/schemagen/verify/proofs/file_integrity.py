"""The migrations as they are written: SQL files, rollbacks and revisions have the statements that the lock knows.

What a file does is proved by running it; but a statement can be in one of them that changes nothing in an empty
database, and two errors can undo each other. So each file is read, and compared with the others of its migration.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from schemagen.base.layout import read_generated
from schemagen.base.tree import located
from schemagen.changes.migration import Statement
from schemagen.databases.scripts import statements
from schemagen.migrations.history import lock_content
from schemagen.migrations.lock import loads
from schemagen.migrations.written import revision_lists
from schemagen.schema.dialect import DIALECTS
from schemagen.verify.report import BOTH, Claim

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schemagen.base.layout import Output
    from schemagen.changes.migration import Migration
    from schemagen.migrations.lock import MigrationRecord
    from schemagen.verify.report import Ledger, Section

_ENGINES = {"sqlite": "sqlite", "postgres": "postgresql"}
"""Our dialects as revisions name them."""

_FRAMES = (("BEGIN", "COMMIT"), ("SAVEPOINT schemagen", "RELEASE schemagen"))
_KEYS, _NO_KEYS = "PRAGMA foreign_keys = ON", "PRAGMA foreign_keys = OFF"
_FRAME_WORDS = {_KEYS, _NO_KEYS, *(word for frame in _FRAMES for word in frame)}
_ROLLBACK = "-- Rollback, the same as "
_NAMED = "-- Rollback: rollback/"
"""The rollback of a migration that alters stands in its own file alone."""

_NOTHING = "nothing"


def prove_file_integrity(ledger: Ledger, output: Output) -> None:
    """Compare the files of every migration with the lock and with each other; without a lock there is nothing to."""
    content = lock_content(output)
    with ledger.section(Claim.FILES, BOTH) as section:
        for record in loads(content).migrations if content else ():
            _prove_migration(section, output, record)


def _prove_migration(section: Section, output: Output, record: MigrationRecord) -> None:
    revision = f"alembic/versions/{record.number:04d}_{record.name}.py"
    try:
        lists = revision_lists(output, revision)
    except (OSError, SyntaxError, ValueError, LookupError, TypeError) as problem:
        section.fails(revision, "the statements of its files, or of its own, for each engine", str(problem))
        return
    for dialect in DIALECTS:
        upgrade, downgrade = (found[_ENGINES[dialect]] for found in lists)
        migration = replace(record.step().for_dialect(dialect), rollback=tuple(map(Statement, downgrade)))
        said = record.postgres if dialect == "postgres" else record.sqlite
        _equal(section, f"{revision}, UPGRADE on {dialect}", list(said.statements), upgrade)
        _prove_files(section, output, migration, known=migration.sha256 == said.sha256, revision=revision)


def _prove_files(section: Section, output: Output, migration: Migration, *, known: bool, revision: str) -> None:
    """The two SQL files of one engine, and the way back in all three places.

    ``known`` is whether the revision's way back is the one that the lock has a hash of; if not, the file's is.
    """
    path = f"migrations/{migration.dialect}/{migration.identifier}.sql"
    forth, _, reported = _text(section, output, path).partition(_ROLLBACK)
    _equal(section, path, *_in_frame(migration, [statement.sql for statement in migration.statements], forth))
    back = f"migrations/{migration.dialect}/rollback/{migration.identifier}.sql"
    text = _text(section, output, back)
    expected, seen = _in_frame(migration, [statement.sql for statement in migration.rollback], text, back=True)
    if known:
        _equal(section, back, expected, seen)
    else:
        ours = [one for one in seen if one in expected or one not in _FRAME_WORDS]
        what = f"{revision}, DOWNGRADE on {migration.dialect}"
        if not _equal(section, what, ours, expected):
            expected = seen
        else:
            section.fails(what, "the way back of which the lock has the hash", "another one, as in the rollback")
    if named := _named(forth):
        _equal(section, path, [f"{_NAMED}{migration.identifier}.sql"], named)
    else:
        _equal(section, f"{path}, the rollback in its comments", expected, _pieces([_uncommented(reported)]))


def _in_frame(
    migration: Migration, expected: Sequence[str], text: str, *, back: bool = False
) -> tuple[list[str], list[str]]:
    """What a file of these statements holds, and what its text holds.

    Foreign keys are on before them, and its transaction is around them if it is to have one; they are off where a way
    back only drops what a first build has made.
    """
    seen = _pieces([text])
    frames: list[tuple[str, ...]] = list(_FRAMES if migration.transactional and expected else (("", ""),))
    begin, end = next((frame for frame in frames if frame[0] in seen[:2]), frames[0])
    keys: tuple[str, ...] = (_KEYS,) if migration.dialect == "sqlite" and expected else ()
    after: tuple[str, ...] = ()
    if keys and back and begin == _FRAMES[0][0]:
        keys, after = (_NO_KEYS,), (_KEYS,)
    return _pieces(filter(None, (*keys, begin, *expected, end, *after))), seen


def _equal(section: Section, what: str, expected: Sequence[str], seen: Sequence[str]) -> bool:
    """Say of two lists of statements that they are the same, or which is the first that is not; whether they are."""
    for one, other in zip_longest(expected, seen, fillvalue=_NOTHING):
        if one != other:
            section.fails(what, one, other)
            return False
    section.holds()
    return True


def _pieces(texts: Iterable[str]) -> list[str]:
    """Statements without their comments and without spaces at the ends of lines, cut in one way wherever they stand."""
    whole = ";\n".join(texts)
    return ["\n".join(line.rstrip() for line in piece.split("\n")) for piece in statements(whole)]


def _named(text: str) -> list[str]:
    """The rollback that a file names."""
    return [line.partition(",")[0] for line in text.split("\n") if line.startswith(_NAMED)]


def _uncommented(reported: str) -> str:
    """The statements in the comments at the end of a migration: what follows its first empty comment."""
    lines = reported.split("\n")
    first = lines.index("--") + 1 if "--" in lines else len(lines)
    return "\n".join(line.removeprefix("--").removeprefix(" ") for line in lines[first:])


def _text(section: Section, output: Output, path: str) -> str:
    """The text of a file; a missing one has none, and fails."""
    try:
        return read_generated(located(output, path)).decode(errors="replace")
    except OSError:
        section.fails(path, "the file is there", "it is missing")
        return ""
