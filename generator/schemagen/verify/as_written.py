"""The migrations as they are written: SQL files, rollbacks and revisions have the statements that the lock knows.

What a file does is proved by running it; but a statement can be in one of them that changes nothing in an empty
database, and two errors can undo each other. So each file is read, and compared with the others of its migration.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from schemagen.history import lock_content
from schemagen.layout import read_generated
from schemagen.lock import loads
from schemagen.migration import Statement
from schemagen.model import DIALECTS

from .report import BOTH, Claim
from .scripts import statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from schemagen.lock import MigrationRecord
    from schemagen.migration import Migration

    from .report import Ledger, Section

_ENGINES = {"sqlite": "sqlite", "postgres": "postgresql"}
"""Our dialects as revisions name them."""

_FRAMES = (("BEGIN", "COMMIT"), ("SAVEPOINT schemagen", "RELEASE schemagen"))
_ROLLBACK = "-- Rollback, the same as "
_NOTHING = "nothing"

Lists = dict[str, list[str]]


def prove_as_written(ledger: Ledger, output: Path) -> None:
    """Compare the files of every migration with the lock and with each other; without a lock there is nothing to."""
    content = lock_content(output)
    with ledger.section(Claim.FILES, BOTH) as section:
        for record in loads(content).migrations if content else ():
            _prove_migration(section, output, record)


def _prove_migration(section: Section, output: Path, record: MigrationRecord) -> None:
    revision = f"alembic/versions/{record.number:04d}_{record.name}.py"
    lists = _lists(_text(section, output, revision))
    if lists is None:
        section.fails(revision, "UPGRADE and DOWNGRADE with a list of statements for each engine", "other things")
        return
    for dialect in DIALECTS:
        migration = record.step().for_dialect(dialect)
        upgrade, downgrade = (found.get(_ENGINES[dialect], []) for found in lists)
        known = replace(migration, rollback=tuple(map(Statement, downgrade)))
        said = record.postgres if dialect == "postgres" else record.sqlite
        _equal(section, f"{revision}, UPGRADE on {migration.dialect}", [s.sql for s in migration.statements], upgrade)
        _prove_files(section, output, migration, downgrade)
        if known.sha256 != said.sha256:
            expected = f"what the lock has under sha256 {said.sha256[:12]}"
            section.fails(f"{revision}, DOWNGRADE on {dialect}", expected, f"sha256 {known.sha256[:12]}", revision)
        else:
            section.holds()


def _prove_files(section: Section, output: Path, migration: Migration, downgrade: Sequence[str]) -> None:
    """The two SQL files of one engine; ``downgrade`` are the statements of the revision."""
    path = f"migrations/{migration.dialect}/{migration.identifier}.sql"
    forth, _, told = _text(section, output, path).partition(_ROLLBACK)
    _in_frame(section, path, migration, [statement.sql for statement in migration.statements], forth)
    back = f"migrations/{migration.dialect}/rollback/{migration.identifier}.sql"
    _in_frame(section, back, migration, downgrade, _text(section, output, back))
    _in_frame(section, f"{path}, the rollback in its comments", migration, downgrade, _uncommented(told))


def _in_frame(section: Section, what: str, migration: Migration, expected: Sequence[str], text: str) -> None:
    """A file has the statements, foreign keys on before them, and its transaction around them if it is to have one."""
    seen = _pieces([text])
    frames: list[tuple[str, ...]] = list(_FRAMES if migration.transactional and expected else (("", ""),))
    begin, end = next((frame for frame in frames if frame[0] in seen[:2]), frames[0])
    keys = "PRAGMA foreign_keys = ON" if migration.dialect == "sqlite" and expected else ""
    _equal(section, what, _pieces(filter(None, (keys, begin, *expected, end))), seen)


def _equal(section: Section, what: str, expected: Sequence[str], seen: Sequence[str]) -> None:
    """Say of two lists of statements that they are the same, or which is the first that is not."""
    for one, other in zip_longest(expected, seen, fillvalue=_NOTHING):
        if one != other:
            section.fails(what, one, other)
            return
    section.holds()


def _pieces(texts: Iterable[str]) -> list[str]:
    """Statements without their comments and without blanks at the ends of lines, cut in one way wherever they stand."""
    whole = ";\n".join(texts)
    return ["\n".join(line.rstrip() for line in piece.split("\n")) for piece in statements(whole)]


def _uncommented(told: str) -> str:
    """The statements in the comments at the end of a migration: what follows its first empty comment."""
    lines = told.split("\n")
    first = lines.index("--") + 1 if "--" in lines else len(lines)
    return "\n".join(line.removeprefix("--").removeprefix(" ") for line in lines[first:])


def _lists(text: str) -> tuple[Lists, Lists] | None:
    """UPGRADE and DOWNGRADE of a revision's text."""
    try:
        assigned = {
            node.target.id: ast.literal_eval(node.value)
            for node in ast.parse(text).body
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value
        }
        found = tuple({key: [str(one) for one in assigned[name][key]] for key in _ENGINES.values()} for name in _NAMES)
    except (SyntaxError, ValueError, KeyError, TypeError):
        return None
    return found[0], found[1]


_NAMES = ("UPGRADE", "DOWNGRADE")


def _text(section: Section, output: Path, path: str) -> str:
    """The text of a file; a missing one has none, and fails."""
    try:
        return read_generated(str(output / path)).decode(errors="replace")
    except OSError:
        section.fails(path, "the file is there", "it is missing")
        return ""
