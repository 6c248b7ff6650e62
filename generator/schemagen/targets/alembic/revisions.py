"""The target `alembic`: an environment for both engines, and revisions that run the statements of the SQL files."""

from __future__ import annotations

import hashlib
import inspect
from typing import TYPE_CHECKING, Any

from schemagen.base.escape import docstring, one_line
from schemagen.base.render import render as render_template
from schemagen.base.tree import PLAIN
from schemagen.changes.sql_text import FRAME, STEP, read_statements
from schemagen.targets.python_code import WIDTH, Call, Code, Named, Text, layout, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from schemagen.base.tree import Tree
    from schemagen.changes.migration import Migration, Statement, Step
    from schemagen.schema.dialect import DialectName

ENGINES: Mapping[str, DialectName] = {"sqlite": "sqlite", "postgresql": "postgres"}
"""Our dialects by the names that SQLAlchemy gives to them."""

ENVIRONMENT = ("alembic.ini", "env.py", "script.py.mako")
ENV = "alembic/env.py"


def render(
    steps: Sequence[Step],
    files: Mapping[str, str],
    parent: Step | None = None,
    tree: Tree = PLAIN,
    *,
    placed: bool = False,
    vectors: bool = False,
) -> dict[str, str]:
    """Every file of the Alembic tree, by path.

    Args:
        steps: the new steps in order; each revises the one before it.
        files: their SQL files, by path.
        parent: the step that the first of them follows.
        tree: where the models and the SQL files lie.
        placed: whether PostgreSQL has tables elsewhere than SQLite.
        vectors: whether columns are of pgvector's type, which SQLAlchemy does not know.
    """
    path = tree.way(tree.import_root, ENV)
    values = {"package": tree.package, "import_path": path, "placed": placed, "vectors": vectors}
    names = ENVIRONMENT[1:] if tree.ini else ENVIRONMENT
    made = {f"alembic/{name}": render_template(f"alembic/{name}.jinja", **values) for name in names}
    made["alembic/statements.py"] = render_template(
        "alembic/statements.py.jinja",
        migrations=quoted(tree.relative("migrations", ENV)),
        frame=layout(Call("", *map(quoted, sorted(FRAME)), brackets="{}"), before=WIDTH),
        step=quoted(STEP),
        reading=inspect.getsource(read_statements).rstrip("\n"),
    )
    previous = revision_id(parent) if parent else None
    for step in steps:
        revision = revision_id(step)
        made[f"alembic/versions/{step.number:04d}_{step.name}.py"] = _text(step, files, revision, previous)
        previous = revision
    return made


def _text(step: Step, files: Mapping[str, str], revision: str, previous: str | None) -> str:
    """A revision that runs the SQL files; where they can't be read back as the statements are, it has those itself."""
    texts = {engine: [files[path] for path in _paths(step, dialect)] for engine, dialect in ENGINES.items()}
    read = {engine: [read_statements(text, engine) for text in both] for engine, both in texts.items()}
    if any(read[engine] != _lists(step.for_dialect(dialect)) for engine, dialect in ENGINES.items()):
        return render_template("alembic/revision.py.jinja", **_revision(step, revision, previous))
    hashes = [hashlib.sha256(text.encode()).hexdigest() for both in texts.values() for text in both]
    outside = _outside(step)
    return render_template(
        "alembic/revision_of_files.py.jinja",
        **_head(step, revision, previous),
        file=quoted(f"{step.identifier}.sql"),
        hashes=hashes,
        outside=Call("", *map(quoted, outside), brackets="[]").flat if outside else "",
    )


def _paths(step: Step, dialect: DialectName) -> tuple[str, str]:
    folder = f"migrations/{dialect}"
    return f"{folder}/{step.identifier}.sql", f"{folder}/rollback/{step.identifier}.sql"


def _lists(migration: Migration) -> list[list[str]]:
    return [[each.sql for each in listed] for listed in (migration.statements, migration.rollback)]


def revision_id(step: Step) -> str:
    """``0001_5f2c9a1b``: the number, and a hash of what the step does.

    A database that has run a migration which ``rebase`` recreated is so unknown to Alembic, not at another step of the
    same number. Alembic finds a revision by the beginning of its name, so that ``alembic stamp 0001`` is enough.
    """
    said = "\0".join((step.name, *(change.text for change in step.changes)))
    return f"{step.number:04d}_{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def _head(step: Step, revision: str, previous: str | None) -> dict[str, str]:
    return {
        "docstring": _docstring(step, revision, previous),
        "revision": quoted(revision),
        "down_revision": quoted(previous) if previous else "None",
    }


def _outside(step: Step) -> list[str]:
    """The engines on which a step runs outside a transaction."""
    return [engine for engine, dialect in ENGINES.items() if not step.for_dialect(dialect).transactional]


def _revision(step: Step, revision: str, previous: str | None) -> dict[str, Any]:
    migrations = {engine: step.for_dialect(dialect) for engine, dialect in ENGINES.items()}
    outside = _outside(step)
    return {
        **_head(step, revision, previous),
        "upgrade": _statements({engine: migration.statements for engine, migration in migrations.items()}),
        "downgrade": _statements({engine: migration.rollback for engine, migration in migrations.items()}),
        "without_transaction": Call("", *map(quoted, outside), brackets="{}").flat if outside else "",
    }


def _docstring(step: Step, revision: str, previous: str | None) -> str:
    title = step.name.replace("_", " ").capitalize()
    lines = [f"{title}.", "", *(f"- {one_line(change.text)}" for change in step.changes)]
    lines += [*([""] if step.changes else []), f"Revision ID: {revision}", f"Revises: {previous or 'nothing'}"]
    return f'"""{docstring(chr(10).join(lines))}\n"""'


def _statements(by_engine: Mapping[str, Iterable[Statement]]) -> str:
    """A dict of the statements by engine; always one a line, as it is read in a review."""
    items: list[Code] = [
        Named(quoted(engine), Call("", *(Text(statement.sql) for statement in statements), brackets="[]"), ": ")
        for engine, statements in by_engine.items()
    ]
    return layout(Call("", *items, brackets="{}"), before=100)
