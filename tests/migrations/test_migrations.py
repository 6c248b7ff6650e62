"""Every migration file runs as it stands, twice, in every way that is promised; its rollback leaves nothing."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest

from schemagen.changes.migration import Migration, Statement, Step
from schemagen.changes.records import ChangeRecord, ForeignKeyAdded, TableCreated
from schemagen.migrations.first_build import first_build
from schemagen.schema import types as t
from schemagen.schema.model import Column, Schema, Table
from schemagen.targets import sql_files as migrations
from schemagen.targets.sql_files import migration_text, rollback_text
from support.dialect_samples import ASSEMBLY, CHAT, NOW
from support.engines import open_postgres, open_sqlite, run_in_psql, run_in_psycopg, run_in_python, run_in_sqlite_shell

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from schemagen.databases.servers import Server

SCHEMAS = {"chat": CHAT, "assembly": ASSEMBLY}


def written(folder: Path, schema: Schema, dialect: str) -> tuple[list[Path], list[Path]]:
    """The migrations of a dialect in order, and their rollbacks in the order in which they are run."""
    for name, text in migrations.render(schema, first_build(schema)).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    files = sorted((folder / "migrations" / dialect).glob("*.sql"))
    return files, [file.parent / "rollback" / file.name for file in reversed(files)]


def in_shell(database: Path, file: Path) -> None:
    done = run_in_sqlite_shell(database, file)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def sqlite_objects(database: Path) -> list[tuple[str, ...]]:
    connection = open_sqlite(database)
    try:
        return connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
        ).fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS.keys())
@pytest.mark.parametrize("run", [run_in_python, in_shell])
def test_sqlite_files_run_twice_and_roll_back(
    tmp_path: Path, sqlite_database: Path, schema: Schema, run: Callable[[Path, Path], None]
) -> None:
    files, rollbacks = written(tmp_path, schema, "sqlite")
    for file in files:
        run(sqlite_database, file)
        once = sqlite_objects(sqlite_database)
        run(sqlite_database, file)
        assert sqlite_objects(sqlite_database) == once
    assert {row[1] for row in once} >= {table.name for table in schema.tables}
    fill_sqlite(sqlite_database, schema)
    for file in rollbacks:
        run(sqlite_database, file)
        run(sqlite_database, file)
    assert sqlite_objects(sqlite_database) == []


ROWS = {
    "chat": ["INSERT INTO users (email) VALUES ('a')", "INSERT INTO conversations (user_id) SELECT id FROM users"],
    "assembly": [
        "INSERT INTO plant (country, number) VALUES ('de', 1)",
        "INSERT INTO \"order\" (country, number) VALUES ('de', 1)",
        'UPDATE plant SET lead_id = (SELECT id FROM "order")',
        'UPDATE "order" SET parent_id = id',
    ],
}


def rows_of(schema: Schema) -> list[str]:
    return next(ROWS[name] for name, known in SCHEMAS.items() if known is schema)


def fill_sqlite(database: Path, schema: Schema) -> None:
    connection = open_sqlite(database)
    for sql in rows_of(schema):
        connection.execute(sql)
    connection.close()


POSTGRES_OBJECTS = """
SELECT relkind::text, relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION ALL SELECT 'function', proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'constraint', conname::text FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'trigger', tgname::text FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'comment', objoid::regclass || ':' || objsubid || ':' || description
  FROM pg_description WHERE classoid = 'pg_class'::regclass
    AND objoid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
ORDER BY 1, 2
"""


def postgres_objects(url: str) -> list[tuple[str, str]]:
    with open_postgres(url) as connection:
        return connection.execute(POSTGRES_OBJECTS).fetchall()


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS.keys())
@pytest.mark.parametrize("version", [18, 16])
@pytest.mark.parametrize("program", ["psql", "psycopg"])
def test_postgres_files_run_twice_and_roll_back(
    tmp_path: Path, schema: Schema, version: int, program: str, request: pytest.FixtureRequest
) -> None:
    server: Server = request.getfixturevalue(f"postgres{version}")
    files, rollbacks = written(tmp_path, schema, "postgres")

    def run(url: str, file: Path) -> None:
        if program == "psycopg":
            run_in_psycopg(url, file)
            return
        done = run_in_psql(server, url, file)
        assert done.returncode == 0, done.stderr
        assert "ERROR" not in done.stderr

    with server.database() as url:
        before = postgres_objects(url)
        for file in files:
            run(url, file)
            once = postgres_objects(url)
            run(url, file)
            assert postgres_objects(url) == once
        with open_postgres(url) as connection:
            for sql in rows_of(schema):
                connection.execute(sql)
        for file in rollbacks:
            run(url, file)
            run(url, file)
        assert postgres_objects(url) == before


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
def test_the_commented_rollback_is_the_rollback(dialect: str) -> None:
    for schema in SCHEMAS.values():
        for step in first_build(schema):
            migration = step.for_dialect(dialect)  # type: ignore[arg-type]
            if not migration.rollback:
                continue
            end = migration_text(migration).split("-- Rollback, the same as")[1]
            commented = [line.removeprefix("-- ").removeprefix("--") for line in end.split("\n")[1:]]
            ready = [line for line in rollback_text(migration).split("\n") if line and not line.startswith("--")]
            assert [line for line in commented if line in ready and line] == ready


def test_a_failing_file_changes_nothing(tmp_path: Path, sqlite_database: Path, pg_database: str) -> None:
    broken = Statement("INSERT INTO nowhere VALUES (1)")
    [users, *_] = first_build(CHAT)
    for dialect, name in (("sqlite", "s.sql"), ("postgres", "p.sql")):
        migration = users.for_dialect(dialect)  # type: ignore[arg-type]
        text = migration_text(replace(migration, statements=(*migration.statements, broken)))
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert run_in_sqlite_shell(sqlite_database, tmp_path / "s.sql").returncode != 0
    assert sqlite_objects(sqlite_database) == []
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        run_in_python(sqlite_database, tmp_path / "s.sql")
    assert sqlite_objects(sqlite_database) == []
    before = postgres_objects(pg_database)
    with pytest.raises(psycopg.errors.UndefinedTable):
        run_in_psycopg(pg_database, tmp_path / "p.sql")
    assert postgres_objects(pg_database) == before


def test_untrusted_text_stays_a_comment(tmp_path: Path, sqlite_database: Path, pg_database: str) -> None:
    evil = "x'; DROP TABLE t; --\n\\! false\n.shell false\n*/ $schemagen$ \u202e :name %s"
    table = Table(
        "t",
        (Column("a", t.Text(), description=evil, external_reference=evil),),
        description=evil,
        notes=(("security", (evil,)),),
    )
    schema = Schema((table,))
    [sqlite_file], _ = written(tmp_path, schema, "sqlite")
    [postgres_file], _ = written(tmp_path, schema, "postgres")
    in_shell(sqlite_database, sqlite_file)
    run_in_psycopg(pg_database, postgres_file)
    assert [row[1] for row in sqlite_objects(sqlite_database)] == ["t"]
    assert "\u202e" not in sqlite_file.read_text(encoding="utf-8") + postgres_file.read_text(encoding="utf-8")
    with open_postgres(pg_database) as connection:
        shown = connection.execute("SELECT obj_description('t'::regclass)").fetchone()
    assert shown is not None
    assert shown[0].startswith("x'; DROP TABLE t; --")


def test_a_migration_outside_a_transaction_has_no_begin() -> None:
    statement = Statement("CREATE INDEX CONCURRENTLY i ON t (a)", "An index")
    migration = Migration(4, "add_index", "postgres", (statement,), (), transactional=False, losses=("nothing",))
    text = migration_text(migration)
    assert "BEGIN" not in text
    assert "-- This loses:\n--   nothing\n" in text
    assert "outside a transaction" in text
    assert "-- Rollback, the same" not in text


def test_steps_are_numbered_in_schema_order_and_say_what_changes() -> None:
    steps = first_build(ASSEMBLY)
    assert [step.identifier for step in steps] == ["001_create_plant", "002_create_order", "003_add_foreign_keys"]
    assert [step.changes for step in steps] == [
        (ChangeRecord("create table plant", TableCreated("plant")),),
        (ChangeRecord("create table order", TableCreated("order")),),
        (ChangeRecord("add foreign key fk_plant_lead_id to table plant", ForeignKeyAdded("plant")),),
    ]
    assert steps[2].sqlite.statements == ()
    assert steps[0].sqlite.rollback_losses == ("every row of table plant",)


def test_names_of_steps_are_lower_snake_case() -> None:
    names = ["ArtistId", "HTTPLog", "createdAt", "users"]
    steps = first_build(Schema(tuple(Table(name, (Column("a", t.Text()),)) for name in names)))
    assert [step.name for step in steps] == [
        "create_artist_id",
        "create_http_log",
        "create_created_at",
        "create_users",
    ]


def test_headers_say_what_a_reviewer_asks() -> None:
    headers = {step.name: step.postgres.header for step in first_build(CHAT)}
    assert headers["create_conversation_agents"] == (
        "Table: conversation_agents",
        "Purpose: Agents configured for a conversation.",
        "Note: agent_id references configuration data, NOT a database foreign key",
        "Depends on: conversations",
        "Referenced by: nothing",
    )
    assert (
        "Referenced by: messages (on delete cascade), conversation_agents (on delete cascade)"
        in (headers["create_conversations"])
    )


def test_lines_are_aligned_and_comments_fit() -> None:
    columns = (
        Column("id", t.Integer(), description="Short"),
        Column("created_at", t.TimestampTz(), default=NOW, description="word " * 40),
    )
    [step] = first_build(Schema((Table("t", columns),)))
    comments = [line for line in migration_text(step.postgres).split("\n") if "--" in line]
    assert max(map(len, comments)) <= 120
    assert all(line == line.rstrip() for line in migration_text(step.sqlite).split("\n"))


def test_files_are_the_same_every_time_and_carry_no_path() -> None:
    first = migrations.render(CHAT, first_build(CHAT))
    assert first == migrations.render(CHAT, first_build(CHAT))
    assert not re.search(r"/work|/home|/tmp|20\d\d-\d\d-\d\d", "".join(first.values()))


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS.keys())
def test_the_files_as_people_read_them(schema: Schema, snapshot: SnapshotAssertion) -> None:
    steps: tuple[Step, ...] = first_build(schema)
    files = migrations.render(schema, steps)
    assert "\n".join(f"==== {name}\n{text}" for name, text in files.items()) == snapshot
