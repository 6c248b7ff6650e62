"""`status` and `apply` on both engines: one history, whoever runs it, stops it, or runs it twice at once."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from schemagen.cli.commands import run
from schemagen.deploy.target import target_of
from schemagen.deploy.waits import table_locks
from schemagen.engines.catalog_differences import differences
from schemagen.engines.reading import read_catalog
from schemagen.project.pipeline import Options, build
from support.engines import open_postgres, run_in_psql, run_in_sqlite_shell

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemagen.databases.servers import Server

OLD = """schemagen: 1
title: Shop
tables:
  clients:
    columns:
      id: {type: bigint, primary_key: true, identity: true}
      email: {type: varchar(80), unique: true}
      seen_at: {type: timestamptz, nullable: true}
  orders:
    columns:
      id: {type: bigint, primary_key: true, identity: true}
      client_id: {references: clients.id, on_delete: cascade, index: true}
      cents: {type: integer}
      note: {type: text, nullable: true}
"""
NEW = OLD.replace("cents: {type: integer}", 'cents: {type: integer, check: "cents >= 0"}').replace(
    "note: {type: text, nullable: true}", "note: {type: text, nullable: true, unique: true}"
)
ROWS = "INSERT INTO clients (id, email) VALUES (1, 'a'); INSERT INTO orders (client_id, cents, note) VALUES (1, 5, 'x')"
TWICE = "INSERT INTO orders (client_id, cents, note) VALUES (1, 6, 'x')"
CHAIN = ["001_create_clients", "002_create_orders", "003_alter_orders", "004_alter_orders_online"]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "specs").mkdir()
    for spec in (OLD, NEW):
        (folder / "specs/shop.yaml").write_text(spec, encoding="utf-8")
        build(Options(folder / "specs", folder / "output"))
    return folder / "output"


@pytest.fixture
def schemagen(output: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def call(command: str, database: Path | str, *arguments: str) -> tuple[int, str]:
        code = run([command, "--database", str(url(database)), "--output", str(output), *arguments])
        return code, capsys.readouterr().out

    return call


def url(database: Path | str) -> str:
    return f"sqlite:///{database}" if isinstance(database, Path) else database


def execute(database: Path | str, sql: str) -> list[tuple[Any, ...]]:
    """Run SQL; the rows of its last statement."""
    if isinstance(database, Path):
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            rows: list[tuple[Any, ...]] = []
            for part in sql.split(";"):
                rows = connection.execute(part).fetchall()
            return rows
    with open_postgres(database) as other:
        cursor = other.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


def names(out: str) -> list[str]:
    return [line.split()[0] for line in out.splitlines() if line[:3].isdigit()]


def test_there_and_back(database: Path | str, schemagen: Callable[..., tuple[int, str]]) -> None:
    code, out = schemagen("status", database)
    assert (code, out.splitlines()[0].endswith(": empty"), "4 of 4 are pending" in out) == (0, True, True)
    code, out = schemagen("apply", database, "--to", "2")
    assert (code, names(out)) == (0, CHAIN[:2])
    execute(database, ROWS)
    code, out = schemagen("apply", database, "--dry-run", "--format", "json")
    assert [step["name"] for step in json.loads(out)["steps"]] == CHAIN[2:]
    code, out = schemagen("apply", database)
    assert (code, names(out), out.splitlines()[-1]) == (0, CHAIN[2:], "2 migrations applied.")
    assert schemagen("apply", database) == (0, "Nothing to do.\n")
    code, out = schemagen("status", database, "--format", "json")
    assert (json.loads(out)["at"], json.loads(out)["pending"]) == (CHAIN[3], [])
    code, out = schemagen("apply", database, "--to", "2")
    assert (code, "SG493" in out, "--down" in out) == (1, True, True)
    code, out = schemagen("apply", database, "--to", "2", "--down")
    assert (code, names(out)) == (0, CHAIN[:1:-1])
    assert execute(database, "SELECT note FROM orders") == [("x",)]
    code, out = schemagen("apply", database, "--down")
    assert (code, names(out)) == (0, [CHAIN[1]])


def test_the_catalog_is_that_of_the_files(
    database: Path | str,
    engine_name: str,
    output: Path,
    schemagen: Callable[..., tuple[int, str]],
    postgres18: Server,
    tmp_path: Path,
) -> None:
    assert schemagen("apply", database)[0] == 0
    ours = target_of(url(database)).catalog()
    if isinstance(database, Path):
        for file in sorted((output / "migrations/sqlite").glob("*.sql")):
            assert run_in_sqlite_shell(tmp_path / "theirs.db", file).returncode == 0
        theirs = target_of(str(tmp_path / "theirs.db")).catalog()
    elif engine_name == "postgres18":
        with postgres18.database() as other:
            for file in sorted((output / "migrations/postgres").glob("*.sql")):
                assert run_in_psql(postgres18, other, file).returncode == 0
            theirs = target_of(other).catalog()
    else:
        return
    assert not differences(ours, theirs)


def test_a_stopped_migration_goes_on(database: Path | str, schemagen: Callable[..., tuple[int, str]]) -> None:
    schemagen("apply", database, "--to", "2")
    execute(database, ROWS)
    execute(database, TWICE)
    code, out = schemagen("apply", database)
    assert code == 1
    if isinstance(database, Path):
        assert "SG492 003_alter_orders was stopped at statement" in out
        assert "UNIQUE constraint failed: orders.note" in out
        assert "nothing of it was kept" in out
    else:
        assert "SG492 004_alter_orders_online was stopped at statement" in out
        assert "Key (note)=(x) is duplicated." in out
        assert "`schemagen apply` goes on from there" in out
    execute(database, "DELETE FROM orders WHERE cents = 6")
    code, out = schemagen("apply", database)
    assert (code, names(out)[-1]) == (0, CHAIN[3])


def test_found_by_its_catalog(database: Path | str, schemagen: Callable[..., tuple[int, str]]) -> None:
    schemagen("apply", database, "--to", "2")
    execute(database, "DROP TABLE alembic_version")
    code, out = schemagen("status", database)
    assert "its catalog is that of 002_create_orders (found, not recorded)" in out
    assert "`schemagen apply --adopt 2` runs them" in out
    assert "SG493" in schemagen("apply", database)[1]
    assert "SG493" in schemagen("apply", database, "--adopt", "1")[1]
    code, out = schemagen("apply", database, "--adopt", "2")
    assert (code, names(out), out.splitlines()[-1]) == (0, CHAIN[2:], "Recorded 002. 2 migrations applied.")
    execute(database, "DROP TABLE alembic_version; ALTER TABLE orders ADD COLUMN more integer")
    assert "SG490" in schemagen("status", database)[1]


def test_another_history(database: Path | str, schemagen: Callable[..., tuple[int, str]]) -> None:
    execute(database, "CREATE TABLE schema_migrations (version varchar(255) PRIMARY KEY)")
    code, out = schemagen("apply", database)
    assert (code, "SG488" in out, "dbmate" in out) == (1, True, True)
    execute(database, "DROP TABLE schema_migrations")
    schemagen("apply", database)
    execute(database, "UPDATE alembic_version SET version_num = '0002_00000000'")
    code, out = schemagen("apply", database)
    assert (code, "SG489" in out, "0002_00000000" in out) == (1, True, True)


def test_the_version_table_says_more_than_there_is(
    database: Path | str, schemagen: Callable[..., tuple[int, str]]
) -> None:
    schemagen("apply", database)
    execute(database, "ALTER TABLE clients RENAME seen_at TO seen")
    code, out = schemagen("apply", database)
    assert (code, "SG491" in out, "clients.seen_at" in out) == (1, True, True)


@pytest.mark.parametrize("at_once", [2, 3])
def test_several_at_once(database: Path | str, output: Path, at_once: int) -> None:
    command = [sys.executable, "-m", "schemagen", "apply", "--output", str(output), "--format", "json"]
    environment = {**os.environ, "DATABASE_URL": url(database)}
    running = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(at_once)
    ]
    done = [(*one.communicate(), one.returncode) for one in running]
    assert [code for _, _, code in done] == [0] * at_once, done
    ran = [one["name"] for out, _, _ in done for one in json.loads(out)["ran"]]
    assert sorted(ran) == CHAIN


def test_a_lost_connection(pg_database: str, schemagen: Callable[..., tuple[int, str]]) -> None:
    schemagen("apply", pg_database, "--to", "3")
    execute(pg_database, ROWS)
    with open_postgres(pg_database) as holder, open_postgres(pg_database) as killer:
        holder.execute("BEGIN; LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE")

        def kill() -> None:
            waiting = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            while not killer.execute(waiting).fetchall():
                time.sleep(0.05)

        thread = threading.Thread(target=kill)
        thread.start()
        code, out = schemagen("apply", pg_database)
        thread.join()
    assert code == 1
    assert "SG492 004_alter_orders_online was stopped" in out
    assert "when the server answers" in out
    assert schemagen("apply", pg_database)[0] == 0


def test_what_each_waits_for(pg_database: str, schemagen: Callable[..., tuple[int, str]]) -> None:
    schemagen("apply", pg_database, "--to", "2")
    out = schemagen("status", pg_database)[1]
    assert "outside a transaction; for a moment ACCESS EXCLUSIVE on orders" in out


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("postgresql+asyncpg://joe:hunter2@localhost:1/shop?ssl=disable", "SG452"),
        ("postgres://joe:hunter2@localhost:1/shop", "SG452"),
        ("mysql://joe:hunter2@localhost/shop", "SG487"),
        ("joe:hunter2@localhost/shop", "SG487"),
        ("host=localhost port=1 user=joe password=hunter2", "SG452"),
        ("sqlite://", "SG487"),
        ("sqlite:///nowhere/app.db", "SG487"),
    ],
)
def test_a_wrong_url_shows_no_password(given: str, code: str, output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("status", "apply"):
        assert run([command, "--database", given, "--output", str(output)]) == 1
        out, err = capsys.readouterr()
        assert code in out
        assert "hunter2" not in out + err
        assert "hunter2" not in repr(target_of(given)) if code == "SG452" else True


def test_an_async_url(database: Path | str, schemagen: Callable[..., tuple[int, str]]) -> None:
    other = url(database).replace("sqlite:", "sqlite+aiosqlite:").replace("postgresql:", "postgresql+asyncpg:")
    assert schemagen("apply", other)[0] == 0
    assert schemagen("apply", other) == (0, "Nothing to do.\n")


def test_no_sqlite_file_is_left_by_a_refusal(tmp_path: Path, schemagen: Callable[..., tuple[int, str]]) -> None:
    assert schemagen("apply", tmp_path / "new.db", "--to", "9")[0] == 1
    assert not (tmp_path / "new.db").exists()


def test_an_edited_migration_is_not_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/shop.yaml").write_text(OLD, encoding="utf-8")
    build(Options(tmp_path / "specs", tmp_path / "output"))
    revision = tmp_path / "output/alembic/versions/0001_create_clients.py"
    revision.write_text(revision.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    arguments = ["apply", "--database", f"sqlite:///{tmp_path / 'app.db'}", "--output", str(tmp_path / "output")]
    assert run(arguments) == 1
    assert "SG404" in capsys.readouterr().out


CHANGES = {
    "a column": "ALTER TABLE clients ADD COLUMN more text",
    "a check": "ALTER TABLE orders ADD CONSTRAINT k CHECK (cents > 0) NOT VALID",
    "validate": "ALTER TABLE orders VALIDATE CONSTRAINT fk_orders_client_id",
    "a foreign key": 'ALTER TABLE "orders" ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES clients (id) NOT VALID',
    "an index": "CREATE INDEX IF NOT EXISTS i ON orders (cents)",
    "drop an index": "DROP INDEX IF EXISTS idx_orders_client_id",
    "drop a foreign key": "ALTER TABLE orders DROP CONSTRAINT fk_orders_client_id",
    "drop a table": "DROP TABLE IF EXISTS orders",
    "a table": "CREATE TABLE more (id bigint REFERENCES clients (id), b bigint REFERENCES orders (id))",
    "a comment": "COMMENT ON COLUMN orders.cents IS 'ALTER TABLE clients ADD'",
    "rows": "UPDATE orders SET cents = 5",
    "a block": "DO $$BEGIN IF true THEN ALTER TABLE orders ALTER COLUMN cents DROP NOT NULL; END IF; END$$",
    "a trigger": "CREATE TRIGGER t BEFORE UPDATE ON orders EXECUTE FUNCTION suppress_redundant_updates_trigger()",
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_locks_are_those_that_the_server_takes(
    name: str, pg_database: str, schemagen: Callable[..., tuple[int, str]]
) -> None:
    schemagen("apply", pg_database, "--to", "2")
    with open_postgres(pg_database) as connection:
        live = read_catalog(connection)
        found = connection.execute("SELECT oid, relname FROM pg_class WHERE relname IN ('clients', 'orders')")
        tables: dict[int, str] = dict(found.fetchall())
        connection.execute("BEGIN")
        connection.execute(CHANGES[name].encode())
        held = connection.execute(
            "SELECT relation, array_agg(regexp_replace(mode, 'Lock$', '')) FROM pg_locks "
            "WHERE relation = ANY (%s) AND pid = pg_backend_pid() GROUP BY 1",
            [list(tables)],
        ).fetchall()
        connection.execute("ROLLBACK")
    order = ["RowExclusive", "ShareUpdateExclusive", "Share", "ShareRowExclusive", "AccessExclusive"]
    taken = {
        tables[oid]: max((order.index(mode) for mode in modes if mode in order), default=-1) for oid, modes in held
    }
    strongest = {table: order[place] for table, place in taken.items() if place >= 0}
    reported = {table: mode.title().replace(" ", "") for table, mode in table_locks([CHANGES[name]], live).items()}
    assert reported == strongest


BEFORE = """schemagen: 1
title: Rows
tables:
  parents:
    columns:
      id: {type: integer, primary_key: true}
  things:
    columns:
      id: {type: integer, primary_key: true}
      parent_id: {type: integer, nullable: true}
      called: {type: text}
      code: {type: text, nullable: true}
      old: {type: text, nullable: true}
      mood: {enum: [good, bad]}
"""
AFTER = BEFORE.replace(
    "parent_id: {type: integer, nullable: true}",
    "parent_id: {references: parents.id, on_delete: cascade, nullable: true}\n      more: {type: text}",
)
AFTER = AFTER.replace("called: {type: text}", "title: {type: varchar(5), renamed_from: called, unique: true}")
AFTER = AFTER.replace("code: {type: text, nullable: true}", "code: {type: text}").replace("[good, bad]", "[good]")
AFTER = AFTER.replace("old: {type: text, nullable: true}", "old: {type: text, backfill: {sql: \"'x'\"}}")
ALLOWED = (
    "not_null:things.code",
    "not_null:things.more",
    "narrow:things.title",
    "rewrite:things.title",
    "enum:things.mood",
)
GOOD_ROWS = "INSERT INTO things (id, called, code, mood) VALUES (1, 'abc', 'x', 'good')"
BAD_ROWS = """INSERT INTO things (id, parent_id, called, code, mood)
    VALUES (2, 7, 'abc', NULL, 'bad'), (3, NULL, 'abcdef', 'x', 'good')"""


def test_rows_that_would_stop_what_is_pending(
    database: Path | str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "specs").mkdir()
    options = Options(tmp_path / "specs", tmp_path / "output")
    for spec, allow in ((BEFORE, ()), (AFTER, ALLOWED)):
        (tmp_path / "specs/rows.yaml").write_text(spec, encoding="utf-8")
        build(options, allow=allow)
    place = ["--database", url(database), "--output", str(options.output)]
    assert run(["apply", *place, "--to", "2"]) == 0
    assert run(["status", *place, "--check-rows"]) == 0, capsys.readouterr().out
    execute(database, GOOD_ROWS)
    execute(database, BAD_ROWS)
    capsys.readouterr()
    assert run(["status", *place, "--check-rows", "--format", "json"]) == 1
    rows = json.loads(capsys.readouterr().out)["rows"]
    found = {one["broken"]: one["count"] for one in rows}
    assert found["NULL in code"] == 1
    assert found["the same values twice in title"] == 1
    assert found["a row without its parent in parents"] == 1
    assert found["a value for the new column more"] == 3
    assert any("mood" in broken and count == 1 for broken, count in found.items())
    assert any(("5 characters" in broken or "called_type" in broken) and count == 1 for broken, count in found.items())
    assert not any("old" in broken or count is None for broken, count in found.items())
    assert run(["status", *place, "--check-rows"]) == 1
    out = capsys.readouterr().out
    assert "would be stopped: things has NULL in code (1 times)" in out
