"""The migrations of a lock as they were written, with their rollbacks: what the revisions send."""

from __future__ import annotations

import ast
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from schemagen.base.diagnostics import Diagnostic, SchemagenError
from schemagen.base.layout import read_generated
from schemagen.base.tree import located
from schemagen.changes.migration import Statement, Step
from schemagen.changes.sql_text import read_statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemagen.base.layout import Output
    from schemagen.changes.migration import Migration

    from .lock import DialectRecord, Lock, MigrationRecord

Lists = dict[str, list[str]]
"""Statements by engine, as SQLAlchemy names it."""

_ENGINES = {"sqlite": "sqlite", "postgres": "postgresql"}


def written_steps(output: Output, lock: Lock) -> tuple[Step, ...]:
    """Every migration of a lock whose files were found to fit it (``read_history``), complete.

    Raises:
        SchemagenError: SG404 for a revision that does not say what the lock knows of it.
    """
    return tuple(_step(output, record) for record in lock.migrations)


def _step(output: Output, record: MigrationRecord) -> Step:
    path = next(path for path, _ in record.files if path.startswith("alembic/versions/"))
    up, down = revision_lists(output, path)
    step = record.step()
    made = Step(_complete(step.sqlite, up, down), _complete(step.postgres, up, down), step.changes)
    if not (_fits(made.sqlite, record.sqlite) and _fits(made.postgres, record.postgres)):
        message = f"{located(output, path)} does not have the statements that the lock knows"
        raise SchemagenError([Diagnostic("SG404", message, hint="restore both from version control")])
    return made


def _fits(migration: Migration, record: DialectRecord) -> bool:
    return migration.sha256 == record.sha256


def _complete(migration: Migration, up: dict[str, list[str]], down: dict[str, list[str]]) -> Migration:
    engine = _ENGINES[migration.dialect]
    return replace(migration, statements=_statements(up[engine]), rollback=_statements(down[engine]))


def _statements(texts: Sequence[str]) -> tuple[Statement, ...]:
    return tuple(map(Statement, texts))


def revision_lists(output: Output, path: str) -> tuple[Lists, Lists]:
    """What a revision sends to each engine, forth and back, read without running it.

    It is in the SQL files of a name and with hashes that the revision has, or in two dictionaries of its own.

    Raises:
        OSError: for a file that can't be read.
        SyntaxError, ValueError, LookupError, TypeError: for what is not a revision of ours, and for an edited SQL file.
    """
    said = said_by(read_generated(located(output, path)).decode())
    if "FILE" not in said:
        up, down = ({each: [str(one) for one in said[name][each]] for each in _FOLDERS} for name in _OWN)
        return up, down
    hashes = iter(said["SHA256"])
    up, down = {}, {}
    for engine, folder in _FOLDERS.items():
        for lists, place in ((up, folder), (down, f"{folder}/rollback")):
            content = read_generated(located(output, f"{place}/{said['FILE']}"))
            if hashlib.sha256(content).hexdigest() != next(hashes):
                raise ValueError(f"{place}/{said['FILE']} is not the file of {path}")
            lists[engine] = read_statements(content.decode(), engine)
    return up, down


_OWN = ("UPGRADE", "DOWNGRADE")
"""The dictionaries of a revision that has its statements itself."""

_FOLDERS = {"sqlite": "migrations/sqlite", "postgresql": "migrations/postgres"}


_SAID = {"revision", "down_revision", "FILE", "SHA256", *_OWN}
"""What a revision says of itself in literals."""


def said_by(code: str) -> dict[str, Any]:
    """What a revision says of itself, read without running it.

    Raises:
        SyntaxError, ValueError: for what is not a revision of ours.
    """
    found: dict[str, Any] = {}
    for node in ast.parse(code).body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case _:
                continue
        if name in _SAID:
            found[name] = ast.literal_eval(value)
    return found


def runs_outside(code: str) -> frozenset[str]:
    """The engines on which a revision runs outside a transaction, read without running it.

    Raises:
        SyntaxError, ValueError: for what is not a revision of ours.
    """
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.keyword(arg="outside", value=engines):
                return frozenset(ast.literal_eval(engines))
            case ast.Compare(ops=[ast.In()], comparators=[ast.Set() as engines]):
                return frozenset(ast.literal_eval(engines))
    return frozenset()
