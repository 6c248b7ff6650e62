"""What a build costs, beside what it cannot avoid: ``make bench`` prints the table.

Every figure is the CPU time of a whole process (user and system, its children included), the smallest of a few. The
floor is a process that starts an interpreter, parses the same YAML with libyaml, parses the same DDL with sqlglot for
both dialects, runs the DDL of SQLite in memory, and writes the same bytes.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from synthetic import add_a_column, write_specs

HERE = Path(__file__).parent
SIZES = (10, 100, 1000, 5000)
MEASURED_AGAIN = 3
"""Runs of what is short; the smallest counts."""
MEASURED_ONCE_ABOVE = 1000
"""Tables; longer runs are measured once."""

TITLES = (
    "tables",
    "full build",
    "floor",
    "ratio",
    "growth exponent",
    "peak memory",
    "build, nothing changed",
    "check, nothing changed",
    "of full",
    "one table changed",
    "of full",
)
AIMS = (
    "Aims at 1,000 tables: full build at most 1.5 x the floor, growth exponent at most 1.05, nothing changed at most "
    "0.1 x, one changed table at most 0.25 x the full build; --help at most 2 x `import typer`."
)


@dataclass(frozen=True)
class Run:
    """What one process used."""

    seconds: float
    megabytes: float


@dataclass(frozen=True)
class Row:
    """The figures of one size."""

    tables: int
    full: Run
    floor: Run
    nothing_build: Run
    nothing_check: Run
    changed: Run | None
    """None where the change was refused."""


def measured(*command: str, again: int = 1) -> Run:
    """Run a command and return the smallest CPU time and the peak memory of its process."""
    return min((_measured_once(command) for _ in range(again)), key=lambda run: run.seconds)


def _measured_once(command: tuple[str, ...]) -> Run:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{output}")
    scale = 1 if platform.system() == "Darwin" else 1024
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * scale / 1e6)


def measure(tables: int, folder: Path) -> Row:
    """All figures of one size, in a folder of its own."""
    specs, output = folder / "specs", folder / "output"
    write_specs(specs, tables)
    again = MEASURED_AGAIN if tables <= MEASURED_ONCE_ABOVE else 1
    schemagen = (sys.executable, "-m", "schemagen")
    places = ("--specs", str(specs), "--output", str(output))
    full = []
    for _ in range(again):
        shutil.rmtree(output, ignore_errors=True)
        full.append(measured(*schemagen, "build", *places))
    floor = measured(sys.executable, str(HERE / "floor.py"), str(specs), str(output), str(folder / "copy"), again=again)
    reading = measured(sys.executable, str(HERE / "floor.py"), str(specs), str(output), again=again)
    start = measured(sys.executable, "-c", "pass", again=again)
    floor = Run(floor.seconds - reading.seconds + start.seconds, floor.megabytes)
    nothing_build = measured(*schemagen, "build", *places, again=MEASURED_AGAIN)
    nothing_check = measured(*schemagen, "check", *places, again=MEASURED_AGAIN)
    add_a_column(specs, tables)
    try:
        changed = measured(*schemagen, "build", *places)
    except RuntimeError:
        changed = None
    return Row(tables, min(full, key=lambda run: run.seconds), floor, nothing_build, nothing_check, changed)


def growth(one: Row, other: Row) -> float:
    """The exponent of the full build's time between two sizes."""
    return math.log(other.full.seconds / one.full.seconds) / math.log(other.tables / one.tables)


def table(rows: list[Row]) -> str:
    """The figures as a Markdown table."""
    lines = [
        f"| {' | '.join(TITLES)} |",
        "| ---: " * len(TITLES) + "|",
    ]
    for place, row in enumerate(rows):
        exponent = f"{growth(rows[place - 1], row):.2f}" if place else ""
        nothing = max(row.nothing_build.seconds, row.nothing_check.seconds)
        cells = [
            f"{row.tables:,}",
            f"{row.full.seconds:.2f} s",
            f"{row.floor.seconds:.2f} s",
            f"{row.full.seconds / row.floor.seconds:.2f}",
            exponent,
            f"{row.full.megabytes:.0f} MB",
            f"{row.nothing_build.seconds:.3f} s",
            f"{row.nothing_check.seconds:.3f} s",
            f"{nothing / row.full.seconds:.3f}",
            f"{row.changed.seconds:.2f} s" if row.changed else "refused",
            f"{row.changed.seconds / row.full.seconds:.2f}" if row.changed else "",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def start_up() -> str:
    """What `--help` costs beside the import of its library."""
    shown = measured(sys.executable, "-m", "schemagen", "--help", again=5)
    imported = measured(sys.executable, "-c", "import typer", again=5)
    bare = measured(sys.executable, "-c", "pass", again=5)
    return (
        f"`schemagen --help` {shown.seconds * 1000:.0f} ms, `import typer` {imported.seconds * 1000:.0f} ms "
        f"(ratio {shown.seconds / imported.seconds:.2f}), a bare start {bare.seconds * 1000:.0f} ms"
    )


def main() -> None:
    """Measure the sizes that were asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES)
    sizes = parser.parse_args().sizes
    rows = []
    for tables in sizes:
        with tempfile.TemporaryDirectory(prefix="schemagen-bench-") as folder:
            rows.append(measure(tables, Path(folder)))
            print(f"{tables} tables measured", file=sys.stderr, flush=True)  # noqa: T201
    print(f"{table(rows)}\n\n{start_up()}\n\n{AIMS}")  # noqa: T201
    print(f"CPU seconds; Python {platform.python_version()}, {platform.system()} {platform.machine()}")  # noqa: T201


if __name__ == "__main__":
    main()
