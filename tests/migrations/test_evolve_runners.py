"""A rebuild on SQLite under every runner: every row is kept, or one does not fit and nothing is touched."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from itertools import count
from typing import TYPE_CHECKING

import pytest

from schemagen.project.pipeline import Options, build
from support.sqlite_runners import CARELESS, RUNNERS, Built, Careless, in_shell, in_shell_with_bail

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

OLD = """schemagen: 1
title: Rebuild
tables:
  parents:
    columns:
      id: {type: integer, primary_key: true, identity: true}
      code: {type: varchar(9), unique: true}
      note: {type: text, nullable: true}
      boss_id: {references: parents.id, on_delete: cascade, nullable: true}
  pairs:
    primary_key: [a, b]
    columns:
      a: {type: text}
      b: {type: integer}
      n: {type: integer}
  cascading:
    columns:
      id: {type: integer, primary_key: true}
      parent_id: {references: parents.id, on_delete: cascade}
      seen_at: {type: timestamptz, default: "2024-01-01T00:00:00Z", on_row_update: {sql: now()}}
  clearing:
    columns:
      id: {type: integer, primary_key: true}
      parent_code: {type: varchar(9), references: parents.code, on_delete: set null, nullable: true}
  following:
    append_only: true
    columns:
      id: {type: integer, primary_key: true}
      parent_id: {references: parents.id, on_delete: restrict, on_update: restrict}
  moving:
    columns:
      id: {type: integer, primary_key: true}
      parent_id: {references: parents.id, on_delete: cascade, on_update: cascade}
  paired:
    columns:
      id: {type: integer, primary_key: true}
      a: {type: text}
      b: {type: integer}
    foreign_keys:
      - {columns: [a, b], references: {table: pairs, columns: [a, b]}, on_delete: cascade}
  grandchildren:
    columns:
      id: {type: integer, primary_key: true}
      moving_id: {references: moving.id, on_delete: cascade}
"""
NEW = OLD.replace(
    "code: {type: varchar(9), unique: true}", 'code: {type: varchar(9), unique: true, check: "id < 100"}'
).replace("n: {type: integer}", 'n: {type: integer, check: "n < 100"}')
ROWS = """
INSERT INTO parents (id, code, note, boss_id) VALUES (1, 'one', 'x', NULL), (2, 'two', NULL, 1), (7, 'seven', NULL, 7);
INSERT INTO parents (id, code) VALUES (90, 'gone');
DELETE FROM parents WHERE id = 90;
INSERT INTO pairs VALUES ('p', 1, 5), ('q', 2, 6);
INSERT INTO cascading (id, parent_id) VALUES (1, 1), (2, 2), (3, 7);
INSERT INTO clearing VALUES (1, 'one'), (2, 'two'), (3, NULL);
INSERT INTO following VALUES (1, 1), (2, 7);
INSERT INTO moving VALUES (1, 2), (2, 1);
INSERT INTO paired VALUES (1, 'p', 1), (2, 'q', 2);
INSERT INTO grandchildren VALUES (1, 1), (2, 2);
CREATE VIEW seen AS SELECT p.code, c.id FROM parents p JOIN cascading c ON c.parent_id = p.id;
"""
BAD_ROWS = {
    "a parent": "INSERT INTO parents (id, code) VALUES (500, 'big')",
    "a pair": "INSERT INTO pairs VALUES ('r', 3, 500)",
}
TABLES = ("parents", "pairs", "cascading", "clearing", "following", "moving", "paired", "grandchildren")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return _built(tmp_path_factory.mktemp("rebuild"))


@pytest.fixture(scope="module")
def unguarded(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The same without a look at the tables' own rules, which takes most of the time of a run."""
    return _built(tmp_path_factory.mktemp("unguarded"), [f"rules:{name}" for name in TABLES])


def _built(folder: Path, allow: Sequence[str] = ()) -> Built:
    (folder / "specs").mkdir()
    options = Options(folder / "specs", folder / "output")
    (folder / "specs/rebuild.yaml").write_text(OLD, encoding="utf-8")
    build(options)
    (folder / "specs/rebuild.yaml").write_text(NEW, encoding="utf-8")
    result = build(options, allow=allow)
    migration = result.steps[0].sqlite
    file = folder / "output/migrations/sqlite" / f"{migration.identifier}.sql"
    return Built(folder / "output", file, tuple(statement.sql for statement in migration.statements))


@pytest.fixture
def database(built: Built, tmp_path: Path) -> Path:
    """The old tables with rows."""
    path = tmp_path / "app.db"
    connection = sqlite3.connect(path, isolation_level=None)
    for file in sorted((built.output / "migrations/sqlite").glob("*.sql")):
        if file < built.migration:
            connection.executescript(file.read_text(encoding="utf-8"))
    connection.executescript(ROWS)
    connection.close()
    return path


def everything(database: Path) -> dict[str, list[tuple[object, ...]]]:
    connection = sqlite3.connect(database)
    found = {name: connection.execute(f"SELECT rowid, * FROM {name} ORDER BY 1").fetchall() for name in TABLES}
    found["counter"] = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'parents'").fetchall()
    found["view"] = connection.execute("SELECT * FROM seen ORDER BY 1, 2").fetchall()
    found["broken"] = connection.execute("PRAGMA foreign_key_check").fetchall()
    found["triggers"] = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY 1"
    ).fetchall()
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    return found


def is_migrated(database: Path) -> bool:
    connection = sqlite3.connect(database)
    texts = connection.execute("SELECT sql FROM sqlite_schema WHERE name IN ('parents', 'pairs')").fetchall()
    connection.close()
    found = {"< 100" in text for (text,) in texts}
    assert len(found) == 1
    return found.pop()


@pytest.mark.parametrize("runner", RUNNERS, ids=lambda runner: runner.__name__)
def test_every_row_is_kept(runner: Callable[[Built, Path], None], built: Built, database: Path) -> None:
    before = everything(database)
    runner(built, database)
    assert is_migrated(database)
    assert everything(database) == before


@pytest.mark.parametrize("bad", BAD_ROWS)
@pytest.mark.parametrize("runner", RUNNERS, ids=lambda runner: runner.__name__)
def test_a_row_that_does_not_fit_changes_nothing(
    runner: Callable[[Built, Path], None], bad: str, built: Built, database: Path
) -> None:
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute(BAD_ROWS[bad])
    connection.close()
    before = everything(database)
    runner(built, database)
    assert not is_migrated(database)
    assert everything(database) == before


@pytest.mark.parametrize("runner", RUNNERS, ids=lambda runner: runner.__name__)
@pytest.mark.parametrize(
    "strange",
    [
        "ALTER TABLE parents ADD COLUMN theirs TEXT",
        "CREATE INDEX theirs ON parents (note)",
        "CREATE TRIGGER theirs AFTER INSERT ON pairs BEGIN SELECT 1; END",
    ],
)
def test_what_somebody_else_has_made_is_not_lost(
    runner: Callable[[Built, Path], None], strange: str, built: Built, database: Path
) -> None:
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute(strange)
    connection.close()
    before = everything(database)
    runner(built, database)
    assert not is_migrated(database)
    assert everything(database) == before


@pytest.mark.parametrize("runner", RUNNERS, ids=lambda runner: runner.__name__)
def test_rows_of_a_table_that_no_spec_knows_are_not_lost(
    runner: Callable[[Built, Path], None], built: Built, database: Path
) -> None:
    connection = sqlite3.connect(database, isolation_level=None)
    key = "REFERENCES Pairs ON DELETE CASCADE ON UPDATE CASCADE"
    connection.execute(f'CREATE TABLE "their own" (a TEXT, b INTEGER, FOREIGN KEY (a, b) {key})')
    connection.execute("INSERT INTO \"their own\" VALUES ('p', 1)")
    before = everything(database)
    runner(built, database)
    assert not is_migrated(database)
    assert everything(database) == before
    assert connection.execute('SELECT * FROM "their own"').fetchall() == [("p", 1)]
    connection.close()


def test_a_broken_view_stops_it(built: Built, database: Path) -> None:
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("CREATE VIEW theirs AS SELECT missing FROM parents")
    connection.close()
    before = everything(database)
    in_shell(built, database)
    assert not is_migrated(database)
    assert everything(database) == before


FEW = 10
MOMENTS = int(os.environ.get("MOMENTS", "30"))


def whole(built: Built, *, keys: bool) -> list[str]:
    """The statements of the file; ``keys`` as a runner leaves it that sends only those of the migration."""
    begins = ["PRAGMA foreign_keys = ON"] if keys else []
    return [*begins, "SAVEPOINT schemagen", *built.statements, "RELEASE schemagen"]


def check_nothing_lost(built: Built, database: Path, before: dict[str, list[tuple[object, ...]]]) -> bool:
    """Everything is there, before and after the intact file is run; whether it had been migrated already."""
    migrated = is_migrated(database)
    assert everything(database) == before
    if not migrated:
        in_shell_with_bail(built, database)
        assert is_migrated(database)
        assert everything(database) == before
    return migrated


@pytest.mark.parametrize("runner", CARELESS, ids=str)
def test_a_rollback_by_sqlite_loses_nothing(runner: Careless, unguarded: Built, database: Path) -> None:
    """Each statement fails in turn and ends the transaction; only a savepoint, which reads nothing, cannot do that."""
    before = everything(database)
    statements = whole(unguarded, keys=runner.keys)
    original = database.read_bytes()
    for place, statement in enumerate(statements):
        if statement == "SAVEPOINT schemagen_step":
            continue
        database.write_bytes(original)
        runner.run(database, [*statements[:place], "ROLLBACK", *statements[place + 1 :]])
        check_nothing_lost(unguarded, database, before)


@pytest.mark.parametrize("runner", CARELESS, ids=str)
def test_a_full_disk_loses_nothing(runner: Careless, unguarded: Built, database: Path) -> None:
    """With one small page more each time, until there is room for all; in Python there is, after the first error."""
    before = everything(database)
    connection = sqlite3.connect(database, isolation_level=None)
    connection.executescript("PRAGMA page_size = 512; VACUUM;")
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.close()
    original = database.read_bytes()
    for limit in count(pages):
        database.write_bytes(original)
        runner.run(database, [f"PRAGMA max_page_count = {limit}", *whole(unguarded, keys=runner.keys)])
        if check_nothing_lost(unguarded, database, before):
            break
    assert limit > pages + FEW


@pytest.mark.parametrize("runner", [each for each in CARELESS if not each.in_shell], ids=str)
def test_an_interrupt_loses_nothing(runner: Careless, built: Built, database: Path) -> None:
    before = everything(database)
    original = database.read_bytes()
    timestamps = runner.run(database, whole(built, keys=runner.keys))
    assert timestamps > MOMENTS
    for number in range(MOMENTS):
        database.write_bytes(original)
        runner.run(database, whole(built, keys=runner.keys), interrupted_at=1 + number * timestamps // MOMENTS)
        check_nothing_lost(built, database, before)


def test_a_first_rollback_out_of_order_takes_no_row_of_another_table(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    spec = "schemagen: 1\ntables:\n  a: {columns: {id: {type: integer, primary_key: true}}}\n"
    spec += "  b: {columns: {id: {type: integer, primary_key: true}, a_id: {references: a.id, on_delete: cascade}}}\n"
    (tmp_path / "specs/s.yaml").write_text(spec, encoding="utf-8")
    build(Options(tmp_path / "specs", tmp_path / "output"))
    folder = tmp_path / "output/migrations/sqlite"
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        for file in sorted(folder.glob("*.sql")):
            connection.executescript(file.read_text(encoding="utf-8"))
        connection.executescript("INSERT INTO a VALUES (1); INSERT INTO b VALUES (1, 1), (2, 1);")
        connection.executescript((folder / "rollback/001_create_a.sql").read_text(encoding="utf-8"))
        assert connection.execute("SELECT count(*) FROM b").fetchone() == (2,)
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
