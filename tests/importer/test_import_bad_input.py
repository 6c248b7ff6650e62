"""Sources that cannot be imported: each is reported in a sentence, no password is shown, and nothing is overwritten."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Literal

import pytest

from schemagen.base.diagnostics import SchemagenError
from schemagen.cli.commands import run
from schemagen.databases.servers import connect
from schemagen.databases.urls import with_database
from schemagen.importer import sources
from schemagen.importer.importing import import_catalog
from schemagen.importer.sources import Request, source_catalog, unread_parts

if TYPE_CHECKING:
    from pathlib import Path

    from schemagen.databases.servers import Server


def code_of(request: Request) -> str:
    with pytest.raises(SchemagenError) as stopped:
        import_catalog(source_catalog(request))
    return stopped.value.diagnostics[0].code


def database(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
    return path


def test_what_is_no_source(tmp_path: Path) -> None:
    (tmp_path / "noise.db").write_bytes(b"no database" * 50)
    (tmp_path / "cut.db").write_bytes(database(tmp_path / "whole.db", "CREATE TABLE t (a)").read_bytes()[:700])
    (tmp_path / "empty.db").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    (tmp_path / "some.sql").write_text("CREATE TABLE t (a);")
    assert code_of(Request("nowhere.db")) == "SG470"
    assert code_of(Request("mysql://u@h/d")) == "SG470"
    assert code_of(Request(str(tmp_path / "folder"))) == "SG470"
    assert code_of(Request(str(tmp_path / "some.sql"))) == "SG471"
    assert code_of(Request(str(tmp_path / "noise.db"))) == "SG472"
    assert code_of(Request(str(tmp_path / "cut.db"))) == "SG472"
    assert code_of(Request("json:loads")) == "SG474"
    assert code_of(Request("no_such_module:metadata")) == "SG474"
    assert code_of(Request(str(tmp_path / "empty.db"))) == "SG476"
    assert code_of(Request(f"sqlite:///{tmp_path}/missing.db")) == "SG470"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://someone:hunter2hunter2@127.0.0.1:1/db",
        "postgresql://someone:hun%ter2hunter2@127.0.0.1:1/db",
        "postgresql://someone:a@hunter2hunter2@127.0.0.1:1/db",
        "postgresql://127.0.0.1:1/db?user=x&password=hunter2hunter2",
    ],
)
def test_a_password_is_never_shown(
    url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["import", url]) == 1
    captured = capsys.readouterr()
    assert "SG452" in captured.out
    assert "hunter2" not in captured.out + captured.err


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
def test_sql_that_does_not_run_is_told_with_its_line(
    dialect: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "2_more.sql").write_text("-- more\n\nCREATE TABL b (id integer);\n")
    (tmp_path / "1_first.sql").write_text("CREATE TABLE a (id integer PRIMARY KEY);\n")
    (tmp_path / "10_never.sql").write_text("this is never run\n")
    assert run(["import", str(tmp_path), "--dialect", dialect]) == 1
    assert "2_more.sql:3:1: error SG473" in capsys.readouterr().out


def test_nothing_is_overwritten_by_accident(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    database(tmp_path / "some.db", "CREATE TABLE things (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL)")
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "things.yaml").write_text("mine")
    assert run(["import", "some.db"]) == 1
    assert "SG477" in capsys.readouterr().out
    assert (tmp_path / "specs" / "things.yaml").read_text() == "mine"
    assert run(["import", "some.db", "--force"]) == 0
    assert (tmp_path / "specs" / "things.yaml").read_text().startswith("schemagen: 1\n")
    assert run(["build"]) == 0
    assert run(["lint", "--format", "json"]) == 0


def test_force_removes_what_an_earlier_import_wrote_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    specs = tmp_path / "specs"
    database(tmp_path / "one.db", "CREATE TABLE ones (id INTEGER PRIMARY KEY)")
    database(tmp_path / "two.db", "CREATE TABLE twos (id INTEGER PRIMARY KEY)")
    specs.mkdir()
    (specs / "import-report.md").write_text("# My own notes\n\nThe specs: `ones.yaml`.\n")
    assert run(["import", "one.db"]) == 1
    assert "specs has other files already: import-report.md" in capsys.readouterr().out
    (specs / "import-report.md").unlink()
    assert run(["import", "one.db"]) == 0
    (specs / "mine.yaml").write_text("schemagen: 1\n")
    assert run(["import", "two.db", "--force"]) == 0
    assert sorted(path.name for path in specs.glob("[!.]*")) == ["import-report.md", "mine.yaml", "twos.yaml"]


def test_a_database_is_not_written_to(tmp_path: Path) -> None:
    file = database(tmp_path / "some.db", "CREATE TABLE things (id INTEGER PRIMARY KEY)")
    before = file.read_bytes()
    file.chmod(0o444)
    import_catalog(source_catalog(Request(str(file))))
    assert file.read_bytes() == before


def test_reading_leaves_no_file_behind_and_sees_what_is_in_the_log(tmp_path: Path) -> None:
    file = database(tmp_path / "some.db", "PRAGMA journal_mode = WAL", "CREATE TABLE things (id INTEGER PRIMARY KEY)")
    assert [table.name for table in source_catalog(Request(str(file))).tables] == ["things"]
    assert [path.name for path in tmp_path.iterdir()] == ["some.db"]
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE more (id INTEGER PRIMARY KEY)")
        assert {table.name for table in source_catalog(Request(str(file))).tables} == {"things", "more"}


def test_a_locked_file_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "LOCK_SECONDS", 0.1)
    file = database(tmp_path / "some.db", "CREATE TABLE things (id INTEGER PRIMARY KEY)")
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        with pytest.raises(SchemagenError, match=r"SG475 .*some\.db is locked"):
            source_catalog(Request(str(file)))


def test_a_locked_table_says_so(pg_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "LOCK_SECONDS", 0.1)
    with connect(pg_database) as connection:
        connection.execute("CREATE TABLE things (id integer PRIMARY KEY CHECK (id > 0), a integer DEFAULT 1 + 1)")
        connection.execute("CREATE INDEX more ON things ((a + 1))")
        connection.commit()
        connection.execute("LOCK TABLE things IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(SchemagenError, match="SG475 a table of the database is locked"):
            source_catalog(Request(pg_database))


@pytest.mark.parametrize("source", ["", "some.sql", ".", "json:loads", "nowhere.db"])
def test_what_is_no_database_is_not_compared(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/users.yaml").write_text(SPEC)
    (tmp_path / "some.sql").write_text("SELECT 1;")
    assert run(["verify", "--database", source]) == 1
    shown = capsys.readouterr().out
    assert "SG470" in shown
    assert "is not a database" in shown
    assert "dialect" not in shown


def test_a_role_that_may_read_nothing_still_reads_the_catalogue(postgres18: Server) -> None:
    with postgres18.database() as url:
        with connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE secret (id integer PRIMARY KEY)")
            connection.execute("DROP ROLE IF EXISTS reads_nothing")
            connection.execute("CREATE ROLE reads_nothing LOGIN")
        name = url.partition("?")[0].rpartition("/")[2]
        weak = with_database(url.replace("postgres@", "reads_nothing@"), name)
        assert [table.name for table in source_catalog(Request(weak)).tables] == ["secret"]
        with pytest.raises(SchemagenError, match="SG470"):
            source_catalog(Request(url, schema="nowhere"))
        with connect(url, autocommit=True) as connection:
            connection.execute("DROP ROLE reads_nothing")


SPEC = """schemagen: 1
tables:
  users:
    columns:
      id: {type: integer, identity: true, primary_key: true}
      name: {type: varchar(20)}
"""


def test_drift(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "users.yaml").write_text(SPEC)
    assert run(["build"]) == 0
    script = next((tmp_path / "output/migrations/sqlite").glob("001_*.sql")).read_text()
    with closing(sqlite3.connect("live.db")) as connection:
        connection.executescript(script)
    before = (tmp_path / "live.db").read_bytes()
    assert run(["verify", "--database", "live.db"]) == 0
    assert run(["verify", "--database", "live.db", "--at", "1"]) == 0
    database(tmp_path / "live.db", "ALTER TABLE users ADD COLUMN age INTEGER", "CREATE TABLE spatial_1 (id)")
    assert (tmp_path / "live.db").read_bytes() != before
    capsys.readouterr()
    assert run(["verify", "--database", "live.db", "--ignore", "spatial_*", "--format", "json"]) == 1
    found, refused = json.loads(capsys.readouterr().out)["diagnostics"]
    assert (refused["code"], refused["severity"]) == ("SG483", "warning")
    assert found["code"] == "SG480"
    assert found["message"] == "users, column age: INTEGER in the database, nothing in the specs"
    assert run(["verify", "--database", "live.db", "--at", "7"]) == 1
    assert "SG481" in capsys.readouterr().out


def test_drift_on_postgres(
    postgres18: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "users.yaml").write_text(SPEC)
    assert run(["build"]) == 0
    script = next((tmp_path / "output/migrations/postgres").glob("001_*.sql")).read_bytes()
    with postgres18.database() as url:
        with connect(url, autocommit=True) as connection:
            connection.execute(script)
        assert run(["verify", "--database", url]) == 0
        with connect(url, autocommit=True) as connection:
            connection.execute("ALTER TABLE users ALTER COLUMN name DROP NOT NULL")
        capsys.readouterr()
        assert run(["verify", "--database", url]) == 1
        assert "users, column name, nullable: yes in the database, no in the specs" in capsys.readouterr().out


def tables_of(request: Request) -> list[str]:
    return [table.name for table in source_catalog(request).tables]


DUMP = """PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE a (id INTEGER PRIMARY KEY, note TEXT); CREATE TABLE b (id INTEGER PRIMARY KEY);
INSERT INTO a VALUES (1, 'one; two
three');
CREATE TRIGGER tr AFTER INSERT ON a BEGIN SELECT 1; SELECT 2; END; CREATE TABLE c (id INTEGER PRIMARY KEY);
COMMIT; -- the end
"""


def test_a_dump_of_sqlite_is_run_with_its_own_transaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dump.sql").write_text(DUMP)
    assert tables_of(Request("dump.sql", "sqlite")) == ["a", "b", "c"]
    (tmp_path / "dump.sql").write_text(DUMP.replace("COMMIT;", "CREATE TABLE d (id INTEGER);\nCREATE TABL e;"))
    assert run(["import", "dump.sql", "--dialect", "sqlite"]) == 1
    assert "dump.sql:8:1: error SG473" in capsys.readouterr().out
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "users.yaml").write_text(SPEC)
    assert run(["build"]) == 0
    assert tables_of(Request("output/migrations/sqlite", "sqlite")) == ["users"]
    assert unread_parts(Request("output/migrations/sqlite", "sqlite")) == ()


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
def test_the_way_back_of_other_tools_is_not_run(
    dialect: Literal["sqlite", "postgres"],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "all"
    (folder / "inner").mkdir(parents=True)
    (folder / "1_goose.sql").write_text("-- +goose Up\nCREATE TABLE a (id integer);\n-- +goose Down\nDROP TABLE a;\n")
    (folder / "2_dbmate.sql").write_text(
        "-- migrate:up\nCREATE TABLE b (id integer);\n-- migrate:down\nDROP TABLE b;\n"
    )
    (folder / "V3__c.sql").write_text("CREATE TABLE c (id integer);\n")
    (folder / "U3__c.sql").write_text("DROP TABLE c;\n")
    (folder / "4.down.sql").write_text("DROP TABLE b;\n")
    (folder / "inner" / "5.sql").write_text("CREATE TABLE d (id integer);\n")
    assert tables_of(Request("all", dialect)) == ["a", "b", "c"]
    assert run(["import", "all", "--dialect", dialect]) == 0
    assert "| folder inner | files of inner folders are not run" in (tmp_path / "specs/import-report.md").read_text()
    (tmp_path / "outer").mkdir()
    folder.rename(tmp_path / "outer" / "all")
    assert run(["import", "outer", "--dialect", dialect, "--specs", "new"]) == 1
    assert "its folder all has some: name that one" in capsys.readouterr().out


def test_an_extension_that_the_server_lacks_asks_for_another_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.sql").write_text("CREATE EXTENSION no_such_thing;\n")
    assert run(["import", "a.sql", "--dialect", "postgres"]) == 1
    assert "--postgres URL" in capsys.readouterr().out


def test_what_no_engine_should_be_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "nul.sql").write_bytes(b"CREATE TABLE a (id integer);\n\0")
    (tmp_path / "leaves.py").write_text("raise SystemExit(3)\n")
    assert code_of(Request("nul.sql", "sqlite")) == "SG475"
    assert code_of(Request("nul.sql", "postgres")) == "SG475"
    assert code_of(Request("leaves:metadata")) == "SG474"
    assert code_of(Request("sqlalchemy:MetaData")) == "SG474"


def test_a_dump_with_a_virtual_table(tmp_path: Path) -> None:
    """Which SQLite's shell writes into the schema table, past the parser."""
    sql = "CREATE VIRTUAL TABLE words USING fts5(a)"
    row = f"'table', 'words', 'words', 0, '{sql}'"
    (tmp_path / "dump.sql").write_text(
        "BEGIN;\nPRAGMA writable_schema=ON;\nCREATE TABLE t (id INTEGER PRIMARY KEY);\n"
        f"INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES ({row});\n"
        "PRAGMA writable_schema=OFF;\nCOMMIT;\n"
    )
    catalog = source_catalog(Request(str(tmp_path / "dump.sql"), "sqlite"))
    assert [table.name for table in catalog.tables] == ["t"]
    assert [(other.kind, other.name) for other in catalog.others] == [("virtual table", "words")]
