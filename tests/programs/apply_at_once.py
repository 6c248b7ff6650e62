"""Two and three `schemagen apply` at once, on both engines: each migration runs once, and every row is as after one.

Each round makes a database with rows, and starts them together on a change with a step of an author's own, which
commits in batches on PostgreSQL. ``make at-once N=…`` runs so many rounds of each.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemagen.databases.embedded import embedded_server
from schemagen.deploy.target import target_of
from schemagen.project.pipeline import Options, build

if TYPE_CHECKING:
    from collections.abc import Sequence

CASE = Path(__file__).parents[1] / "cases/steps/split_a_table"
FIRST = 1
ROWS = 20_000
INSERT = (
    "INSERT INTO customers (email, address) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
    f"WHERE i < {ROWS}) SELECT 'c' || i, i || ' Road' FROM n"
)
RESULT = "SELECT count(*), count(DISTINCT customer_id) FROM addresses"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the rounds, and say what each number of them has given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", type=int, nargs="?", default=20)
    rounds = parser.parse_args(arguments).rounds
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        options = Options(Path(folder, "specs"), Path(folder, "output"))
        options.specs.mkdir()
        for name in ("old", "new"):
            (options.specs / "shop.yaml").write_text((CASE / f"{name}.yaml").read_text(encoding="utf-8"))
            build(options, allow=("drop:customers.address",) if name == "new" else ())
        for number in range(rounds):
            for engine in ("sqlite", "postgres"):
                for at_once in (2, 3):
                    with ExitStack() as stack:
                        database = (
                            f"sqlite:///{folder}/{number}_{at_once}.db"
                            if engine == "sqlite"
                            else stack.enter_context(embedded_server().database())
                        )
                        outcome = _round(options.output, database, at_once)
                    found[f"{at_once} at once on {engine}: {outcome}"] += 1
                    print(f"round {number + 1}, {at_once} at once on {engine}: {outcome}", file=sys.stderr)  # noqa: T201
    for line, times in sorted(found.items()):
        print(f"{line}, {times} times")  # noqa: T201
    return int(any(not line.endswith(": right") for line in found))


def _round(output: Path, database: str, at_once: int) -> str:
    """What is wrong after one round, or that all is right."""
    command = [sys.executable, "-m", "schemagen", "apply", "--output", str(output), "--format", "json"]
    environment = {**os.environ, "DATABASE_URL": database}
    first = subprocess.run([*command, "--to", str(FIRST)], env=environment, capture_output=True, text=True, check=False)
    if first.returncode:
        return f"the first migration: {first.stdout}"
    _ask(database, INSERT)
    running = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(at_once)
    ]
    done = [(*one.communicate(), one.returncode) for one in running]
    if any(code for _, _, code in done):
        return f"exit codes {[code for *_, code in done]}: {[out + err for out, err, code in done if code]}"
    ran = sorted(one["name"] for out, _, _ in done for one in json.loads(out)["ran"])
    if len(ran) != len(set(ran)) or len(ran) < 2:
        return f"ran {ran}"
    rows = _ask(database, RESULT)
    return "right" if rows == [(ROWS, ROWS)] else f"rows {rows}"


def _ask(database: str, sql: str) -> list[tuple[Any, ...]]:
    import sqlite3

    import psycopg

    target = target_of(database)
    if target.dialect == "sqlite":
        with sqlite3.connect(target.source) as connection:
            return connection.execute(sql).fetchall()
    with psycopg.connect(target.source) as server:
        done = server.execute(sql.encode())
        return done.fetchall() if done.description else []


if __name__ == "__main__":
    sys.exit(main())
