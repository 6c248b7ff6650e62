"""What a start costs: commands that have nothing to do, in CPU seconds beside ``python -c pass``.

``--before DIR`` also measures the package in DIR, such as ``generator`` of another revision, in turn with this one.
Each figure is the median of ``--runs`` runs.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from bench import measured
from peers import Figures, schemagen
from synthetic import write_specs

TABLES = 5
COMMANDS = ("--help", "lint", "build")
"""What is run on specs that the last run has seen."""


def prepare(folder: Path, package: str) -> None:
    """A project that is built and linted, and one whose specs change before each run."""
    for name in ("seen", "changed"):
        write_specs(folder / name / "specs", TABLES)
        for command in ("build", "lint"):
            schemagen(command, folder / name, package)


def measure(name: str, folder: Path, package: str, figures: Figures) -> None:
    """Every command of one package, once."""
    for command in COMMANDS:
        figures.add(f"{name}: {command}", schemagen(command, folder / "seen", package))
    with next((folder / "changed/specs").glob("*.yaml")).open("a", encoding="utf-8") as spec:
        spec.write("# changed\n")
    figures.add(f"{name}: lint of what has changed", schemagen("lint", folder / "changed", package))


def main() -> None:
    """Run everything and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--before", default="")
    given = parser.parse_args()
    packages = {"now": "", **({"before": str(Path(given.before).resolve())} if given.before else {})}
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has it
    figures = Figures()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for which, package in packages.items():
            prepare(folder / which, package)
        for which, package in packages.items():
            measure(which, folder / which, package, Figures())  # which leaves that
        for _ in range(given.runs):
            figures.add("bare", measured(sys.executable, "-c", "pass"))
            for which, package in packages.items():
                measure(which, folder / which, package, figures)
    sys.stdout.write(f"| command / `python -c pass` | {' | '.join(packages)} |\n| --- |{' ---: |' * len(packages)}\n")
    for command in (*COMMANDS, "lint of what has changed"):
        ratios = [figures.seconds(f"{which}: {command}") / figures.seconds("bare") for which in packages]
        sys.stdout.write(f"| {command} | {' | '.join(f'{ratio:.2f}' for ratio in ratios)} |\n")


if __name__ == "__main__":
    main()
