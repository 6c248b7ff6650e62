"""The command `verify`: from flags to a report. What is claimed comes from the specs, what is proved from the files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from schemagen.base.diagnostics import SchemagenError
from schemagen.base.layout import LOCK_FILE
from schemagen.databases.embedded import embedded_server
from schemagen.databases.prerequisites import prerequisites_file
from schemagen.databases.servers import external_server, failure
from schemagen.lint.linting import read_lint_settings
from schemagen.migrations.change_build import new_steps
from schemagen.migrations.git import Repository
from schemagen.migrations.history import lock_content, read_history
from schemagen.migrations.lock import loads_from
from schemagen.project.pipeline import load
from schemagen.project.settings import read_rule_levels
from schemagen.verify.focus import focus_on
from schemagen.verify.runner import Scope, prove
from schemagen.verify.suppressions import suppressions

from .console import ProofFormat
from .progress import progress_line
from .reports import verify as rendering

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemagen.base.tree import Tree
    from schemagen.databases.servers import Server
    from schemagen.migrations.lock import Lock
    from schemagen.project.pipeline import Options
    from schemagen.resolve.loaded import Loaded
    from schemagen.verify.focus import Focus
    from schemagen.verify.report import Report

NO_OUTPUT = "SG455"
NOT_PROVED = "SG456"
MODELS_MISSING = "SG457"
OLDER = "SG459"


_RENDERERS: dict[ProofFormat, Callable[[Report], str]] = {
    ProofFormat.TEXT: rendering.as_text,
    ProofFormat.JSON: rendering.as_json,
    ProofFormat.MARKDOWN: rendering.as_markdown,
    ProofFormat.JUNIT: rendering.as_junit,
}


def verify(
    options: Options,
    *,
    sqlite_only: bool = False,
    postgres: str | None = None,
    latency: bool = False,
    scale: float | None = None,
    since: str | None = None,
) -> Report:
    """Prove what the specs claim of the output as it stands; with ``since`` what has changed after that revision.

    Raises:
        SchemagenError: for mistakes in the specs or the settings, an output that is missing, was edited or is of an
            older spec (SG40x, SG455, SG459), a server that cannot be used (SG45x), or packages that are not installed.
    """
    loaded = load(options)
    if loaded.failed:
        raise SchemagenError(loaded.diagnostics, loaded.sources)
    lock = _checked_lock(options.tree, loaded)
    _check_models_installed()
    server = None if sqlite_only else _server(postgres)
    scope = Scope(
        server,
        latency=latency,
        scale=scale,
        before=prerequisites_file(options.specs),
        suppressed=suppressions(loaded.schema, loaded.sources, read_lint_settings(read_rule_levels())),
        place=lambda origin: loaded.sources.span(origin, key=True),
        focus=_focus(options.tree, lock, since) if since else None,
    )
    with progress_line() as progress:
        return prove(loaded.schema, options.tree, scope, progress)


def _focus(output: Tree, lock: Lock, revision: str) -> Focus | None:
    """What has changed since the output of a revision; None, which is all, where another program has written that.

    Raises:
        SchemagenError: SG412 without git or such a revision, SG40x for a lock that cannot be read.
    """
    repository = Repository(Path(output))
    commit = repository.commit(revision)
    content = repository.read(commit, LOCK_FILE)
    if content is None or any(_differs(repository, commit, output, path) for path in _shared_files(output)):
        return None
    return focus_on(loads_from(f"{revision}:{output}/{LOCK_FILE}", content), lock, revision)


def _shared_files(output: Tree) -> list[str]:
    """What a build writes alike for every schema: it differs where the program does."""
    folder = Path(output.located("models"))
    of_tables = {"__init__.py", "_rules.py"}
    helpers = (file.relative_to(folder).as_posix() for file in folder.rglob("_*.py") if file.name not in of_tables)
    return sorted([*(f"models/{path}" for path in helpers), "alembic/env.py"])


def _differs(repository: Repository, commit: str, output: Tree, path: str) -> bool:
    there, here = repository.read(commit, output.below(path)), Path(output.located(path)).read_bytes()
    return there is None or there.replace(b"\r\n", b"\n") != here.replace(b"\r\n", b"\n")


def rendered(report: Report, form: ProofFormat) -> str:
    """A report in the format that was asked for."""
    return _RENDERERS[form](report)


def _checked_lock(output: Tree, loaded: Loaded) -> Lock:
    lock = read_history(output, lock_content(output))
    if lock is None:
        raise failure(NO_OUTPUT, f"{output} has nothing to prove", "run `schemagen build` first")
    if lock.schema != loaded.schema or new_steps(loaded.steps, lock.steps, loaded.sources):
        raise failure(OLDER, f"{output} is of an older spec: the specs have changed since", "run `schemagen build`")
    return lock


def _check_models_installed() -> None:
    try:
        import alembic  # noqa: F401
        import sqlmodel  # noqa: F401
    except ImportError as error:
        hint = "`pip install sqlmodel alembic 'sqlalchemy>=2.1'` brings them"
        raise failure(MODELS_MISSING, "the models need packages that are not installed", hint) from error


def _server(url: str | None) -> Server:
    if url is not None:
        return external_server(url)
    try:
        return embedded_server()
    except SchemagenError as error:
        hint = "give a server with --postgres URL, or prove SQLite alone with --only sqlite"
        raise SchemagenError(
            [*error.diagnostics, *failure(NOT_PROVED, "PostgreSQL was not proved", hint).diagnostics]
        ) from error
