"""Real engines for tests: how SQL is run on each of them, in every way that the documents promise."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from schemagen.databases.embedded import start_server
from schemagen.databases.servers import connect
from schemagen.databases.vectors import add_distances

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from schemagen.databases.servers import Server

IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}


def missing(reason: str) -> None:
    """Say aloud that a test did not run: a skip on somebody's machine, a failure in CI."""
    if IN_CI:
        pytest.fail(reason)
    pytest.skip(reason)


def sqlite_shell() -> str:
    """The path of the ``sqlite3`` shell."""
    found = shutil.which("sqlite3")
    if found is None:
        missing("the sqlite3 shell is not installed")
    return str(found)


def run_in_sqlite_shell(database: Path, file: Path) -> subprocess.CompletedProcess[str]:
    """A SQL file as the generated headers say: ``sqlite3 -bail DATABASE < FILE``."""
    with file.open("rb") as script:
        return subprocess.run(
            [sqlite_shell(), "-bail", "-init", os.devnull, str(database)],
            stdin=script,
            capture_output=True,
            text=True,
            check=False,
        )


def run_in_psql(server: Server, url: str, file: Path) -> subprocess.CompletedProcess[str]:
    """A SQL file as the generated headers say: ``psql -v ON_ERROR_STOP=1 -f FILE``."""
    program = str(server.psql) if server.psql else shutil.which("psql")
    if program is None:
        missing("psql is not installed")
    command = [str(program), "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-f", str(file), url]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def open_sqlite(database: Path | str = ":memory:") -> sqlite3.Connection:
    """A connection with foreign keys on and no transactions of Python's own."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    add_distances(connection)
    return connection


def open_postgres(url: str) -> psycopg.Connection:
    """A connection that commits every statement by itself."""
    return connect(url, autocommit=True)


def run_in_python(database: Path, file: Path) -> None:
    """A SQL file by Python's sqlite3."""
    connection = open_sqlite(database)
    try:
        connection.executescript(file.read_bytes().decode())  # as it stands: a text may hold a carriage return
    finally:
        connection.close()


def run_in_psycopg(url: str, file: Path) -> None:
    """A transactional SQL file by psycopg, which sends all of its statements at once."""
    with open_postgres(url) as connection:
        connection.execute(file.read_bytes())


@cache
def contrib_server() -> Server:
    """A server of Debian's newest PostgreSQL with the extensions of its package postgresql-contrib."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*"), key=lambda folder: float(folder.name))
    extensions = Path("/usr/share/postgresql")
    found = [one for one in installed if (extensions / one.name / "extension" / "citext.control").exists()]
    if not found:
        pytest.skip("Debian's postgresql-contrib is not installed")
    return start_server(found[-1])


def fresh_database(server: Server) -> Iterator[str]:
    """A new database of a server for one test."""
    with server.database() as url:
        yield url
