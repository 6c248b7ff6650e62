"""What generated tables cost in a database: ``make bench-databases`` prints the table.

*Plain* tables have the same columns, declared types, keys, foreign keys and indexes, and no checks or triggers. Ratios
are of CPU seconds of one run, or of the clock where a server works, each the median of ``--runs`` pairs in turn.
sqlacodegen comes from the package index into an environment of its own. ``--before DIR`` also measures the package in
DIR, such as ``generator`` of another revision.
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
import venv
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING
from uuid import UUID

from bench import measured
from peers import schemagen
from synthetic import write_specs

from schemagen.databases.embedded import embedded_server
from schemagen.databases.urls import sqlalchemy_url

if TYPE_CHECKING:
    from collections.abc import Callable

SQLACODEGEN = "sqlacodegen==4.0.3"
ROWS = 20_000
MISSING = 0.9
_INDEXES = "SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY rowid"
_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid"


def pairs(one: Callable[[], float], other: Callable[[], float], runs: int) -> float:
    """The median of the ratios of two things that are measured in turn."""
    return median(one() / other() for _ in range(runs))


def migrations(folder: Path) -> list[Path]:
    """The files in a folder of migrations, in order."""
    return sorted(folder.glob("*.sql"), key=lambda file: int(file.name.partition("_")[0]))


def migrate(file: Path, output: Path) -> None:
    """A SQLite file made by the migrations."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for script in migrations(output / "migrations/sqlite"):
            connection.executescript(script.read_text(encoding="utf-8"))


def make_plain(source: Path, file: Path) -> None:
    """The tables of a SQLite file without their checks and triggers."""
    with closing(sqlite3.connect(source)) as ours, closing(sqlite3.connect(file)) as plain:
        for (table,) in ours.execute(_TABLES).fetchall():
            plain.execute(_plain_table(ours, table))
        for (sql,) in ours.execute(_INDEXES).fetchall():
            plain.execute(sql)
        plain.commit()


def _plain_table(connection: sqlite3.Connection, table: str) -> str:
    parts, keys = [], []
    for _, name, type_, is_required, default, key in connection.execute(f'PRAGMA table_info("{table}")'):
        given = f" DEFAULT ({default})" if default is not None else ""
        parts.append(f'"{name}" {type_}{" NOT NULL" if is_required else ""}{given}')
        keys += [f'"{name}"'] if key else []
    parts.append(f"PRIMARY KEY ({', '.join(keys)})")
    for _, index, _, origin, _ in connection.execute(f'PRAGMA index_list("{table}")').fetchall():
        if origin == "u":
            columns = ", ".join(f'"{row[2]}"' for row in connection.execute(f'PRAGMA index_info("{index}")'))
            parts.append(f"UNIQUE ({columns})")
    for _, _, parent, column, of, _, on_delete, _ in connection.execute(f'PRAGMA foreign_key_list("{table}")'):
        parts.append(f'FOREIGN KEY ("{column}") REFERENCES "{parent}" ("{of}") ON DELETE {on_delete}')
    return f'CREATE TABLE "{table}" ({", ".join(parts)}) STRICT'


def insert_rows(file: Path) -> float:
    """CPU seconds of many INSERTs into one table, undone."""
    rows = [
        (str(UUID(int=n + 1)), str(UUID(int=1)), None, f"name {n}", f"{n}@example.org", "active", 12.5, "{}")
        for n in range(ROWS)
    ]
    names = "id, first_id, second_id, name, email, status, amount, details"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        start = time.process_time()
        connection.executemany(f"INSERT INTO table_00000 ({names}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        taken = time.process_time() - start
        connection.rollback()
    return taken


def opened(file: Path) -> float:
    """CPU seconds of opening a file and reading a table."""
    start = time.process_time()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("SELECT count(*) FROM table_00000").fetchone()
    return time.process_time() - start


def by_alembic(output: Path) -> float:
    """Seconds of ``alembic upgrade head`` in a new database."""
    with embedded_server().database() as url:
        os.environ["DATABASE_URL"] = sqlalchemy_url(url)
        start = time.perf_counter()
        measured(sys.executable, "-m", "alembic", "-c", str(output / "alembic/alembic.ini"), "upgrade", "head")
        return time.perf_counter() - start


def by_psql(output: Path) -> float:
    """Seconds of one call of psql with every migration."""
    files = [f"--file={file}" for file in migrations(output / "migrations/postgres")]
    with embedded_server().database() as url:
        start = time.perf_counter()
        measured("psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", *files, url)
        return time.perf_counter() - start


def sqlacodegen(folder: Path) -> str:
    """The program, in an environment of its own."""
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin/python", "-m", "pip", "install", "-qq", SQLACODEGEN], check=True)
    return str(folder / "bin/sqlacodegen")


def drift(folder: Path, file: Path, package: str) -> float:
    """CPU seconds of a comparison of a live database, whatever it finds."""
    code = "import subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=False)"
    os.environ["PYTHONPATH"] = package
    os.chdir(folder)
    run = measured(sys.executable, "-c", code, sys.executable, "-m", "schemagen", "verify", f"--database={file}")
    del os.environ["PYTHONPATH"]
    return run.seconds


def without_tables(file: Path, copy: Path) -> Path:
    """A copy of a SQLite file that lacks most of its tables, the last ones."""
    copy.write_bytes(file.read_bytes())
    with closing(sqlite3.connect(copy)) as connection:
        names = [name for (name,) in connection.execute(_TABLES)]
        for name in reversed(names[round(len(names) * (1 - MISSING)) :]):
            connection.execute(f'DROP TABLE "{name}"')
        connection.commit()
    return copy


def measure(folder: Path, package: str, tables: int, runs: int, peer: str) -> dict[str, float]:
    """Every figure of one package."""
    write_specs(folder / "specs", tables)
    schemagen("build", folder, package)
    output, live, plain = folder / "output", folder / "live.db", folder / "plain.db"
    migrate(live, output)
    make_plain(live, plain)
    fewer = without_tables(live, folder / "fewer.db")
    models = (peer, "--generator", "sqlmodels", "--outfile", str(folder / "peer.py"), f"sqlite:///{live}")
    counter = iter(range(runs))

    def imported() -> float:
        return schemagen(f"import {live} --specs {folder}/imported-{next(counter)}", folder, package).seconds

    return {
        "raw INSERT on SQLite / plain": pairs(lambda: insert_rows(live), lambda: insert_rows(plain), runs),
        f"opening a SQLite file of {tables:,} tables / plain": pairs(
            lambda: opened(live), lambda: opened(plain), 10 * runs
        ),
        "`alembic upgrade head`, PostgreSQL / psql, one call": pairs(
            lambda: by_alembic(output), lambda: by_psql(output), runs
        ),
        "import, SQLite / sqlacodegen": pairs(imported, lambda: measured(*models).seconds, runs),
        f"drift with {MISSING:.0%} of the tables missing / none missing": pairs(
            lambda: drift(folder, fewer, package), lambda: drift(folder, live, package), runs
        ),
    }


def main() -> None:
    """Measure every package and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", type=int, nargs="?", default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--before", default="")
    given = parser.parse_args()
    packages = {**({"before": str(Path(given.before).resolve())} if given.before else {}), "now": ""}
    with tempfile.TemporaryDirectory(prefix="schemagen-databases-") as name:
        peer = sqlacodegen(Path(name) / "peer")
        found = {which: measure(Path(name) / which, p, given.tables, given.runs, peer) for which, p in packages.items()}
        os.chdir("/")
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {SQLACODEGEN}"
    print(f"{given.tables:,} tables, medians of {given.runs} runs, {versions}\n")  # noqa: T201
    print(f"| figure | {' | '.join(found)} |\n| --- |{' ---: |' * len(found)}")  # noqa: T201
    for title in found["now"]:
        print(f"| {title} | {' | '.join(f'{each[title]:.2f}' for each in found.values())} |")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
