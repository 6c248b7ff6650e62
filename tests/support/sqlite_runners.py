"""Ways to run a migration on SQLite: shells and drivers, careful and careless ones."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from support.alembic_commands import run_alembic
from support.engines import sqlite_shell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Built:
    """The output folder, and the migration of the change."""

    output: Path
    migration: Path
    statements: tuple[str, ...]


def shell(database: Path, script: str, *flags: str) -> None:
    command = [sqlite_shell(), *flags, "-init", os.devnull, str(database)]
    subprocess.run(command, input=script, text=True, capture_output=True, check=False)


def in_shell(built: Built, database: Path) -> None:
    shell(database, built.migration.read_text(encoding="utf-8"))


def in_shell_with_bail(built: Built, database: Path) -> None:
    shell(database, built.migration.read_text(encoding="utf-8"), "-bail")


def in_shell_within(built: Built, database: Path) -> None:
    shell(database, f"PRAGMA foreign_keys = ON;\nBEGIN;\n{built.migration.read_text(encoding='utf-8')}\nCOMMIT;\n")


def in_shell_within_with_bail(built: Built, database: Path) -> None:
    shell(
        database,
        f"PRAGMA foreign_keys = ON;\nBEGIN;\n{built.migration.read_text(encoding='utf-8')}\nCOMMIT;\n",
        "-bail",
    )


def in_shell_within_without_keys(built: Built, database: Path) -> None:
    shell(database, f"BEGIN;\n{built.migration.read_text(encoding='utf-8')}\nCOMMIT;\n")


def in_shell_twice_within(built: Built, database: Path) -> None:
    text = built.migration.read_text(encoding="utf-8")
    shell(database, f"PRAGMA foreign_keys = ON;\nBEGIN;\n{text}\nCOMMIT;\n")
    shell(database, text)


def _each(built: Built, database: Path, *, begins: str, ends: str, keys: bool, stops: bool) -> None:
    connection = sqlite3.connect(database, isolation_level=None)
    if keys:
        connection.execute("PRAGMA foreign_keys = ON")
    for statement in (begins, *built.statements, ends):
        try:
            connection.execute(statement)
        except sqlite3.Error:
            if stops:
                if connection.in_transaction:
                    connection.rollback()
                break
    connection.close()


def in_python_autocommit_going_on(built: Built, database: Path) -> None:
    _each(built, database, begins="SAVEPOINT schemagen", ends="RELEASE schemagen", keys=True, stops=False)


def in_python_autocommit_stopping(built: Built, database: Path) -> None:
    _each(built, database, begins="SAVEPOINT schemagen", ends="RELEASE schemagen", keys=True, stops=True)


def in_python_transaction(built: Built, database: Path) -> None:
    _each(built, database, begins="BEGIN", ends="COMMIT", keys=True, stops=True)


def in_python_transaction_going_on(built: Built, database: Path) -> None:
    _each(built, database, begins="BEGIN", ends="COMMIT", keys=True, stops=False)


def in_python_transaction_without_keys(built: Built, database: Path) -> None:
    _each(built, database, begins="BEGIN", ends="COMMIT", keys=False, stops=False)


def in_executescript(built: Built, database: Path) -> None:
    connection = sqlite3.connect(database)
    try:
        connection.executescript(built.migration.read_text(encoding="utf-8"))
    except sqlite3.Error:
        with suppress(sqlite3.Error):
            connection.commit()  # as a careless program does
    connection.close()


def in_executescript_within(built: Built, database: Path) -> None:
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    with suppress(sqlite3.Error):
        connection.executescript("BEGIN;" + built.migration.read_text(encoding="utf-8") + "COMMIT;")
    connection.close()


def in_alembic(built: Built, database: Path) -> None:
    folder = built.output / "alembic"
    number = re.match(r"\d+", built.migration.name)
    assert number
    before = f"{int(number[0]) - 1:04d}"
    run_alembic(folder / "alembic.ini", f"sqlite:///{database}", folder, f"stamp:{before}", strict=False)
    with suppress(AssertionError):  # what matters is what it leaves
        run_alembic(folder / "alembic.ini", f"sqlite:///{database}", folder, "upgrade:head", strict=False)


RUNNERS = (
    in_shell,
    in_shell_with_bail,
    in_shell_within,
    in_shell_within_with_bail,
    in_shell_within_without_keys,
    in_shell_twice_within,
    in_python_autocommit_going_on,
    in_python_autocommit_stopping,
    in_python_transaction,
    in_python_transaction_going_on,
    in_python_transaction_without_keys,
    in_executescript,
    in_executescript_within,
    in_alembic,
)

TICK = 5
"""How many steps of SQLite there are between two timestamps at which a run may be interrupted."""


@dataclass(frozen=True)
class Careless:
    """A runner that goes on after every error, with what it has done before and does after the file."""

    in_shell: bool
    within: bool
    keys: bool

    def run(self, database: Path, statements: Sequence[str], interrupted_at: int | None = None) -> int:
        """Run a file; how many timestamps there were (in Python), at one of which it may be interrupted."""
        lines = ["BEGIN", *statements, "COMMIT"] if self.within else statements
        lines = [f"PRAGMA foreign_keys = {'ON' if self.keys else 'OFF'}", *lines]
        if self.in_shell:
            shell(database, "".join(f"{line};\n" for line in lines))
            return 0
        connection = sqlite3.connect(database, isolation_level=None)
        ticks = count(1)
        for line in lines:
            reads = line.startswith("INSERT INTO _schemagen_guard")  # long, and nothing has been changed by then
            connection.set_progress_handler(lambda: next(ticks) == interrupted_at, TICK * (1000 if reads else 1))
            try:
                connection.execute(line)
            except sqlite3.Error as error:
                if "full" in str(error):
                    connection.execute("PRAGMA max_page_count = 1000000")
        connection.close()
        return next(ticks) - 1


CARELESS = (
    Careless(in_shell=True, within=False, keys=True),
    Careless(in_shell=True, within=True, keys=True),
    Careless(in_shell=True, within=True, keys=False),
    Careless(in_shell=False, within=False, keys=False),
    Careless(in_shell=False, within=True, keys=True),
    Careless(in_shell=False, within=True, keys=False),
)
