"""What a change of a spec adds to a pull request: ``make bench-size`` prints the lines that git counts in the output.

Each change is made to the same three tables, built, and compared with the output before it. The lock and what lies in
``.schemagen`` are not counted.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

SPEC = """schemagen: 1
title: Shop
version: "1"
tables:
  customers:
    description: Who buys
    columns:
      id: {type: uuid, primary_key: true, default: {sql: gen_random_uuid()}, description: Key}
      email: {type: varchar(255), unique: true, description: Address}
      country: {type: text, nullable: true, max_length: 2, description: Where to}
  orders:
    description: What was bought
    columns:
      id: {type: uuid, primary_key: true, default: {sql: gen_random_uuid()}, description: Key}
      customer_id: {references: customers.id, on_delete: restrict, description: Who}
      status: {enum: [open, paid, sent], default: open, description: How far}
      note: {type: text, nullable: true, max_length: 500, description: Wishes}
      created_at: {type: timestamptz, default: {sql: now()}, immutable: true, description: Since when}
      updated_at: {type: timestamptz, default: {sql: now()}, on_row_update: {sql: now()}, description: Last change}
    indexes:
      - {columns: [customer_id, created_at desc], description: A customer's orders}
  order_lines:
    description: What an order consists of
    columns:
      id: {type: bigint, identity: true, primary_key: true, description: Key}
      order_id: {references: orders.id, on_delete: cascade, touch: updated_at, description: Which order}
      qty: {type: integer, default: 1, description: How many}
    checks:
      qty_positive: {sql: qty > 0, description: At least one}
    indexes:
      - {columns: [order_id], description: The lines of an order}
"""


@dataclass(frozen=True)
class Change:
    """Texts of the spec and what stands in their place; ``allow`` is what the build may do."""

    title: str
    edits: tuple[tuple[str, str], ...]
    allow: tuple[str, ...] = ()


STATUS = "[open, paid, sent]", "[open, paid, sent, returned]"
COUNTRY = (
    "country: {type: text, nullable: true, max_length: 2",
    "country: {type: text, max_length: 2, backfill: {sql: \"'de'\"}",
)
LONGER = "max_length: 500, description: Wishes", "max_length: 800, description: Wishes"
GIFT = "      created_at:", "      gift: {type: boolean, default: false, description: Wrapped}\n      created_at:"
INDEX = (
    "A customer's orders}",
    "A customer's orders}\n      - {columns: [status, created_at], description: What is open}",
)

CHANGES = (
    Change("one enum value, on a table with children", (STATUS,)),
    Change("three lines: an enum value, a column, a longer text", (STATUS, LONGER, GIFT)),
    Change("a column becomes NOT NULL", (COUNTRY,)),
    Change("a column with a default", (GIFT,)),
    Change("an index", (INDEX,)),
)
"""What people change."""


def run(*command: str, folder: Path) -> str:
    """What a command prints.

    Raises:
        RuntimeError: when it fails.
    """
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
    return done.stdout


def added(change: Change, folder: Path) -> dict[str, int]:
    """The lines that a change adds, by file of the output."""
    (folder / "specs").mkdir()
    (folder / "specs/shop.yaml").write_text(SPEC, encoding="utf-8")
    schemagen = (sys.executable, "-m", "schemagen", "build")
    run("git", "init", "-q", folder=folder)
    run(*schemagen, folder=folder)
    run("git", "add", "-A", folder=folder)
    text = SPEC
    for old, new in change.edits:
        if text.count(old) != 1:
            raise RuntimeError(f"{old!r} stands there {text.count(old)} times")
        text = text.replace(old, new)
    (folder / "specs/shop.yaml").write_text(text, encoding="utf-8")
    run(*schemagen, *(f"--allow={each}" for each in change.allow), folder=folder)
    run("git", "add", "-N", ".", folder=folder)
    lines = (line.split("\t") for line in run("git", "diff", "--numstat", "--", "output", folder=folder).splitlines())
    return {path: int(count) for count, _, path in lines if not path.endswith(("schema.lock.json", ".schema.sums"))}


def main() -> None:
    """Print a table of all changes."""
    print("| change | lines added | SQLite: migration, rollback, revision | files |\n| --- | ---: | ---: | ---: |")  # noqa: T201
    for change in CHANGES:
        with tempfile.TemporaryDirectory(prefix="schemagen-size-") as name:
            found = added(change, Path(name))
        sqlite = sum(count for path, count in found.items() if "/sqlite/" in path or "/versions/" in path)
        print(f"| {change.title} | {sum(found.values()):,} | {sqlite:,} | {len(found)} |")  # noqa: T201
        if "-v" in sys.argv:
            print(*(f"  {count:5} {path}" for path, count in sorted(found.items())), sep="\n")  # noqa: T201


if __name__ == "__main__":
    main()
