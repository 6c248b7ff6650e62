"""The migrations as SQL files: one a step and dialect, and its rollback ready to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemagen.base.escape import invisible, one_line
from schemagen.base.render import render as render_template
from schemagen.changes.sql_text import STEP
from schemagen.engines.table_layout import comment_lines
from schemagen.schema.dialect import DIALECTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from schemagen.changes.migration import Migration, Statement, Step
    from schemagen.schema.dialect import DialectName
    from schemagen.schema.model import Schema


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


def render_schema(parts: Mapping[DialectName, Sequence[Statement]]) -> dict[str, str]:
    """The whole schema of each engine in one file, from the statements that build it: path → text."""
    return {
        schema_file(dialect): render_template(f"{dialect}/schema.sql.jinja", statements=_statements(statements))
        for dialect, statements in parts.items()
    }


def migration_text(migration: Migration) -> str:
    """The file that migrates; its rollback stands as comments at the end of one that creates, others name theirs."""
    return render_template(
        f"{migration.dialect}/migration.sql.jinja",
        **_common(migration, migration.statements),
        header=_comments(migration.header),
        losses=_bullets(migration.losses),
        has_rollback=bool(migration.rollback),
        rollback=[] if migration.altering else [line for each in migration.rollback for line in _commented(each)],
    )


def rollback_text(migration: Migration) -> str:
    """The file that rolls back; run it only after those of later migrations."""
    return render_template(f"{migration.dialect}/rollback.sql.jinja", **_common(migration, migration.rollback))


def _common(migration: Migration, statements: Sequence[Statement]) -> dict[str, object]:
    is_close = migration.dialect == "sqlite" and migration.altering
    return {
        "number": f"{migration.number:03d}",
        "name": migration.name,
        "file": f"{migration.identifier}.sql",
        "transactional": migration.transactional,
        "altering": migration.altering,
        "rollback_losses": _bullets(migration.rollback_losses),
        "rollback_stops": _bullets(migration.rollback_stops),
        "statements": _close(statements) if is_close else _statements(statements),
    }


def _statements(statements: Iterable[Statement]) -> list[tuple[list[str], str]]:
    """Each statement with the comments above it, and an empty line behind it."""
    return [(_above(statement), f"{statement.sql};\n") for statement in statements]


def _close(statements: Iterable[Statement]) -> list[tuple[list[str], str]]:
    """Statements line below line; a savepoint stands on the line of the statement that it holds."""
    found: list[tuple[list[str], str]] = []
    held = ""
    for each in statements:
        heading = _above(each)
        if each.sql == STEP:
            held = f"{STEP}; "
            found.append((heading, ""))
        elif held:
            found[-1] = (found[-1][0], f"{held}{each.sql};")
            held = ""
        else:
            found.append((heading, f"{each.sql};"))
    return [*found[:-1], (found[-1][0], f"{found[-1][1]}\n")] if found else []


def _above(statement: Statement) -> list[str]:
    """The comments above a statement; SQLite has no escapes, so what can't be seen in it is named there."""
    unseen = invisible(statement.sql)
    return _comments([statement.heading, f"Invisible in the texts below: {', '.join(unseen)}" if unseen else ""])


def _comments(texts: Iterable[str]) -> list[str]:
    return [line for text in texts if text for line in comment_lines(one_line(text))]


def _bullets(texts: Iterable[str]) -> list[str]:
    return [f"--   {one_line(text)}" for text in texts]


def _commented(statement: Statement) -> list[str]:
    return [f"-- {line}".rstrip() for line in f"{statement.sql};".split("\n")]
