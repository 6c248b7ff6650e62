"""Defaults of a SQLite database: the same on PostgreSQL, or told as what an INSERT has to give there."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from schemagen.engines.dialects import POSTGRES
from schemagen.importer.importing import import_catalog
from schemagen.importer.losses import Effect
from schemagen.importer.proof import schema_of
from schemagen.importer.report import summary
from schemagen.importer.sources import Request, source_catalog
from support.engines import open_postgres, open_sqlite

if TYPE_CHECKING:
    from pathlib import Path

    from schemagen.importer.result import ImportResult

DEFAULTS = [
    ("BOOL NOT NULL DEFAULT 'false'", "'false'"),
    ("BOOLEAN NOT NULL DEFAULT 'f'", "false"),
    ("BOOL NOT NULL DEFAULT TRUE", "true"),
    ("BLOB NOT NULL DEFAULT ''", "('\\x')"),
    ("BLOB NOT NULL DEFAULT 'a\\b'", "('\\x615c62')"),
    ("BLOB NOT NULL DEFAULT x'00FF'", "'\\x00ff'"),
    ("INTEGER NOT NULL DEFAULT (strftime('%s', 'now'))", "(extract(epoch FROM now())::integer)"),
    ("BIGINT NOT NULL DEFAULT (CAST(strftime('%s', 'now') AS INTEGER))", "(extract(epoch FROM now())::bigint)"),
    ("INTEGER NOT NULL DEFAULT (unixepoch())", "(extract(epoch FROM now())::integer)"),
    ("DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP", "(now() AT TIME ZONE 'UTC')"),
    ("TIMESTAMP NOT NULL DEFAULT (datetime('now', 'localtime'))", "LOCALTIMESTAMP"),
    ("DATE NOT NULL DEFAULT (date('now'))", "CURRENT_DATE"),
    ("DATE NOT NULL DEFAULT CURRENT_DATE", "((now() AT TIME ZONE 'UTC')::date)"),
    ("TEXT NOT NULL DEFAULT (hex(randomblob(3)))", None),
    ("INTEGER NOT NULL DEFAULT (random())", None),
]


def imported(folder: Path, sql: str) -> ImportResult:
    (folder / "a.sql").write_text(sql, encoding="utf-8")
    return import_catalog(source_catalog(Request(str(folder / "a.sql"), "sqlite")))


@pytest.mark.parametrize(("column", "wanted"), DEFAULTS)
def test_a_default_means_the_same_on_postgres(
    column: str, wanted: str | None, tmp_path: Path, pg_database: str
) -> None:
    result = imported(tmp_path, f"CREATE TABLE t (id INTEGER PRIMARY KEY, a {column});")
    assert result.proof.tables == frozenset()
    schema = schema_of(result.files)
    found = POSTGRES.default(schema.table("t").column("a"))
    assert (found or "").lower() == (wanted or "").lower()
    missing = [loss for loss in result.losses if loss.effect is Effect.NO_DEFAULT]
    assert bool(missing) is (wanted is None)
    with open_postgres(pg_database) as connection, closing(open_sqlite(":memory:")) as memory:
        memory.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, a {column})")
        memory.execute("INSERT INTO t (id) VALUES (1)")
        for statement in POSTGRES.create_table(schema.table("t"), schema):
            connection.execute(statement.sql.encode())
        if wanted is not None:
            connection.execute("INSERT INTO t (id) VALUES (1)")


def test_the_summary_counts_what_an_insert_has_to_give(tmp_path: Path) -> None:
    columns = "a TEXT NOT NULL DEFAULT (hex(randomblob(3))), b TEXT DEFAULT (hex(x'00'))"
    sql = f"CREATE TABLE t (id INTEGER PRIMARY KEY, {columns})"
    lines = summary(imported(tmp_path, sql))
    assert "  without a default on the other engine: 1" in lines
    assert "  on one engine only: 1" in lines


def test_a_child_takes_the_type_that_postgres_can_compare(tmp_path: Path) -> None:
    sql = """CREATE TABLE parents (id TEXT PRIMARY KEY);
        CREATE TABLE kids (id INTEGER PRIMARY KEY, parent_id UUID NOT NULL REFERENCES parents (id));
        CREATE TABLE codes (id UUID PRIMARY KEY);
        CREATE TABLE uses (id INTEGER PRIMARY KEY, code VARCHAR(36) REFERENCES codes (id));"""
    schema = schema_of(imported(tmp_path, sql).files)
    types = [POSTGRES.column_type(schema.table(name).columns[1], schema.table(name)) for name in ("kids", "uses")]
    assert types == ["text", "uuid"]
