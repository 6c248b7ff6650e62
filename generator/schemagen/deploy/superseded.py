"""A database that has run migrations which a rebase recreated: it goes back by the rollbacks that the rebase kept."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemagen.base.layout import read_generated
from schemagen.changes.sql_text import read_statements
from schemagen.databases.servers import failure
from schemagen.migrations.lock import content_hash
from schemagen.migrations.written import runs_outside, said_by
from schemagen.project.superseded import FOLDER

from .chain import SQLALCHEMY_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    import sqlalchemy as sa

    from schemagen.base.layout import Output
    from schemagen.migrations.lock import Lock

    from .target import Target

EDITED = "SG404"


@dataclass(frozen=True, slots=True)
class Former:
    """A revision that a rebase recreated: its name, the one before it, and how it is taken back, by engine.

    ``outside`` are the engines on which that runs outside a transaction.
    """

    revision: str
    before: str | None
    downgrade: dict[str, list[str]]
    outside: frozenset[str]


def former(output: Output, lock: Lock, revision: str) -> Former | None:
    """A revision that a rebase kept; None where there is none of that name.

    Raises:
        SchemagenError: SG404 for a file that is not as it was written.
    """
    folder = f"{FOLDER}/{revision}"
    code = _kept(output, lock, f"{folder}/revision.py")
    if code is None:
        return None
    values = said_by(code)
    downgrade = values.get("DOWNGRADE")
    if downgrade is None:  # it is in SQL files
        texts = {engine: _kept(output, lock, f"{folder}/rollback.{engine}.sql") for engine in SQLALCHEMY_NAMES}
        if None in texts.values():
            return None
        names = SQLALCHEMY_NAMES
        downgrade = {names[engine]: read_statements(text or "", names[engine]) for engine, text in texts.items()}
    return Former(revision, values["down_revision"], downgrade, runs_outside(code))


def _kept(output: Output, lock: Lock, path: str) -> str | None:
    """The text of a kept file; None where the lock or the folder has none of that name."""
    digest = dict(lock.superseded).get(path)
    if digest is None:
        return None
    try:
        content = read_generated(f"{output}/{path}")
    except OSError:
        return None
    if content_hash(content) != digest:
        raise failure(EDITED, f"{output}/{path} was modified after it was generated (hash mismatch)", "restore it")
    return content.decode()


def take_back(connection: sa.Connection, target: Target, one: Former) -> float:
    """Run the rollback of a former revision, and record the one before it: the seconds that it took."""
    began, engine = time.monotonic(), SQLALCHEMY_NAMES[target.dialect]
    statements = one.downgrade[engine]
    if engine in one.outside:
        usual = connection.get_isolation_level()
        connection.rollback()
        connection.execution_options(isolation_level="AUTOCOMMIT")
        _send(connection, statements)
        connection.rollback()
        connection.execution_options(isolation_level=usual)
        statements = []
    with connection.begin():
        _send(connection, statements)
        if one.before is None:
            connection.exec_driver_sql("DELETE FROM alembic_version")
        else:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{one.before}'")
    return time.monotonic() - began


def _send(connection: sa.Connection, statements: Iterable[str]) -> None:
    for sql in statements:
        connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
