"""Drift: the SQL that is shown brings the database to the specs; what loses data is shown only when it is allowed."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from importer.test_import_adopt import Database, new_database
from schemagen.cli.commands import run
from schemagen.databases.embedded import embedded_server
from schemagen.drift import migrated_catalog as making
from support.drift_cases import CASES, LOSSES, NO_CHECK, OTHER_TRIGGER, ROWS, SPEC
from support.engines import run_in_psql, run_in_sqlite_shell

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def live(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database with rows that is what the specs in the current folder say."""
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    Path("specs/users.yaml").write_text(SPEC)
    assert run(["build"]) == 0
    with new_database(engine) as database:
        database.run_files()
        database.run_text(ROWS)
        yield database


def reported(database: Database, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, object]:
    capsys.readouterr()
    assert run(["verify", "--database", database.place, "--format", "json", *more]) == 1
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def bring_back(database: Database, sql: object, *at: str) -> None:
    assert isinstance(sql, str)
    file = Path("back.sql")
    file.write_text(sql)
    server = embedded_server()
    done = (
        run_in_psql(server, database.place, file)
        if database.engine == "postgres"
        else run_in_sqlite_shell(Path(database.place), file)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert run(["verify", "--database", database.place, *at]) == 0


@pytest.mark.parametrize(
    ("engine", "sql"), [pytest.param(*case, marks=pytest.mark.xdist_group("import")) for case in CASES]
)
def test_the_sql_brings_the_database_back(live: Database, sql: str, capsys: pytest.CaptureFixture[str]) -> None:
    live.run_text(sql)
    found = reported(live, capsys)
    assert [one["code"] for one in found["diagnostics"] if one["code"] != "SG480"] == []  # type: ignore[attr-defined]
    bring_back(live, found["sql"])
    with live.connection() as connection:
        assert connection.execute("SELECT count(*) FROM users").fetchone()[0] == 2


@pytest.mark.parametrize(
    ("engine", "sql", "words"), [pytest.param(*case, marks=pytest.mark.xdist_group("import")) for case in LOSSES]
)
def test_a_loss_is_planned_only_when_it_is_allowed(
    live: Database, sql: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    live.run_text(sql)
    found = reported(live, capsys)
    assert "sql" not in found
    assert f"--allow {words}" in json.dumps(found)
    bring_back(live, reported(live, capsys, "--allow", words)["sql"])


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_sql_stands_at_the_end_and_is_not_run(live: Database, capsys: pytest.CaptureFixture[str]) -> None:
    live.run_text("DROP INDEX idx_users_born; CREATE TRIGGER more AFTER DELETE ON users BEGIN SELECT 1; END")
    before = Path(live.place).read_bytes()
    capsys.readouterr()
    assert run(["verify", "--database", live.place]) == 1
    shown = capsys.readouterr().out
    assert "no SQL for users, trigger more" in shown
    assert "nothing was run:" in shown
    assert shown.rstrip().endswith("RELEASE schemagen;")
    assert Path(live.place).read_bytes() == before


ENGINES = pytest.mark.parametrize(
    "engine", [pytest.param(name, marks=pytest.mark.xdist_group("import")) for name in ("sqlite", "postgres")]
)


def changes(found: dict[str, object]) -> dict[str, dict[str, object]]:
    diagnostics = found["diagnostics"]
    assert isinstance(diagnostics, list)
    return {one["change"]["what"]: one["change"] for one in diagnostics if "change" in one}


@ENGINES
def test_each_difference_has_both_sides_and_the_statements_that_mend_it(
    live: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    live.run_text(f"{OTHER_TRIGGER[live.engine]}; DROP INDEX idx_users_born; CREATE INDEX idx_more ON notes (body)")
    found = changes(reported(live, capsys))
    part = {"sqlite": "definition", "postgres": "function"}[live.engine]
    assert set(found) == {"index idx_more", "index idx_users_born", f"trigger trg_users_name_immutable, {part}"}
    more = found["index idx_more"]
    assert (more["table"], more["found"], more["wanted"]) == ("notes", "btree (body)", "nothing")
    assert any(sql.startswith("DROP INDEX") for sql in more["sql"])  # type: ignore[attr-defined]
    for change in found.values():  # each by itself, in its own time
        for sql in change["sql"]:  # type: ignore[attr-defined]
            with live.connection() as connection:
                connection.execute(sql)
                connection.commit()
    assert run(["verify", "--database", live.place]) == 0


@pytest.mark.parametrize("engine", ["sqlite"])
def test_one_rebuild_that_mends_several_differences_is_told_once(
    live: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    live.run_text(f"{NO_CHECK}; DROP INDEX idx_users_born")
    found = changes(reported(live, capsys))
    check, index = found["check ck_users_state, expression"], found["index idx_users_born"]
    assert any("CREATE TABLE" in sql for sql in check["sql"])  # type: ignore[attr-defined]
    assert (index["sql"], index["fixed_with"]) == ([], "check ck_users_state, expression")
    capsys.readouterr()
    assert run(["verify", "--database", live.place]) == 1
    assert "sql: -- that of check ck_users_state, expression" in capsys.readouterr().out


NEEDS = """CREATE TYPE mood AS ENUM ('sad', 'happy');
    CREATE DOMAIN short AS varchar(9) COLLATE "C" CHECK (length(VALUE) > 1);
    CREATE TABLE people (id integer PRIMARY KEY, mood mood NOT NULL DEFAULT 'happy', name short);
    CREATE TABLE things (id integer PRIMARY KEY)"""


@pytest.fixture
def adopted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A PostgreSQL database with types of its own, which has just been adopted."""
    monkeypatch.chdir(tmp_path)
    with new_database("postgres") as database:
        database.run_text(NEEDS)
        assert run(["import", database.place, "--adopt"]) == 0
        yield database


@pytest.mark.xdist_group("import")
def test_types_of_the_database_are_taken_for_granted(adopted: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "--database", adopted.place]) == 0
    assert run(["verify", "--database", adopted.place, "--at", "1"]) == 0
    adopted.run_text("ALTER TABLE people ALTER COLUMN name TYPE text")
    found = reported(adopted, capsys, "--postgres", embedded_server(16).url)
    assert "column name, type" in changes(found)
    adopted.run_text("ALTER TABLE people ALTER mood DROP DEFAULT, ALTER mood TYPE text; DROP TYPE mood")
    assert "column mood, type" in changes(reported(adopted, capsys))


SAID_ANOTHER_WAY = {
    "postgres": """CREATE TABLE s (id serial PRIMARY KEY, a integer);
        CREATE TABLE i (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a integer);
        ALTER TABLE i ADD CONSTRAINT ck_i_a CHECK (a > 0) NOT VALID;
        ALTER TABLE s ADD CONSTRAINT "a*b" CHECK (a * a > 0) NOT VALID;
        CREATE TABLE v (id integer PRIMARY KEY, a integer, b integer GENERATED ALWAYS AS (a + 1) VIRTUAL);
        CREATE TABLE "m*n" (a integer, b integer, PRIMARY KEY (a, b));
        CREATE TABLE k (id integer PRIMARY KEY, a integer, b integer,
            FOREIGN KEY (a, b) REFERENCES "m*n" MATCH FULL)""",
    "sqlite": """CREATE TABLE n (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE, b TEXT DEFAULT "x");
        CREATE TABLE v (id TEXT PRIMARY KEY, a INTEGER, b INTEGER GENERATED ALWAYS AS (a + 1) VIRTUAL)""",
}


@ENGINES
def test_what_an_import_says_another_way_can_be_accepted(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with new_database(engine) as database:
        database.run_text(SAID_ANOTHER_WAY[engine])
        assert run(["import", database.place, "--adopt"]) == 0
        found = reported(database, capsys)
        hints = [one["hint"] for one in found["diagnostics"] if "--ignore" in (one["hint"] or "")]  # type: ignore[attr-defined]
        assert len(hints) == sum("change" in one for one in found["diagnostics"])  # type: ignore[attr-defined]
        accepted = [word for hint in hints for word in shlex.split(hint.partition("accept it: ")[2])[1:]]
        assert run(["verify", "--database", database.place, *(f"--ignore={one}" for one in accepted)]) == 0
        Path("schemagen.toml").write_text(f"[verify]\nignore = {json.dumps(accepted)}\n")
        capsys.readouterr()
        assert run(["verify", "--database", database.place]) == 0
        assert f"but for {len(accepted)} accepted difference{'s' * (len(accepted) > 1)}." in capsys.readouterr().out
        database.run_text("CREATE INDEX more ON v (a)")
        assert list(changes(reported(database, capsys))) == ["index more"]


@pytest.mark.xdist_group("import")
def test_what_our_server_lacks_is_told_and_the_rest_is_compared(
    adopted: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    specs = Path("specs/views-and-objects.yaml")
    specs.write_text(specs.read_text().replace("DOMAIN short AS", "DOMAIN short AS none_of_ours."))
    monkeypatch.setattr(making, "prerequisites", lambda _: ("CREATE EXTENSION none_of_ours",))
    capsys.readouterr()
    assert run(["verify", "--database", adopted.place]) == 0
    shown = capsys.readouterr().out
    assert 'SG484 `CREATE EXTENSION none_of_ours` is refused: extension "none_of_ours" is not available' in shown
    assert 'SG484 table people was not compared: its migration is refused: type "short" does not exist' in shown
    assert run(["verify", "--database", adopted.place, "--format", "markdown"]) == 0
    assert "as far as it was compared" in capsys.readouterr().out
    adopted.run_text("CREATE INDEX more ON things (id)")
    assert "index more" in changes(reported(adopted, capsys))


@ENGINES
def test_a_loss_keeps_no_statement_of_another_difference_back(
    live: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    live.run_text("CREATE TABLE more (id INTEGER PRIMARY KEY); DROP INDEX idx_users_born")
    found = reported(live, capsys)
    assert "CREATE INDEX" in str(found["sql"])
    assert "more" not in str(found["sql"])
    assert [bool(change["sql"]) for change in changes(found).values()] == [False, True]
    capsys.readouterr()
    assert run(["verify", "--database", live.place]) == 1
    assert "nearer to the specs, without what needs --allow drop:more; nothing was run:" in capsys.readouterr().out


@ENGINES
def test_the_way_to_an_earlier_migration_is_told(live: Database, capsys: pytest.CaptureFixture[str]) -> None:
    live.run_text("DROP INDEX idx_users_born")
    spec = Path("specs/users.yaml")
    spec.write_text(spec.read_text().replace("      body:", "      mood: {type: text, nullable: true}\n      body:"))
    assert run(["build"]) == 0
    live.run_files("003")
    at = ["--at", "2"]
    found = reported(live, capsys, *at)
    assert "--allow drop:notes.mood" in json.dumps(found)
    index = changes(found)["index idx_users_born"]
    assert any(sql.startswith("CREATE INDEX") for sql in index["sql"])  # type: ignore[attr-defined]
    bring_back(live, reported(live, capsys, *at, "--allow", "drop:notes.mood")["sql"], *at)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_markdown_has_a_section_for_each_difference(live: Database, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["verify", "--database", live.place, "--format", "markdown"]
    capsys.readouterr()
    assert run(command) == 0
    assert capsys.readouterr().out == "# No drift\n\nThe database is what the specs say.\n"
    live.run_text("DROP INDEX idx_users_born; CREATE TRIGGER more AFTER DELETE ON users BEGIN SELECT '```'; END")
    assert run(command) == 1
    shown = capsys.readouterr().out
    assert "## users, index idx\\_users\\_born\n\n| the database | the specs |\n| --- | --- |\n" in shown
    assert "```sql\nCREATE INDEX" in shown
    assert "- no SQL for users, trigger more: " in shown
    assert sum(line.startswith("```") for line in shown.splitlines()) == 4


BELONGINGS = [
    ("postgres", "ALTER TABLE notes ADD EXCLUDE USING btree (id WITH =)", "exclusion constraint notes_id_excl"),
    ("postgres", "CREATE POLICY mine ON notes USING (id > 1)", "policy mine"),
    ("postgres", "CREATE RULE never AS ON DELETE TO notes DO INSTEAD NOTHING", "rule never"),
    ("postgres", "ALTER TABLE notes FORCE ROW LEVEL SECURITY", "options"),
    ("postgres", "CREATE STATISTICS more ON id, body FROM notes", "statistics more"),
]


@pytest.mark.parametrize(
    ("engine", "sql", "what"), [pytest.param(*case, marks=pytest.mark.xdist_group("import")) for case in BELONGINGS]
)
def test_what_belongs_to_a_table_and_has_no_word_is_told(
    live: Database, sql: str, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    live.run_text(sql)
    found = reported(live, capsys)
    assert list(changes(found)) == [what]
    assert f"no SQL for notes, {what}" in json.dumps(found)
    assert "sql" not in found


SQLITE_KEYS = """schemagen: 1
tables:
  words:
    columns: {a: {type: integer, primary_key: true}, b: {type: integer}, c: {type: text}}
    unique: [{columns: [b, c]}]
"""


def test_a_collation_of_a_unique_constraint_is_drift(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    Path("specs/words.yaml").write_text(SQLITE_KEYS)
    assert run(["build"]) == 0
    database = Database("sqlite", "words.db")
    database.run_files()
    assert run(["verify", "--database", "words.db"]) == 0
    database.run_text(
        "PRAGMA writable_schema = ON;"
        "UPDATE sqlite_schema SET sql = replace(sql, '(b, c)', '(b, c COLLATE NOCASE)') WHERE name = 'words'"
    )
    found = reported(database, capsys)
    (change,) = changes(found).values()
    assert (change["what"], change["found"]) == ("unique constraint uq_words_b_c, details", "c collate nocase")


BY_HAND = {
    "ALTER TABLE users ADD CONSTRAINT other CHECK (id > 0) NOT VALID": {},
    "ALTER TABLE users DROP CONSTRAINT ck_users_state, "
    "ADD CONSTRAINT ck_users_state CHECK (length(state) > 2) NOT VALID": {
        "check ck_users_state, state": ["ALTER TABLE users VALIDATE CONSTRAINT ck_users_state"]
    },
    "ALTER TABLE notes DROP CONSTRAINT fk_notes_user_id, ADD CONSTRAINT fk_notes_user_id "
    "FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE NOT VALID": {
        "foreign key fk_notes_user_id, state": ["ALTER TABLE notes VALIDATE CONSTRAINT fk_notes_user_id"]
    },
    "ALTER TABLE users ADD CONSTRAINT n NOT NULL email NOT VALID": {
        "column email, details": ["ALTER TABLE users ALTER COLUMN email DROP NOT NULL"]
    },
}


@pytest.mark.parametrize(
    ("engine", "sql", "expected"),
    [pytest.param("postgres", *case, marks=pytest.mark.xdist_group("import")) for case in BY_HAND.items()],
)
def test_what_no_migration_changes_has_its_own_statement(
    live: Database, sql: str, expected: dict[str, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    live.run_text(f"{sql}; DROP INDEX idx_users_born")
    found = reported(live, capsys)
    assert {what: changes(found)[what]["sql"] for what in expected} == expected
    assert [one["code"] for one in found["diagnostics"] if one["code"] != "SG480"] == []  # type: ignore[attr-defined]
    assert all(change["fixed_with"] == "" for change in changes(found).values())
    assert not any("SET LOCAL lock" in sql for change in changes(found).values() for sql in change["sql"])  # type: ignore[attr-defined]
    bring_back(live, found["sql"])


GENERATED = """schemagen: 1
tables:
  sums:
    columns: {a: {type: integer, primary_key: true}, b: {type: integer, generated: {sql: a + 1}}}
"""


def test_sqlite_is_not_kept_back_by_what_only_postgres_would_hold_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    Path("specs/sums.yaml").write_text(GENERATED)
    assert run(["build"]) == 0
    database = Database("sqlite", "sums.db")
    key = "CONSTRAINT pk_sums PRIMARY KEY (a)"
    check = "CONSTRAINT ck_sums_a_type CHECK (a BETWEEN -2147483648 AND 2147483647)"
    database.run_text(f"CREATE TABLE sums (a INTEGER NOT NULL, {key}, {check}) STRICT; INSERT INTO sums VALUES (1)")
    found = reported(database, capsys)
    assert "PostgreSQL" not in json.dumps(found)
    bring_back(database, found["sql"])


@pytest.mark.parametrize("engine", [pytest.param("postgres", marks=pytest.mark.xdist_group("import"))])
def test_a_role_that_may_not_use_the_schema_sees_no_drift(live: Database) -> None:
    live.run_text("DROP ROLE IF EXISTS outsider; CREATE ROLE outsider LOGIN; REVOKE USAGE ON SCHEMA public FROM PUBLIC")
    assert run(["verify", "--database", live.place.replace("postgres@", "outsider@", 1)]) == 0


@pytest.mark.parametrize("engine", [pytest.param("postgres", marks=pytest.mark.xdist_group("import"))])
@pytest.mark.parametrize("path", ["app", "app,public", '"$user",public'])
def test_the_search_path_of_the_session_that_migrated_is_no_drift(live: Database, path: str) -> None:
    live.run_text("DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE SCHEMA app")
    elsewhere = Database("postgres", f"{live.place.partition('options=')[0]}options=-csearch_path%3D{quote(path)}")
    elsewhere.run_files()
    assert {one.name for one in elsewhere.catalog().tables} == {"users", "notes"}
    assert run(["verify", "--database", elsewhere.place]) == 0


@pytest.mark.parametrize("engine", ["postgres"])
def test_other_words_are_a_remark(live: Database, capsys: pytest.CaptureFixture[str]) -> None:
    live.run_text("COMMENT ON TABLE users IS 'Old words'; COMMENT ON COLUMN users.name IS 'Old words'")
    capsys.readouterr()
    assert run(["verify", "--database", live.place, "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["diagnostics"]
    assert (found["code"], found["severity"]) == ("SG428", "warning")
    assert found["message"] == "users is described in other words in the database: the table, `name`"
