"""What an import costs at 100 and 1,000 tables: ``make bench`` prints it below what a build costs.

The figures are the CPU time of a whole process (``bench`` says how it is measured) for a SQLite file that the
migrations of a synthetic spec have made; the proof, which builds the specs again, is part of it.
"""

from __future__ import annotations

import math
import platform
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from bench import measured
from synthetic import write_specs

from schemagen.pipeline import Options, load
from schemagen.plan import first_build

SIZES = (100, 1000)


def make_database(file: Path, tables: int) -> None:
    """A database of synthetic tables without rows."""
    with tempfile.TemporaryDirectory(prefix="schemagen-bench-") as folder:
        write_specs(Path(folder), tables)
        schema = load(Options(Path(folder))).schema
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        for step in first_build(schema):
            for statement in step.sqlite.statements:
                connection.execute(statement.sql)
        connection.execute("COMMIT")


def seconds(tables: int, folder: Path) -> float:
    """The CPU time of importing so many tables."""
    database, specs = folder / "live.db", folder / "specs"
    make_database(database, tables)
    return measured(sys.executable, "-m", "schemagen", "import", str(database), "--specs", str(specs)).seconds


def main() -> None:
    """Measure both sizes and print seconds a table and the exponent between them."""
    found = []
    for tables in SIZES:
        with tempfile.TemporaryDirectory(prefix="schemagen-bench-") as folder:
            found.append(seconds(tables, Path(folder)))
    cells = [
        f"{tables:,} tables {s:.2f} s ({s / tables:.4f} s a table)" for tables, s in zip(SIZES, found, strict=True)
    ]
    exponent = math.log(found[1] / found[0]) / math.log(SIZES[1] / SIZES[0])
    told = f"import: {', '.join(cells)}, growth exponent {exponent:.2f}; aim: at most 1.05"
    print(f"{told}\nCPU seconds; Python {platform.python_version()}, {platform.system()} {platform.machine()}")  # noqa: T201


if __name__ == "__main__":
    main()
