"""How long a write waits while a large table changes: ``online.py ROWS``, by ``make bench-online``.

Each change runs twice, on two copies of one loaded database of the embedded PostgreSQL 18: by the migration files that
two builds make, run with psql, and by the statements that Alembic's operations emit, in one transaction. Meanwhile two
clients read a row and update it, one after another as fast as they can, and keep how long each took.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from schemagen.databases.embedded import embedded_server
from schemagen.databases.servers import connect
from schemagen.databases.urls import with_database
from schemagen.project.pipeline import Options, build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from psycopg import Connection

    from schemagen.databases.servers import Server

Spec = dict[str, Any]

CLIENTS = 2
CUSTOMERS = 1000
WARM_UP_SECONDS = 0.2
QUIET_SECONDS = 5.0
"""How long the clients run without any change, for the stalls that the machine itself makes."""

TITLE = "Online changes"
CUSTOMER_COLUMNS: Spec = {"id": {"type": "bigint", "primary_key": True}}
ORDER_COLUMNS: Spec = {
    "id": {"type": "bigint", "primary_key": True},
    "customer": {"type": "bigint"},
    "number": {"type": "integer"},
    "amount": {"type": "integer"},
    "points": {"type": "integer", "nullable": True},
}
LOAD = (
    "INSERT INTO customers SELECT generate_series(1, {customers})",
    "INSERT INTO orders SELECT n, 1 + n % {customers}, n, 0, 0 FROM generate_series(1, {rows}) AS n",
)


@dataclass(frozen=True)
class Change:
    """What becomes of ``orders``: in the spec (columns, or keys of the table), and as Alembic's operations say it."""

    name: str
    alembic: str
    columns: Spec = field(default_factory=dict)
    table: Spec = field(default_factory=dict)
    allow: tuple[str, ...] = ()


CHANGES = (
    Change(
        "Add a NOT NULL column with a volatile default",
        "ALTER TABLE orders ADD COLUMN token UUID DEFAULT gen_random_uuid() NOT NULL",
        columns={"token": {"type": "uuid", "default": {"sql": "gen_random_uuid()"}}},
    ),
    Change(
        "Add an index",
        "CREATE INDEX ix_orders_customer ON orders (customer)",
        table={"indexes": [{"columns": ["customer"]}]},
    ),
    Change(
        "Add a foreign key",
        "ALTER TABLE orders ADD CONSTRAINT fk_orders_customer FOREIGN KEY(customer) REFERENCES customers (id)",
        columns={"customer": {"references": "customers.id", "on_delete": "no action"}},
    ),
    Change(
        "Add a check",
        "ALTER TABLE orders ADD CONSTRAINT ck_orders_amount CHECK (amount >= 0)",
        table={"checks": {"amount": {"sql": "amount >= 0"}}},
    ),
    Change(
        "Nullable becomes NOT NULL",
        "ALTER TABLE orders ALTER COLUMN points SET NOT NULL",
        columns={"points": {"type": "integer"}},
        allow=("not_null:orders.points",),
    ),
    Change(
        "Add a unique constraint",
        "ALTER TABLE orders ADD CONSTRAINT uq_orders_number UNIQUE (number)",
        table={"unique": [{"columns": ["number"]}]},
    ),
)


@dataclass(frozen=True)
class Timing:
    """Seconds: the longest write, and all of the change."""

    stall: float
    total: float


def use(connection: Connection, rows: int, random: Random, stop: threading.Event) -> list[float]:
    """Read and update random rows, one at a time, until it is told to stop: the seconds that each write took.

    The read of the row is part of its write: where a change keeps out readers too, it is the read that waits.
    """
    latencies = []
    while not stop.is_set():
        row = (random.randint(1, rows),)
        start = time.perf_counter()
        connection.execute("SELECT amount FROM orders WHERE id = %s", row).fetchone()
        connection.execute("UPDATE orders SET amount = amount + 1 WHERE id = %s", row)
        latencies.append(time.perf_counter() - start)
    return latencies


def timed(url: str, rows: int, change: Callable[[str], None]) -> Timing:
    """Run a change on a database while clients use it."""
    stop = threading.Event()
    with ExitStack() as stack, ThreadPoolExecutor(CLIENTS) as candidates:
        connections = [stack.enter_context(connect(url, autocommit=True)) for _ in range(CLIENTS)]
        clients = [candidates.submit(use, each, rows, Random(seed), stop) for seed, each in enumerate(connections)]  # noqa: S311
        try:
            time.sleep(WARM_UP_SECONDS)
            start = time.perf_counter()
            change(url)
            total = time.perf_counter() - start
        finally:
            stop.set()
        return Timing(max(max(client.result()) for client in clients), total)


def run_files(server: Server, files: list[Path], url: str) -> None:
    """Run migrations as their guide says."""
    for file in files:
        command = [str(server.psql), "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "-f", str(file), url]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def run_alembic(statement: str, url: str) -> None:
    """Run what Alembic would: a transaction around all of it."""
    with connect(url) as connection:
        connection.execute(statement.encode())


def write_spec(options: Options, change: Change | None) -> None:
    """The spec as it is before a change (None), or after one."""
    columns = {**ORDER_COLUMNS, **(change.columns if change else {})}
    orders = {"description": "An order", "columns": columns, **(change.table if change else {})}
    customers = {"description": "A customer", "columns": CUSTOMER_COLUMNS}
    spec = {"schemagen": 1, "title": TITLE, "tables": {"customers": customers, "orders": orders}}
    options.specs.mkdir(parents=True, exist_ok=True)
    (options.specs / "online.yaml").write_text(json.dumps(spec), encoding="utf-8")


def migrations(folder: Path, change: Change | None) -> list[Path]:
    """The files of PostgreSQL's migrations: of the first build (None), or those that a change adds to it."""
    options = Options(folder / "specs", folder / "output")
    write_spec(options, None)
    steps = build(options).steps
    if change:
        write_spec(options, change)
        steps = build(options, allow=change.allow).steps
    return [options.output / "migrations/postgres" / f"{step.identifier}.sql" for step in steps]


def load_rows(server: Server, url: str, rows: int) -> None:
    """Make both tables by the first build, and fill them."""
    with tempfile.TemporaryDirectory(prefix="schemagen-bench-") as folder:
        run_files(server, migrations(Path(folder), None), url)
    with connect(url, autocommit=True) as connection:
        for statement in LOAD:
            connection.execute(statement.format(rows=rows, customers=CUSTOMERS).encode())
        connection.execute("VACUUM ANALYZE")


@contextmanager
def copy_of(server: Server, loaded: str) -> Iterator[str]:
    """A copy of a database that nobody is connected to: its URL, for as long as the block runs."""
    name = "online_copy"
    with connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {loaded} STRATEGY file_copy".encode())
        try:
            yield with_database(server.url, name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def measure(server: Server, loaded: str, rows: int, change: Change) -> tuple[Timing, Timing]:
    """One change by our files, and by Alembic's statement."""
    with tempfile.TemporaryDirectory(prefix="schemagen-bench-") as folder:
        files = migrations(Path(folder), change)
        with copy_of(server, loaded) as url:
            ours = timed(url, rows, lambda url: run_files(server, files, url))
    with copy_of(server, loaded) as url:
        return ours, timed(url, rows, lambda url: run_alembic(change.alembic, url))


def main(rows: int) -> None:
    """Print the table of all changes, in Markdown."""
    server = embedded_server()
    with server.database() as url:
        loaded = url.partition("?")[0].rpartition("/")[2]
        load_rows(server, url, rows)
        with copy_of(server, loaded) as copy:
            quiet = timed(copy, rows, lambda _: time.sleep(QUIET_SECONDS)).stall
        print(f"{rows:,} rows, {CLIENTS} clients; without any change the longest write took {quiet * 1000:,.0f} ms\n")  # noqa: T201
        print("| Change | Longest write, schemagen | Longest write, Alembic | Total, schemagen | Total, Alembic |")  # noqa: T201
        print("| --- | ---: | ---: | ---: | ---: |")  # noqa: T201
        for change in CHANGES:
            ours, theirs = measure(server, loaded, rows, change)
            stalls = f"{ours.stall * 1000:,.0f} ms | {theirs.stall * 1000:,.0f} ms"
            print(f"| {change.name} | {stalls} | {ours.total:.2f} s | {theirs.total:.2f} s |", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]))
