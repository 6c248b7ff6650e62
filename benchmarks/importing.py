"""What an import costs at 100 and 1,000 tables: ``make bench`` prints it below what a build costs.

The databases are made by the migrations of a synthetic spec: a SQLite file, and a database of the embedded PostgreSQL.
The proof, which builds the specs again, is part of every figure; so is, with ``--adopt``, the output. CPU seconds are
those of the importing process (``bench`` says how they are measured); seconds by the clock count PostgreSQL's too.
"""

from __future__ import annotations

import math
import platform
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench import measured
from synthetic import write_specs

from schemagen.databases.embedded import embedded_server
from schemagen.databases.servers import connect
from schemagen.migrations.first_build import first_build
from schemagen.project.pipeline import Options, load

if TYPE_CHECKING:
    from schemagen.schema.model import Schema

SIZES = (100, 1000)


@dataclass(frozen=True)
class Cost:
    """What one import took: of the processor, and by the clock."""

    cpu: float
    clock: float


def synthetic(tables: int) -> Schema:
    """A schema of so many tables."""
    with tempfile.TemporaryDirectory(prefix="schemagen-bench-") as folder:
        write_specs(Path(folder), tables)
        return load(Options(Path(folder))).schema


def cost(source: str, *flags: str) -> Cost:
    """What importing a database costs."""
    with tempfile.TemporaryDirectory(prefix="schemagen-bench-") as folder:
        output = ["--output", f"{folder}/output"] if "--adopt" in flags else []
        command = [sys.executable, "-m", "schemagen", "import", source, "--specs", f"{folder}/specs", *output, *flags]
        start = time.perf_counter()
        run = measured(*command)
        return Cost(run.seconds, time.perf_counter() - start)


def from_sqlite(tables: int, *flags: str) -> Cost:
    """What importing a SQLite file costs."""
    with tempfile.TemporaryDirectory(prefix="schemagen-bench-") as folder:
        file = Path(folder) / "live.db"
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            connection.execute("BEGIN")
            for step in first_build(synthetic(tables)):
                for statement in step.sqlite.statements:
                    connection.execute(statement.sql)
            connection.execute("COMMIT")
        return cost(str(file), *flags)


def from_postgres(tables: int, *flags: str) -> Cost:
    """What importing a database of the embedded PostgreSQL costs."""
    with embedded_server().database() as url:
        with closing(connect(url, autocommit=True)) as connection:
            for step in first_build(synthetic(tables)):
                for statement in step.postgres.statements:
                    connection.execute(statement.sql.encode())
        return cost(url, *flags)


def line(title: str, found: list[Cost]) -> str:
    """The figures of one kind of import: both sizes, and the exponents between them."""
    growth = math.log(SIZES[1] / SIZES[0])
    exponents = [
        math.log(large / small) / growth
        for small, large in ((found[0].cpu, found[1].cpu), (found[0].clock, found[1].clock))
    ]
    cells = [
        f"{tables:,} tables {each.cpu:.2f} s CPU, {each.clock:.2f} s ({each.clock / tables:.4f} s a table)"
        for tables, each in zip(SIZES, found, strict=True)
    ]
    return f"{title}: {'; '.join(cells)}; growth exponents {exponents[0]:.2f} and {exponents[1]:.2f}"


def main() -> None:
    """Measure both engines and both sizes, without and with adopting; a line for each."""
    for title, made in (("SQLite", from_sqlite), ("PostgreSQL", from_postgres)):
        for flags in ((), ("--adopt",)):
            found = [made(tables, *flags) for tables in SIZES]
            print(line(" ".join(("import from", title, *flags)), found), flush=True)  # noqa: T201
    reported = "Aim: exponents of at most 1.05."
    print(f"{reported} Python {platform.python_version()}, {platform.system()} {platform.machine()}")  # noqa: T201


if __name__ == "__main__":
    main()
