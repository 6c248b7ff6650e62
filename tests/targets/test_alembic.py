"""The Alembic tree: up, down and check on both engines, byte for byte, atomic, and from any folder."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from schemagen.changes.migration import Migration, Statement, Step
from schemagen.engines.catalog_differences import differences
from schemagen.engines.reading import read_catalog
from schemagen.migrations.first_build import first_build
from schemagen.targets import sql_files
from schemagen.targets.alembic import revisions as alembic
from schemagen.targets.sqlmodel import modules as sqlmodel
from support.engines import open_postgres, open_sqlite, run_in_psql, run_in_sqlite_shell
from support.generated_models import write
from support.models_schema import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from schemagen.databases.servers import Server
    from schemagen.schema.dialect import DialectName

STEPS = first_build(SCHEMA)
COLONS = 'SELECT \':a %s %(b)s %% \\ \t """ é\' AS "x:y"'


def step(number: int, name: str, sqlite: str, postgres: str, *, transactional: bool = True) -> Step:
    def migration(dialect: DialectName, sql: str) -> Migration:
        outside = dialect == "postgres" and not transactional
        return Migration(number, name, dialect, (Statement(sql),) if sql else (), (), transactional=not outside)

    return Step(migration("sqlite", sqlite), migration("postgres", postgres))


def files_of(steps: Sequence[Step]) -> dict[str, str]:
    """The models, the SQL files and the revisions that run them."""
    sql = sql_files.render(SCHEMA, steps)
    return sqlmodel.render(SCHEMA) | sql | alembic.render(steps, sql)


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("output")
    write(folder, files_of(STEPS))
    return folder


def run(output: Path, url: str, *arguments: str, fails: bool = False) -> str:
    """``alembic`` from a folder that has nothing to do with it."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "alembic", "-c", str(output / "alembic" / "alembic.ini"), *arguments],
        env={**os.environ, "DATABASE_URL": url},
        cwd=output.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert bool(done.returncode) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr if fails else done.stdout


def migrate_sqlite(path: Path) -> None:
    connection = open_sqlite(path)
    for migration in (step.sqlite for step in STEPS):
        for statement in migration.statements:
            connection.execute(statement.sql)
    connection.close()


def test_sqlite(output: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ours.db'}"
    run(output, url, "upgrade", "head")
    assert "No new upgrade operations detected." in run(output, url, "check")
    migrate_sqlite(tmp_path / "theirs.db")
    ours, theirs = open_sqlite(tmp_path / "ours.db"), open_sqlite(tmp_path / "theirs.db")
    ours.execute("DROP TABLE alembic_version")
    assert not differences(read_catalog(theirs), read_catalog(ours))
    ours.close()
    theirs.close()


def test_sqlite_down(output: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'app.db'}"
    run(output, url, "upgrade", "head")
    run(output, url, "downgrade", "base")
    connection = open_sqlite(tmp_path / "app.db")
    left = connection.execute("SELECT name FROM sqlite_schema WHERE name NOT GLOB 'sqlite_*'").fetchall()
    assert {name for (name,) in left} == {"alembic_version"}
    connection.close()


@pytest.mark.parametrize("version", [18, 16])
def test_postgres(output: Path, version: int, request: pytest.FixtureRequest) -> None:
    server: Server = request.getfixturevalue(f"postgres{version}")
    with server.database() as url, server.database() as theirs:
        run(output, url, "upgrade", "head")
        assert "No new upgrade operations detected." in run(output, url, "check")
        with open_postgres(url) as one, open_postgres(theirs) as two:
            for migration in (step.postgres for step in STEPS):
                for statement in migration.statements:
                    two.execute(statement.sql.encode())
            one.execute("DROP TABLE alembic_version")
            assert not differences(read_catalog(two), read_catalog(one))


def test_postgres_down(output: Path, pg_database: str) -> None:
    run(output, pg_database, "upgrade", "head")
    run(output, pg_database, "downgrade", "base")
    with open_postgres(pg_database) as connection:
        left = connection.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace").fetchall()
        assert {name for (name,) in left} == {"alembic_version", "alembic_version_pkc"}
        assert not connection.execute("SELECT 1 FROM pg_proc WHERE pronamespace = 'public'::regnamespace").fetchall()


def test_offline_sql_runs_in_the_sqlite_shell(output: Path, tmp_path: Path) -> None:
    script = tmp_path / "offline.sql"
    script.write_text(run(output, "sqlite:///nothing.db", "upgrade", "head", "--sql"), encoding="utf-8")
    done = run_in_sqlite_shell(tmp_path / "app.db", script)
    assert done.returncode == 0, done.stderr
    assert "No new upgrade operations detected." in run(output, f"sqlite:///{tmp_path / 'app.db'}", "check")


def test_offline_sql_runs_in_psql(output: Path, pg_database: str, postgres18: Server, tmp_path: Path) -> None:
    script = tmp_path / "offline.sql"
    script.write_text(run(output, pg_database, "upgrade", "head", "--sql"), encoding="utf-8")
    done = run_in_psql(postgres18, pg_database, script)
    assert done.returncode == 0, done.stderr
    assert "No new upgrade operations detected." in run(output, pg_database, "check")


@pytest.fixture
def bytes_output(tmp_path: Path) -> Path:
    create = "CREATE TABLE t AS " + COLONS
    steps = (step(1, "bytes", create, create), step(2, "nothing", "", ""))
    write(tmp_path, files_of(steps))
    return tmp_path


def test_statements_arrive_byte_for_byte(bytes_output: Path, pg_database: str) -> None:
    wanted = (':a %s %(b)s %% \\ \t """ é',)
    path = bytes_output / "app.db"
    run(bytes_output, f"sqlite:///{path}", "upgrade", "head")
    connection = sqlite3.connect(path)
    assert connection.execute('SELECT "x:y" FROM t').fetchone() == wanted
    connection.close()
    run(bytes_output, pg_database, "upgrade", "head")
    with open_postgres(pg_database) as other:
        assert other.execute('SELECT "x:y" FROM t').fetchone() == wanted
    for url in (f"sqlite:///{path}", pg_database):
        assert COLONS in run(bytes_output, url, "upgrade", "head", "--sql")


def test_a_revision_is_whole_or_not_there(tmp_path: Path, pg_database: str) -> None:
    bad = Migration(
        1, "bad", "sqlite", (Statement("CREATE TABLE t (a INTEGER)"), Statement("SELECT no_such FROM t")), ()
    )
    same = Migration(1, "bad", "postgres", bad.statements, ())
    write(tmp_path, files_of((Step(bad, same),)))
    path = tmp_path / "app.db"
    assert "no_such" in run(tmp_path, f"sqlite:///{path}", "upgrade", "head", fails=True)
    connection = sqlite3.connect(path)
    assert not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 't'").fetchall()
    connection.close()
    assert "no_such" in run(tmp_path, pg_database, "upgrade", "head", fails=True)
    with open_postgres(pg_database) as other:
        assert other.execute("SELECT to_regclass('t')").fetchone() == (None,)


def test_a_migration_outside_a_transaction(tmp_path: Path, pg_database: str) -> None:
    steps = (
        step(1, "table", "CREATE TABLE t (a INTEGER)", "CREATE TABLE t (a integer)"),
        step(2, "index", "CREATE INDEX i ON t (a)", "CREATE INDEX CONCURRENTLY i ON t (a)", transactional=False),
        step(3, "more", "CREATE TABLE u (a INTEGER)", "CREATE TABLE u (a integer)"),
    )
    write(tmp_path, files_of(steps))
    for url in (f"sqlite:///{tmp_path / 'app.db'}", pg_database):
        run(tmp_path, url, "upgrade", "head")
        assert "0003_" in run(tmp_path, url, "current")
    with open_postgres(pg_database) as connection:
        assert connection.execute("SELECT to_regclass('i') IS NOT NULL, to_regclass('u') IS NOT NULL").fetchone() == (
            True,
            True,
        )


def test_a_new_revision_by_hand(tmp_path: Path) -> None:
    write(tmp_path, files_of(STEPS))
    run(tmp_path, f"sqlite:///{tmp_path / 'app.db'}", "revision", "-m", "by hand", "--rev-id", "hand")
    run(tmp_path, f"sqlite:///{tmp_path / 'app.db'}", "upgrade", "head")
    assert (tmp_path / "alembic" / "versions" / "hand_by_hand.py").read_text(encoding="utf-8").startswith('"""by hand')


def test_a_revision_runs_its_own_files_alone(output: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'app.db'}"
    file = next((output / "migrations/sqlite").glob("001_*.sql"))
    text = file.read_text(encoding="utf-8")
    file.write_bytes(text.replace("\n", "\r\n").encode())  # as git may check it out on Windows
    assert "CREATE TABLE" in run(output, url, "upgrade", "head", "--sql")
    file.write_text(f"{text}-- edited\n", encoding="utf-8")
    assert f"{file.name} is not as it was built: restore it" in run(output, url, "upgrade", "head", fails=True)
    file.unlink()
    assert "the folder of the migrations belongs to that of Alembic" in run(output, url, "upgrade", "head", fails=True)
    assert "001" in run(output, url, "history")
    file.write_text(text, encoding="utf-8")


def test_what_cannot_be_read_back_stands_in_the_revision(tmp_path: Path) -> None:
    sql = "CREATE TABLE t AS SELECT 'one;\n\ntwo' AS a"
    files = files_of((step(1, "odd", sql, sql),))
    [revision] = [text for path, text in files.items() if "/versions/" in path]
    assert "UPGRADE: dict" in revision
    write(tmp_path, files)
    run(tmp_path, f"sqlite:///{tmp_path / 'app.db'}", "upgrade", "head")
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        assert connection.execute("SELECT a FROM t").fetchone() == ("one;\n\ntwo",)
