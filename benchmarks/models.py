"""The models in an application beside what one writes by hand: ``make bench-models`` prints the table.

Every figure is a ratio of CPU times of one run, the median of several, both sides in turn; statements are counted. By
hand means SQLModel as its manual shows it: the same tables, keys, indexes, checks, defaults and relationships. Imports
are measured in processes that have imported SQLModel and pydantic already.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from by_hand import write_models
from synthetic import write_specs

from schemagen.databases.embedded import embedded_server
from schemagen.databases.urls import sqlalchemy_url
from schemagen.project.pipeline import Options, build

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
RUNS = 5
"""Pairs of processes for each ratio."""


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    title: str
    value: float
    aim: float
    form: str = ".2f"

    def __str__(self) -> str:
        """The line."""
        verdict = "met" if self.value <= self.aim else "missed"
        return f"| {self.title} | {self.value:{self.form}} | {self.aim:g} | {verdict} |"


def measured(task: str, package: Path, *arguments: str) -> dict[str, float]:
    """What one process of ``in_use.py`` says of itself."""
    command = [sys.executable, str(HERE / "in_use.py"), task, str(package), *arguments]
    return dict(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def ratio(task: str, ours: Path, plain: Path, key: str = "seconds") -> float:
    """Our figure by that of the models by hand, the median of pairs."""
    pairs = [(measured(task, ours), measured(task, plain)) for _ in range(RUNS)]
    return median(one[key] / other[key] for one, other in pairs)


def figures(tables: int, folder: Path) -> Iterator[Figure]:
    """Every figure, in a folder of its own."""
    ours, plain = folder / "ours", folder / "plain"
    write_specs(folder / "specs", tables)
    build(Options(folder / "specs", ours))
    write_models(plain / "models", tables)
    for package in (ours, plain):
        measured("import", package)  # compiles the modules
    measured("import_all", ours)
    yield Figure(f"import of {tables} models / by hand", ratio("import", ours, plain), 1.1)
    together = [measured("import_all", ours)["seconds"] / measured("import", plain)["seconds"] for _ in range(RUNS)]
    yield Figure("models, request models / models by hand", median(together), 1.35)
    yield Figure("`drop_all` on SQLite / by hand", ratio("drop", ours, plain), 1.5)
    build(Options(HERE.parent / "specs", folder / "demo"))
    with embedded_server().database() as url:
        for engine, place in (("SQLite", "sqlite://"), ("PostgreSQL", sqlalchemy_url(url))):
            runs = [measured("calls", folder / "demo", place) for _ in range(RUNS)]
            for key, title, aim in (("one", "one row", 1.3), ("ten", "ten rows", 1.6)):
                value = median(run[key] for run in runs)
                yield Figure(f"query function, {title}, {engine} / `session.execute(text())`", value, aim)
            yield Figure(f"statements for 300 ORM inserts, {engine}", runs[0]["statements"], 3, ".0f")


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", type=int, nargs="?", default=100)
    tables = parser.parse_args().tables
    print("| figure | ratio | aim | |\n| --- | ---: | ---: | --- |")  # noqa: T201
    with tempfile.TemporaryDirectory(prefix="schemagen-bench-") as folder:
        for figure in figures(tables, Path(folder)):
            print(figure, flush=True)  # noqa: T201
    print(f"CPU seconds; Python {platform.python_version()}, {platform.system()} {platform.machine()}")  # noqa: T201


if __name__ == "__main__":
    main()
