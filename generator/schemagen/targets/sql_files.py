"""The migrations as SQL files: one a step and dialect, and its rollback ready to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.escape import one_line
from schemagen.base.render import render as render_template
from schemagen.engines.table_layout import comment_lines
from schemagen.schema.model import DIALECTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from schemagen.changes.migration import Migration, Statement, Step
    from schemagen.schema.model import DialectName, Schema


def render(schema: Schema, steps: Sequence[Step]) -> dict[str, str]:  # noqa: ARG001  (every target is called alike)
    """The files below the output folder: path → text, with every step's migration and rollback on each engine."""
    files: dict[str, str] = {}
    for step in steps:
        for dialect in DIALECTS:
            migration = step.for_dialect(dialect)
            folder = f"migrations/{dialect}"
            files[f"{folder}/{migration.identifier}.sql"] = migration_text(migration)
            files[f"{folder}/rollback/{migration.identifier}.sql"] = rollback_text(migration)
    return files


def schema_file(dialect: DialectName) -> str:
    """The path of the file that has the whole schema."""
    return f"schema.{dialect}.sql"


def render_schema(parts: Mapping[DialectName, Sequence[Statement]], newest: str) -> dict[str, str]:
    """The whole schema of each engine in one file: path → text.

    Args:
        parts: by engine, the statements that build it from nothing, each once.
        newest: the migration that it is the result of; empty before the first.
    """
    return {
        schema_file(dialect): render_template(
            f"{dialect}/schema.sql.jinja", newest=newest, statements=_statements(statements)
        )
        for dialect, statements in parts.items()
    }


def migration_text(migration: Migration) -> str:
    """The file that migrates, with the rollback as comments at its end."""
    return render_template(
        f"{migration.dialect}/migration.sql.jinja",
        **_common(migration),
        header=_comments(migration.header),
        losses=_bullets(migration.losses),
        statements=_statements(migration.statements),
        rollback=[line for statement in migration.rollback for line in _commented(statement)],
    )


def rollback_text(migration: Migration) -> str:
    """The file that rolls back; run it only after those of later migrations."""
    return render_template(
        f"{migration.dialect}/rollback.sql.jinja", **_common(migration), statements=_statements(migration.rollback)
    )


def _common(migration: Migration) -> dict[str, object]:
    return {
        "number": f"{migration.number:03d}",
        "name": migration.name,
        "file": f"{migration.identifier}.sql",
        "transactional": migration.transactional,
        "altering": migration.altering,
        "rollback_losses": _bullets(migration.rollback_losses),
    }


def _statements(statements: Iterable[Statement]) -> list[tuple[list[str], str]]:
    return [(_comments([statement.heading]), statement.sql) for statement in statements]


def _comments(texts: Iterable[str]) -> list[str]:
    return [line for text in texts if text for line in comment_lines(one_line(text))]


def _bullets(texts: Iterable[str]) -> list[str]:
    return [f"--   {one_line(text)}" for text in texts]


def _commented(statement: Statement) -> list[str]:
    return [f"-- {line}".rstrip() for line in f"{statement.sql};".split("\n")]
