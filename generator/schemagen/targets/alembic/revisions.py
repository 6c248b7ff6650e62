"""The target `alembic`: an environment for both engines, and one revision a step that runs exactly its statements."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from schemagen.base.escape import docstring, one_line
from schemagen.base.render import render as render_template
from schemagen.targets.python_code import Call, Code, Named, Text, layout, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from schemagen.changes.migration import Statement, Step
    from schemagen.schema.model import DialectName

ENGINES: Mapping[str, DialectName] = {"sqlite": "sqlite", "postgresql": "postgres"}
"""Our dialects by the names that SQLAlchemy gives to them."""

ENVIRONMENT = ("alembic.ini", "env.py", "script.py.mako")


def render(steps: Sequence[Step]) -> dict[str, str]:
    """Every file of the Alembic tree, by path.

    Args:
        steps: the whole history in order; each revises the one before it.
    """
    files = {f"alembic/{name}": render_template(f"alembic/{name}.jinja") for name in ENVIRONMENT}
    previous: str | None = None
    for step in steps:
        revision = revision_id(step)
        files[f"alembic/versions/{step.number:04d}_{step.name}.py"] = render_template(
            "alembic/revision.py.jinja", **_revision(step, revision, previous)
        )
        previous = revision
    return files


def revision_id(step: Step) -> str:
    """``0001_5f2c9a1b``: the number, and a hash of what the step does.

    A database that has run a migration which ``rebase`` made anew is so unknown to Alembic, not at another step of the
    same number. Alembic finds a revision by the beginning of its name, so that ``alembic stamp 0001`` is enough.
    """
    said = "\0".join((step.name, *step.changes))
    return f"{step.number:04d}_{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def _revision(step: Step, revision: str, previous: str | None) -> dict[str, Any]:
    migrations = {engine: step.for_dialect(dialect) for engine, dialect in ENGINES.items()}
    outside = [engine for engine, migration in migrations.items() if not migration.transactional]
    return {
        "docstring": _docstring(step, revision, previous),
        "revision": quoted(revision),
        "down_revision": quoted(previous) if previous else "None",
        "upgrade": _statements({engine: migration.statements for engine, migration in migrations.items()}),
        "downgrade": _statements({engine: migration.rollback for engine, migration in migrations.items()}),
        "without_transaction": Call("", *map(quoted, outside), brackets="{}").flat if outside else "",
    }


def _docstring(step: Step, revision: str, previous: str | None) -> str:
    title = step.name.replace("_", " ").capitalize()
    lines = [f"{title}.", "", *(f"- {one_line(change)}" for change in step.changes)]
    lines += [*([""] if step.changes else []), f"Revision ID: {revision}", f"Revises: {previous or 'nothing'}"]
    return f'"""{docstring(chr(10).join(lines))}\n"""'


def _statements(by_engine: Mapping[str, Iterable[Statement]]) -> str:
    """A dict of the statements by engine; always one a line, as it is read in a review."""
    items: list[Code] = [
        Named(quoted(engine), Call("", *(Text(statement.sql) for statement in statements), brackets="[]"), ": ")
        for engine, statements in by_engine.items()
    ]
    return layout(Call("", *items, brackets="{}"), before=100)
