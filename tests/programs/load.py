"""Migrations under load: clients of the application write while tables change, and none of them dies of a deadlock.

Each run makes a database with rows, sends clients at it whose transactions go through two tables in both directions,
and runs the migrations of one change with psql: a table is rewritten while another one gets a column, and a column that
must have a value comes online. A migration may give way, and then it is run again; a client may not. The file that runs
outside a transaction has to end at its first run. ``make load N=… SEED=…`` runs many.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import psycopg

from schemagen.databases.embedded import embedded_server
from schemagen.databases.servers import connect
from schemagen.migrations.next_build import ONLINE
from schemagen.project.pipeline import Options, build

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemagen.databases.servers import Server

CLIENTS = 4
ROWS = 40_000
ATTEMPTS = 10

SPEC = """schemagen: 1
title: Load
tables:
  orders:
    columns:
      id: {type: bigint, primary_key: true}
      amount: {type: %s}
%s  entries:
    columns:
      id: {type: bigint, primary_key: true, identity: true}
      order_id: {references: orders.id, on_delete: cascade, index: true}
%s"""
BEFORE = SPEC % ("integer", "", "")
AFTER = SPEC % (
    "bigint",
    "      total: {type: bigint, backfill: {sql: amount * 2}}\n",
    "      kind: {type: text, default: plain}\n",
)


@dataclass
class Client:
    """One that writes until it is told to stop: its own orders, so that it waits for no other client."""

    url: str
    number: int
    random: Random
    ends: threading.Event
    outcomes: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        """Transactions, one after another; ``outcomes`` counts how they ended."""
        with connect(self.url, autocommit=False) as connection:
            while not self.ends.is_set():
                try:
                    for statement in self._transaction():
                        connection.execute(statement.encode())
                    connection.commit()
                    self.outcomes["committed"] += 1
                except psycopg.Error as error:
                    connection.rollback()
                    self.outcomes[type(error).__name__] += 1

    def _transaction(self) -> list[str]:
        order = self.random.randrange(ROWS // CLIENTS) * CLIENTS + self.number
        statements = [
            f"UPDATE orders SET amount = amount + 1 WHERE id = {order}",
            f"INSERT INTO entries (order_id) VALUES ({order})",
        ]
        self.random.shuffle(statements)
        new = ROWS + self.random.randrange(1 << 50) * CLIENTS + self.number
        return [*statements, f"INSERT INTO orders (id, amount) VALUES ({new}, 1)"]


def built(folder: Path) -> tuple[list[Path], list[Path]]:
    """The files of the first build, and those of the change."""
    options = Options(folder / "specs", folder / "output")
    options.specs.mkdir()
    spec = options.specs / "load.yaml"
    spec.write_text(BEFORE, encoding="utf-8")
    build(options)
    files = folder / "output/migrations/postgres"
    first = sorted(files.glob("*.sql"))
    spec.write_text(AFTER, encoding="utf-8")
    build(options, allow=["rewrite:orders.amount"])
    return first, [file for file in sorted(files.glob("*.sql")) if file not in first]


def psql(server: Server, url: str, file: Path) -> str:
    """Run a file as its header says; what the program complained of, or an empty text."""
    command = [str(server.psql), "--no-psqlrc", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(file), url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr.strip() or "stopped" if done.returncode else ""


def attempts(server: Server, url: str, file: Path) -> int:
    """How many runs a file took.

    Raises:
        RuntimeError: when it stopped for another reason than a lock, or every time.
    """
    for attempt in range(1, ATTEMPTS + 1):
        error = psql(server, url, file)
        if not error:
            return attempt
        if file.stem.endswith(ONLINE) or "locked" not in error:
            raise RuntimeError(f"{file.stem}: {error}")
    raise RuntimeError(f"{file.stem}: gave way {ATTEMPTS} times")


def run(server: Server, first: Sequence[Path], change: Sequence[Path], seed: int) -> tuple[list[int], Counter[str]]:
    """One run: how many attempts each file of the change took, and how the clients' transactions ended."""
    ends = threading.Event()
    with server.database() as url:
        for file in first:
            if error := psql(server, url, file):
                raise RuntimeError(error)
        with connect(url, autocommit=True) as connection:
            connection.execute(
                b"INSERT INTO orders (id, amount) SELECT g, 1 FROM generate_series(0, %d) g" % (ROWS - 1)
            )
        clients = [Client(url, number, Random(f"{seed} {number}"), ends) for number in range(CLIENTS)]
        threads = [threading.Thread(target=client.run) for client in clients]
        for thread in threads:
            thread.start()
        try:
            taken = [attempts(server, url, file) for file in change]
        finally:
            ends.set()
            for thread in threads:
                thread.join()
        return taken, sum((client.outcomes for client in clients), Counter())


def main() -> int:
    """Run the program; 1 when a client died of a deadlock or a migration did not end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("number", type=int, nargs="?", default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    server = embedded_server()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        first, change = built(Path(folder))
        for seed in range(arguments.seed, arguments.seed + arguments.number):
            try:
                taken, outcomes = run(server, first, change, seed)
            except RuntimeError as error:
                failed += 1
                print(f"run {seed}: {error}")  # noqa: T201  (a program's output)
                continue
            failed += bool(outcomes["DeadlockDetected"])
            print(f"run {seed}: attempts {taken}, clients {dict(outcomes)}", flush=True)  # noqa: T201
    print(f"{arguments.number} runs, {failed} failed")  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
