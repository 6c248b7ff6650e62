"""What ``schemagen verify`` costs: ``make bench-verify`` prints the table.

CPU seconds are those of the command and of the processes that it starts and waits for, its PostgreSQL left out, the
median of ``--runs``. ``--before DIR`` also measures the package in DIR, such as ``generator`` of another revision.
"""

from __future__ import annotations

import argparse
import math
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from peers import schemagen

TABLES = 20
_TABLE = """\
  {name}:
    description: Synthetic table number {number}
    columns:
      id: {{type: uuid, primary_key: true, default: {{sql: gen_random_uuid()}}, description: Unique identifier}}
{parent}\
      name: {{type: varchar(255), description: Name that people see}}
      status: {{enum: [active, archived], default: active, description: State of the row}}
      amount: {{type: "numeric(10,2)", default: 0, description: Amount in the currency of the owner}}
      created_at: {{type: timestamptz, default: {{sql: now()}}, description: When the row was made (UTC)}}
    checks:
      amount_not_negative: {{sql: amount >= 0, description: No debts}}
    unique:
      - {{columns: [name, created_at], description: A name is used once at a time}}
"""
_PARENT = (
    "      parent_id: {{type: uuid, references: t{parent}.id, on_delete: cascade, description: What it belongs to}}\n"
)
_COLUMN = "      nickname: {type: text, nullable: true, max_length: 80, description: Added later}\n"


def spec(tables: int, *, chain: bool) -> str:
    """A spec in which each table but the first belongs to another: the one before it, or the one at half its number."""
    parts = []
    for number in range(tables):
        parent = _PARENT.format(parent=number - 1 if chain else number // 2) if number else ""
        parts.append(_TABLE.format(name=f"t{number}", number=number, parent=parent))
    return 'schemagen: 1\ntitle: Proofs\nversion: "1.0"\n\ntables:\n' + "\n".join(parts)


def prepare(folder: Path, text: str, package: str) -> Path:
    """A project of one spec, built."""
    file = folder / "specs/proofs.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    schemagen("build", folder, package)
    return file


def verified(folder: Path, package: str, flags: str = "") -> tuple[float, float]:
    """CPU seconds of one run, and seconds by the clock."""
    start = time.perf_counter()
    run = schemagen(f"verify {flags}".rstrip(), folder, package)
    return run.seconds, time.perf_counter() - start


def _git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@example.org")
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)  # noqa: S607


def measure(folder: Path, package: str, runs: int) -> dict[str, float]:
    """Every figure of one package."""
    file = prepare(folder / "tree", spec(TABLES, chain=False), package)
    whole = [verified(folder / "tree", package) for _ in range(runs)]
    chains = []
    for tables in (TABLES // 2, TABLES):
        prepare(folder / f"chain-{tables}", spec(tables, chain=True), package)
        chains.append(median(verified(folder / f"chain-{tables}", package)[0] for _ in range(runs)))
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "built")):
        _git(folder / "tree", *words)
    text = file.read_text(encoding="utf-8")
    place = text.index("      name:", text.index(f"  t{TABLES - 1}:\n"))
    file.write_text(text[:place] + _COLUMN + text[place:], encoding="utf-8")
    schemagen("build", folder / "tree", package)
    changed = median(verified(folder / "tree", package, "--changed")[0] for _ in range(runs))
    full = median(verified(folder / "tree", package)[0] for _ in range(runs))
    cpu = median(seconds for seconds, _ in whole)
    return {
        f"{TABLES} tables in a tree, CPU seconds": cpu,
        "clock / CPU": median(clock / seconds for seconds, clock in whole),
        f"exponent in a chain of cascades, {TABLES // 2} → {TABLES} tables": math.log2(chains[1] / chains[0]),
        "`--changed` after one column / full": changed / full,
    }


def main() -> None:
    """Measure every package and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--before", default="")
    given = parser.parse_args()
    packages = {**({"before": str(Path(given.before).resolve())} if given.before else {}), "now": ""}
    with tempfile.TemporaryDirectory(prefix="schemagen-proofs-") as name:
        found = {which: measure(Path(name) / which, package, given.runs) for which, package in packages.items()}
    print(f"Medians of {given.runs} runs, Python {platform.python_version()}\n")  # noqa: T201
    print(f"| `verify` | {' | '.join(found)} |\n| --- |{' ---: |' * len(found)}")  # noqa: T201
    for title in found["now"]:
        print(f"| {title} | {' | '.join(f'{each[title]:.2f}' for each in found.values())} |")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
