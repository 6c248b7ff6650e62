"""The migrations of a lock as they were written, with their rollbacks: the lists of the revisions, never split SQL."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import Diagnostic, SchemagenError
from schemagen.base.layout import read_generated
from schemagen.changes.migration import Statement, Step

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from schemagen.changes.migration import Migration

    from .lock import DialectRecord, Lock, MigrationRecord

_ENGINES = {"sqlite": "sqlite", "postgres": "postgresql"}


def written_steps(output: Path, lock: Lock) -> tuple[Step, ...]:
    """Every migration of a lock whose files were found to fit it (``read_history``), complete.

    Raises:
        SchemagenError: SG404 for a revision that does not say what the lock knows of it.
    """
    return tuple(_step(output, record) for record in lock.migrations)


def _step(output: Path, record: MigrationRecord) -> Step:
    path = next(path for path, _ in record.files if path.startswith("alembic/versions/"))
    lists = _lists(read_generated(f"{output}/{path}").decode())
    step = record.step()
    made = Step(
        _complete(step.sqlite, lists["UPGRADE"], lists["DOWNGRADE"]),
        _complete(step.postgres, lists["UPGRADE"], lists["DOWNGRADE"]),
        step.changes,
    )
    if not (_fits(made.sqlite, record.sqlite) and _fits(made.postgres, record.postgres)):
        message = f"{output}/{path} does not have the statements that the lock knows"
        raise SchemagenError([Diagnostic("SG404", message, hint="restore both from version control")])
    return made


def _fits(migration: Migration, record: DialectRecord) -> bool:
    return migration.sha256 == record.sha256


def _complete(migration: Migration, up: dict[str, list[str]], down: dict[str, list[str]]) -> Migration:
    engine = _ENGINES[migration.dialect]
    return replace(migration, statements=_statements(up[engine]), rollback=_statements(down[engine]))


def _statements(texts: Sequence[str]) -> tuple[Statement, ...]:
    return tuple(map(Statement, texts))


def _lists(code: str) -> dict[str, dict[str, list[str]]]:
    """The two dictionaries of a revision, read without running it."""
    return {
        node.target.id: ast.literal_eval(node.value)
        for node in ast.parse(code).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value
    }
