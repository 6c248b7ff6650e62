"""Drizzle Kit on the same tables, and what nothing costs: ``make bench-peers`` prints ratios of CPU seconds.

``drizzle-kit generate`` makes the migrations of one dialect alone: no models for Python, no documents, and nothing that
is made is parsed or run. The packages come from the npm registry into a temporary folder, or from ``--npm DIR``.
``--before DIR`` also measures the package in DIR, such as ``generator`` of another revision. Runs are interleaved, and
each figure is the median of its runs.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from bench import Run, measured
from synthetic import add_a_column, name_of, write_specs

PACKAGES = ("drizzle-kit@0.31", "drizzle-orm@0.44")

POSTGRES = """\
import {{ pgTable, uuid, varchar, numeric, jsonb, timestamp, index, unique, check }} from "drizzle-orm/pg-core";
import {{ sql }} from "drizzle-orm";
{tables}
"""

POSTGRES_TABLE = """
export const {name} = pgTable("{name}", {{
  id: uuid("id").primaryKey().defaultRandom(),
  firstId: uuid("first_id").notNull().references((): any => {first}.id, {{ onDelete: "cascade" }}),
  secondId: uuid("second_id").references((): any => {second}.id, {{ onDelete: "set null" }}),
  name: varchar("name", {{ length: 255 }}).notNull(),
  email: varchar("email", {{ length: 255 }}).notNull(),
  status: varchar("status", {{ length: 20 }}).notNull().default("active"),
  amount: numeric("amount", {{ precision: 10, scale: 2 }}).notNull().default("0"),
  details: jsonb("details").notNull().default({{}}),
  createdAt: timestamp("created_at", {{ withTimezone: true }}).notNull().defaultNow(),
  updatedAt: timestamp("updated_at", {{ withTimezone: true }}).notNull().defaultNow(),
}}, (t) => [
  unique("uq_{name}").on(t.firstId, t.email),
  check("ck_{name}", sql`${{t.amount}} >= 0`),
  index("idx_{name}_first").on(t.firstId, t.createdAt.desc()),
  index("idx_{name}_second").on(t.secondId),
  index("idx_{name}_name").on(t.name).where(sql`${{t.status}} = 'active'`),
]);
"""

SQLITE = """\
import {{ sqliteTable, text, real, index, unique, check }} from "drizzle-orm/sqlite-core";
import {{ sql }} from "drizzle-orm";
{tables}
"""

SQLITE_TABLE = """
export const {name} = sqliteTable("{name}", {{
  id: text("id").primaryKey(),
  firstId: text("first_id").notNull().references((): any => {first}.id, {{ onDelete: "cascade" }}),
  secondId: text("second_id").references((): any => {second}.id, {{ onDelete: "set null" }}),
  name: text("name").notNull(),
  email: text("email").notNull(),
  status: text("status").notNull().default("active"),
  amount: real("amount").notNull().default(0),
  details: text("details").notNull().default("{{}}"),
  createdAt: text("created_at").notNull().default(sql`CURRENT_TIMESTAMP`),
  updatedAt: text("updated_at").notNull().default(sql`CURRENT_TIMESTAMP`),
}}, (t) => [
  unique("uq_{name}").on(t.firstId, t.email),
  check("ck_{name}", sql`${{t.amount}} >= 0`),
  index("idx_{name}_first").on(t.firstId, t.createdAt),
  index("idx_{name}_second").on(t.secondId),
  index("idx_{name}_name").on(t.name).where(sql`${{t.status}} = 'active'`),
]);
"""

FORMS = {"postgresql": (POSTGRES, POSTGRES_TABLE), "sqlite": (SQLITE, SQLITE_TABLE)}


def schema(dialect: str, tables: int) -> str:
    """The schema in Drizzle's own language, the same tables as ``synthetic`` writes."""
    whole, one = FORMS[dialect]
    parts = [
        one.format(name=name_of(number), first=name_of(max(0, number - 1)), second=name_of(number // 2))
        for number in range(tables)
    ]
    return whole.format(tables="".join(parts))


def drizzle(dialect: str, tables: int, folder: Path, npm: Path) -> Run:
    """One run of ``drizzle-kit generate`` from nothing."""
    file = folder / f"{dialect}.ts"
    file.write_text(schema(dialect, tables), encoding="utf-8")
    shutil.rmtree(folder / dialect, ignore_errors=True)
    modules = folder / "node_modules"
    if not modules.exists():
        modules.symlink_to(npm / "node_modules")
    os.chdir(folder)
    program = npm / "node_modules/.bin/drizzle-kit"
    return measured(str(program), "generate", f"--dialect={dialect}", f"--schema={file.name}", f"--out={dialect}")


@dataclass
class Figures:
    """The runs of each thing that was measured, by name."""

    runs: dict[str, list[Run]] = field(default_factory=dict)

    def add(self, name: str, run: Run) -> None:
        """Keep a run."""
        self.runs.setdefault(name, []).append(run)

    def seconds(self, name: str) -> float:
        """The median of CPU seconds."""
        return statistics.median(run.seconds for run in self.runs[name])

    def megabytes(self, name: str) -> float:
        """The median of peak memory."""
        return statistics.median(run.megabytes for run in self.runs[name])


def schemagen(command: str, folder: Path, package: str) -> Run:
    """One run of a command, by the package in a folder; empty for the one that is installed."""
    before = os.environ.get("PYTHONPATH")
    if package:
        os.environ["PYTHONPATH"] = package
    os.chdir(folder)
    try:
        return measured(sys.executable, "-m", "schemagen", *command.split())
    finally:
        os.environ.pop("PYTHONPATH", None)
        if before is not None:
            os.environ["PYTHONPATH"] = before


def measure(name: str, package: str, tables: int, folder: Path, figures: Figures) -> None:
    """Every command of one package, once."""
    shutil.rmtree(folder, ignore_errors=True)
    write_specs(folder / "specs", tables)
    figures.add(f"{name}: full build", schemagen("build", folder, package))
    figures.add(f"{name}: check, warm", schemagen("check", folder, package))
    shutil.rmtree(folder / "output/.schemagen")
    figures.add(f"{name}: check, fresh clone", schemagen("check", folder, package))
    schemagen("build", folder, package)
    add_a_column(folder / "specs", tables)
    figures.add(f"{name}: one column", schemagen("build", folder, package))


def measure_five(name: str, package: str, folder: Path, figures: Figures) -> None:
    """Start-up: five tables that were linted before, and such as have changed."""
    shutil.rmtree(folder, ignore_errors=True)
    write_specs(folder / "specs", 5)
    for command in ("build", "lint"):
        schemagen(command, folder, package)
    figures.add(f"{name}: lint, seen", schemagen("lint", folder, package))
    figures.add(f"{name}: build, nothing to do", schemagen("build", folder, package))
    figures.add(f"{name}: --help", schemagen("--help", folder, package))
    add_a_column(folder / "specs", 5)
    figures.add(f"{name}: lint, changed", schemagen("lint", folder, package))


RATIOS = (
    ("full build / Drizzle Kit, both dialects", "full build", "drizzle"),
    ("one column / Drizzle Kit, both dialects", "one column", "drizzle"),
    ("one column / full build", "one column", "full build"),
    ("check, fresh clone / warm", "check, fresh clone", "check, warm"),
    ("lint of 5 tables, seen / bare Python", "lint, seen", "bare"),
    ("lint of 5 tables, changed / bare Python", "lint, changed", "bare"),
    ("build of 5 tables, nothing to do / bare Python", "build, nothing to do", "bare"),
    ("--help / bare Python", "--help", "bare"),
)


def report(figures: Figures, names: list[str]) -> str:
    """The ratios as a Markdown table, a column a package."""
    lines = [f"| figure | {' | '.join(names)} |", f"| --- |{' ---: |' * len(names)}"]
    for title, one, other in RATIOS:
        cells = []
        for name in names:
            base = figures.seconds(other if other in figures.runs else f"{name}: {other}")
            cells.append(f"{figures.seconds(f'{name}: {one}') / base:.2f}")
        lines.append(f"| {title} | {' | '.join(cells)} |")
    memory = [f"{figures.megabytes(f'{name}: full build'):.0f} MB" for name in names]
    lines.append(f"| peak memory of a full build | {' | '.join(memory)} |")
    reported = (f"{name} {figures.seconds(name):.3f} s" for name in figures.runs)
    return "\n".join([*lines, "", "CPU seconds: " + "; ".join(reported)])


def main() -> int:
    """Run everything and print the ratios; 1 where npm is not there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", type=int, nargs="?", default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--before", default="")
    parser.add_argument("--npm", type=Path)
    given = parser.parse_args()
    npm = shutil.which("npm")
    if npm is None:
        print("npm is not installed, so Drizzle Kit can't be run beside schemagen", file=sys.stderr)  # noqa: T201
        return 1
    figures, packages = Figures(), {**({"before": given.before} if given.before else {}), "now": ""}
    with tempfile.TemporaryDirectory(prefix="schemagen-peers-") as name:
        folder = Path(name)
        modules = given.npm or folder
        if not given.npm:
            install = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), *PACKAGES]
            subprocess.run(install, check=True)
        for _ in range(given.runs):
            both = [drizzle(dialect, given.tables, folder, modules) for dialect in FORMS]
            figures.add("drizzle", Run(sum(run.seconds for run in both), max(run.megabytes for run in both)))
            figures.add("bare", measured(sys.executable, "-c", "pass", again=3))
            for own, package in packages.items():
                measure(own, package, given.tables, folder / own, figures)
                measure_five(own, package, folder / f"{own}-5", figures)
        os.chdir("/")
    print(f"{given.tables:,} tables, medians of {given.runs} runs, Python {platform.python_version()}\n")  # noqa: T201
    print(report(figures, list(packages)))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
