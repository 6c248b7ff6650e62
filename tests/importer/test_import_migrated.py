"""A SQLite database of ours after ten changes, imported: tables, types, names, rules and descriptions come back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from schemagen.engines.reading import read_catalog
from schemagen.importer.importing import import_catalog
from schemagen.importer.proof import schema_of
from schemagen.migrations.first_build import first_build
from schemagen.project import pipeline
from schemagen.project.pipeline import Options
from support.engines import open_postgres

if TYPE_CHECKING:
    from schemagen.schema.model import Schema, Table

SPEC = """\
schemagen: 1
title: Jobs
tables:
  workers:
    description: Who works.
    columns:
      id: {type: integer, primary_key: true, description: The number}
      name: {type: varchar(40), description: "What it is called; short, and */ no end -- of it"}
  jobs:
    description: A job, by its types alone.
    columns:
      id: {type: integer, primary_key: true, description: The number}
      size: {type: real, nullable: true}
      queued_at: {type: timestamptz, nullable: true, description: "When it was queued, in UTC"}
    checks: {sizes: {sql: size >= 0, description: No debts}}
    sqlite: {parity: false}
"""
JOBS_END = "    checks: {sizes: {sql: size >= 0, description: No debts}}\n"
TRIES = "      tries: {type: bigint, nullable: true, description: 'DROP TABLE jobs; how often, if at all'}\n"
REMARK = "      remark: {type: text, nullable: true, description: What one thinks of it}\n"
TAKES = "      takes: {type: interval, nullable: true, description: 'How long it takes by experience, a long one, and "
TAKES += "so long a description that no line of it stands beside the column; it is wrapped'}\n"
WORKER = "      worker_id: {references: workers.id, on_delete: cascade, nullable: true, description: Who does it}\n"
WORKER_INDEX = "    indexes: [{columns: [worker_id], description: The jobs of one}]\n"
QUEUED = '      queued_at: {type: timestamptz, nullable: true, description: "When it was queued, in UTC"}\n'

CHANGES = (
    (JOBS_END, REMARK + JOBS_END, ()),
    (JOBS_END, TRIES + JOBS_END, ()),
    (JOBS_END, TAKES + JOBS_END, ()),
    (TRIES, "", ("drop:jobs.tries",)),
    (JOBS_END, TRIES + JOBS_END, ()),
    (QUEUED, "", ("drop:jobs.queued_at",)),
    ("  jobs:\n", "      born: {type: date, nullable: true, description: Its first day}\n  jobs:\n", ()),
    (REMARK, REMARK.replace("remark: {", "note: {renamed_from: remark, "), ()),
    (JOBS_END, WORKER + JOBS_END + WORKER_INDEX, ()),
    ("varchar(40)", "varchar(60)", ()),
    (TRIES, "", ("drop:jobs.tries",)),
    (JOBS_END, QUEUED + JOBS_END, ()),
)  # fmt: skip


def parts(table: Table) -> dict[str, object]:
    """What an import has to give back of a table; SQLite adds columns at the end."""
    return {
        "columns": {column.name: (str(column.type), column.nullable, column.description) for column in table.columns},
        "checks": {(check.name, check.sql.sqlite) for check in table.checks},
        "primary key": table.primary_key,
        "foreign keys": {(key.name, key.columns, key.parent, key.on_delete) for key in table.foreign_keys},
        "indexes": {(index.name, index.unique) for index in table.indexes},
        "sqlite": table.sqlite,
    }


def imported(connection: sqlite3.Connection) -> Schema:
    with closing(connection):
        return schema_of(import_catalog(read_catalog(connection)).files)


def test_ten_changes(tmp_path: Path) -> None:
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    text, run = SPEC, []
    for before, after, allow in (("", "", ()), *CHANGES):
        text = text.replace(before, after, 1)
        (options.specs / "jobs.yaml").write_text(text, encoding="utf-8")
        steps = pipeline.build(options, allow=list(allow)).steps
        assert steps
        run += [statement.sql for step in steps for statement in step.sqlite.statements]
    in_place = [sql for sql in run if " DROP COLUMN " in sql or " ADD COLUMN " in sql]
    assert len(in_place) > len(CHANGES) // 2
    schema = pipeline.load(options).schema
    fresh = [statement.sql for step in first_build(schema) for statement in step.sqlite.statements]
    for statements in (run, fresh):
        connection = sqlite3.connect(":memory:", isolation_level=None)
        for sql in statements:
            connection.execute(sql)
        again = imported(connection)
        for table in schema.tables:
            wanted = parts(table)
            found = parts(again.table(table.name))
            assert str(found).replace("* /", "*/") == str(wanted), table.name


def test_a_comment_behind_a_comma_proves_no_type() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE TABLE t (\n a TEXT, -- [timestamptz] When\n b TEXT,   -- [interval] How long\n CHECK (a <> b)\n)"
    )
    connection.execute("ALTER TABLE t ADD COLUMN c TEXT /* [uuid] Which */")
    columns = imported(connection).table("t").columns
    assert [(str(column.type), column.description) for column in columns] == [
        ("text", "When"),
        ("text", "How long"),
        ("uuid", "Which"),
    ]


def test_a_key_that_empties_some_of_its_columns(tmp_path: Path, pg_database: str) -> None:
    options = Options(tmp_path / "specs", tmp_path / "output")
    options.specs.mkdir()
    case = Path(__file__).parents[1] / "cases/evolve/set_null_of_some_columns/old.yaml"
    (options.specs / "threads.yaml").write_text(case.read_text(encoding="utf-8"), encoding="utf-8")
    schema = pipeline.load(options).schema
    keys = {table.name: table.foreign_keys for table in schema.tables}
    with closing(sqlite3.connect(":memory:")) as sqlite, open_postgres(pg_database) as postgres:
        for step in first_build(schema):
            for statement in step.sqlite.statements:
                sqlite.execute(statement.sql)
            for statement in step.postgres.statements:
                postgres.execute(statement.sql.encode())
        for connection in (sqlite, postgres):
            found = schema_of(import_catalog(read_catalog(connection)).files)
            assert {table.name: table.foreign_keys for table in found.tables} == keys
            assert found.objects == ()
