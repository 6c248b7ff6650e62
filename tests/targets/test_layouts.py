"""Exported migrations run under the real runners, up, down and up again, with every row kept."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from schemagen.base.diagnostics import SchemagenError
from schemagen.databases.urls import sqlalchemy_url
from schemagen.deploy.chain import read_chain
from schemagen.deploy.position import has_catalog_of
from schemagen.deploy.target import target_of
from schemagen.project.export import export
from schemagen.project.pipeline import Options, build
from support.engines import missing, open_postgres

if TYPE_CHECKING:
    from schemagen.engines.catalog import Catalog

FIRST = """schemagen: 1
title: Library
tables:
  readers:
    columns:
      id: {type: bigint, primary_key: true, identity: true}
      card: {type: varchar(9), unique: true, check: "card <> '?'"}
      changed_at: {type: timestamptz, default: {sql: now()}, on_row_update: {sql: now()}}
  books:
    columns:
      id: {type: bigint, primary_key: true, identity: true}
      title: {type: text, index: true}
      state: {enum: [there, lent], default: there}
  loans:
    columns:
      id: {type: bigint, primary_key: true, identity: true}
      reader_id: {references: readers.id, on_delete: cascade, index: true, touch: changed_at}
      book_id: {references: books.id, on_delete: restrict, index: true}
      days: {type: integer, nullable: true}
"""
SECOND = FIRST.replace("[there, lent]", "[there, lent, lost]")
THIRD = SECOND.replace(
    "title: {type: text, index: true}", "name: {type: text, index: true, renamed_from: title}"
).replace("days: {type: integer, nullable: true}", 'days: {type: integer, backfill: {sql: "14"}, check: "days > 0"}')
THIRD += """steps:
  longer_loans:
    description: Three weeks for everybody.
    up: UPDATE loans AS l SET days = 21 WHERE l.days = 14
    batch: {table: loans, as: l, rows: 2}
    done: SELECT l.id FROM loans AS l WHERE l.days = 14
    down: UPDATE loans SET days = 14 WHERE days = 21
"""
ROWS = """INSERT INTO readers (id, card) VALUES (1, 'a'), (2, 'b');
INSERT INTO books (id, title) VALUES (1, 'What? {name} %s \\ `$'), (2, 'Other');
INSERT INTO loans (reader_id, book_id) VALUES (1, 1), (1, 2), (2, 2)"""
COUNTS = "SELECT (SELECT count(*) FROM readers), (SELECT count(*) FROM books), (SELECT count(*) FROM loans)"


class Runner:
    """How one runner is told to migrate to a number, and where it stands then."""

    layout = ""
    package = ""

    def __init__(self, output: Path, folder: Path, database: Path | str) -> None:
        if self.package and find_spec(self.package) is None:
            missing(f"{self.package} is not installed")
        self.output = output
        self.folder = folder
        self.database = database
        self.engine = "sqlite" if isinstance(database, Path) else "postgres"
        export(output, self.layout, self.place)

    @property
    def place(self) -> Path:
        return self.folder / "exported"

    def run(self, *command: str, **environment: str) -> None:
        done = subprocess.run(
            command, cwd=self.folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def to(self, number: int) -> None:
        """Bring the database to a migration, up or down."""
        raise NotImplementedError


class Yoyo(Runner):
    layout = package = "yoyo"

    def to(self, number: int) -> None:
        url = f"sqlite:///{self.database}" if self.engine == "sqlite" else sqlalchemy_url(str(self.database))
        program = """
import sys
from yoyo import get_backend, read_migrations
url, folder, number = sys.argv[1:]
backend = get_backend(url)
every = read_migrations(folder)
with backend.lock():
    wanted = [one.id for one in every if int(one.id[:4]) <= int(number)]
    backend.apply_migrations(backend.to_apply(every).filter(lambda one: one.id in wanted))
    backend.rollback_migrations(backend.to_rollback(every).filter(lambda one: one.id not in wanted))
"""
        self.run(sys.executable, "-c", program, url, str(self.place / self.engine), str(number))


class Django(Runner):
    layout = package = "django"

    @property
    def place(self) -> Path:
        return self.folder / "library" / "migrations"

    def to(self, number: int) -> None:
        (self.folder / "library" / "__init__.py").touch()
        if self.engine == "sqlite":
            database: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(self.database)}
        else:
            parts = urlsplit(str(self.database))
            words = dict(parse_qsl(parts.query))
            database = {"ENGINE": "django.db.backends.postgresql", "NAME": parts.path[1:], "USER": parts.username}
            database |= {"HOST": words["host"], "PORT": words["port"]}
        settings = {"DATABASES": {"default": database}, "INSTALLED_APPS": ["library"], "USE_TZ": True}
        (self.folder / "settings.py").write_text(
            "\n".join(f"{key} = {value!r}" for key, value in settings.items()), encoding="utf-8"
        )
        goal = next((path.stem for path in self.place.glob(f"{number:04d}_*.py")), "zero")
        command = [sys.executable, "-m", "django", "migrate", "library", goal]
        self.run(*command, DJANGO_SETTINGS_MODULE="settings", PYTHONPATH=str(self.folder))


class Program(Runner):
    """A runner that is a program of its own: `make test-tools` installs those that npm has."""

    program = ""
    engines: tuple[str, ...] = ("sqlite", "postgres")

    def __init__(self, output: Path, folder: Path, database: Path | str) -> None:
        super().__init__(output, folder, database)
        if shutil.which(self.program) is None:
            pytest.skip(f"{self.program} is not installed")
        if self.engine not in self.engines:
            pytest.skip(f"{self.layout} is not for this engine")

    def socket_url(self) -> str:
        """The URL of the database as drivers of Go and JavaScript take that of a socket."""
        parts = urlsplit(str(self.database))
        words = dict(parse_qsl(parts.query))
        return f"postgres://{parts.username}@localhost/{parts.path[1:]}?host={words['host']}&port={words['port']}"

    def go_words(self) -> str:
        parts = urlsplit(str(self.database))
        words = dict(parse_qsl(parts.query))
        return f"user={parts.username} dbname={parts.path[1:]} host={words['host']} port={words['port']}"


class Dbmate(Program):
    layout = program = "dbmate"

    def to(self, number: int) -> None:
        url = f"sqlite:{self.database}" if self.engine == "sqlite" else f"{self.socket_url()}&sslmode=disable"
        files = sorted((self.place / self.engine).iterdir())
        wanted = [file for file in files if int(file.name[:7]) < (number + 1) * 1000]
        at_hand = self.folder / "at_hand"  # dbmate knows no goal: it gets the files up to one
        at_hand.mkdir(exist_ok=True)
        command = ("dbmate", "--no-dump-schema", "-u", url, "-d", str(at_hand))
        for file in reversed([file for file in files if (at_hand / file.name).exists()]):
            if file not in wanted:
                self.run(*command, "rollback")
                (at_hand / file.name).unlink()
        for file in wanted:
            shutil.copy(file, at_hand)
        if wanted:
            self.run(*command, "up")


class SqlMigrate(Program):
    layout = program = "sql-migrate"

    def to(self, number: int) -> None:
        source = str(self.database) if self.engine == "sqlite" else f"{self.go_words()} sslmode=disable"
        dialect = "sqlite3" if self.engine == "sqlite" else "postgres"
        (self.folder / "dbconfig.yml").write_text(
            f"development:\n  dialect: {dialect}\n  datasource: {source}\n  dir: {self.place / self.engine}\n",
            encoding="utf-8",
        )
        at = self.applied()
        direction, count = ("up", number - at) if number > at else ("down", at - number)
        if count:
            self.run("sql-migrate", direction, f"-limit={count}")

    def applied(self) -> int:
        try:
            ((count,),) = rows(self.database, "SELECT count(*) FROM gorp_migrations")
        except Exception:  # noqa: BLE001  (there is no table yet)
            return 0
        return int(count)


class NodePgMigrate(Program):
    layout = program = "node-pg-migrate"
    engines = ("postgres",)

    def to(self, number: int) -> None:
        try:
            ((at,),) = rows(self.database, "SELECT count(*) FROM pgmigrations")
        except Exception:  # noqa: BLE001  (there is no table yet)
            at = 0
        direction = ("up", str(number - at)) if number > at else ("down", str(at - number))
        if number != at:
            command = ("node-pg-migrate", *direction, "-m", str(self.place))
            self.run(*command, DATABASE_URL=self.socket_url(), NODE_PATH=os.environ.get("NODE_PATH", ""))


class Knex(Program):
    layout = program = "knex"

    def to(self, number: int) -> None:
        parts = urlsplit(str(self.database))
        words = dict(parse_qsl(parts.query))
        client = "better-sqlite3" if self.engine == "sqlite" else "pg"
        connection: dict[str, Any] = {"filename": str(self.database)}
        if self.engine == "postgres":
            connection = {"user": parts.username, "database": parts.path[1:], **words, "port": int(words["port"])}
            connection = {key: connection[key] for key in ("user", "database", "host", "port")}
        settings = {"client": client, "connection": connection, "useNullAsDefault": True}
        settings["migrations"] = {"directory": str(self.place / self.engine), "loadExtensions": [".cjs"]}
        (self.folder / "knexfile.cjs").write_text(f"module.exports = {json.dumps(settings)};", encoding="utf-8")
        try:
            ((at,),) = rows(self.database, "SELECT count(*) FROM knex_migrations")
        except Exception:  # noqa: BLE001  (there is no table yet)
            at = 0
        for _ in range(abs(number - at)):
            self.run("knex", "--knexfile", "knexfile.cjs", f"migrate:{'up' if number > at else 'down'}")


class D1(Program):
    layout = "d1"
    program = "wrangler"
    engines = ("sqlite",)

    def to(self, number: int) -> None:
        settings = {"name": "library", "compatibility_date": "2025-01-01"}
        settings |= {"d1_databases": [{"binding": "DB", "database_name": "library", "database_id": "x"}]}  # type: ignore[dict-item]
        (self.folder / "wrangler.json").write_text(json.dumps(settings), encoding="utf-8")
        names = sorted(path.name for path in self.place.glob("*.sql"))
        at = len(list((self.folder / "done").glob("*"))) if (self.folder / "done").exists() else 0
        (self.folder / "done").mkdir(exist_ok=True)
        for name in names[at:number]:
            self.execute("--file", str(self.place / name))
            (self.folder / "done" / name).touch()
        for name in reversed(names[number:at]):
            self.execute("--file", str(self.place / "down" / name))
            (self.folder / "done" / name).unlink()
        found = [path for path in self.folder.glob(".wrangler/**/*D1*/*.sqlite") if "metadata" not in path.name]
        (file,) = found
        Path(self.database).unlink(missing_ok=True)
        Path(self.database).symlink_to(file)

    def execute(self, *arguments: str) -> None:
        self.run("wrangler", "d1", "execute", "library", "--local", "--yes", *arguments, CI="1")


class Supabase(Program):
    layout = program = "supabase"
    engines = ("postgres",)

    def to(self, number: int) -> None:
        files = sorted(self.place.iterdir())
        wanted = [file for file in files if int(file.name[:14]) % 10**12 < (number + 1) * 1000]
        folder = self.folder / "supabase" / "migrations"
        folder.mkdir(parents=True, exist_ok=True)
        for file in wanted:
            shutil.copy(file, folder)
        self.run("supabase", "migration", "up", "--db-url", f"{self.socket_url()}&sslmode=disable", "--yes")


RUNNERS = {runner.layout: runner for runner in (Yoyo, Django, Dbmate, SqlMigrate, NodePgMigrate, Knex, D1, Supabase)}


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    (folder / "specs").mkdir()
    options = Options(folder / "specs", folder / "output")
    for spec in (FIRST, SECOND, THIRD):
        (folder / "specs/library.yaml").write_text(spec, encoding="utf-8")
        build(options)
    return options.output


def rows(database: Path | str, sql: str) -> list[tuple[Any, ...]]:
    if isinstance(database, Path):
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            return [row for part in sql.split(";\n") for row in connection.execute(part).fetchall()]
    with open_postgres(database) as other:
        cursor = other.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


def catalog(database: Path | str) -> Catalog:
    """What the database holds, without the tables in which runners keep what they have run."""
    found = target_of(str(database)).catalog()
    own = {"readers", "books", "loans"}
    return replace(found, tables=tuple(table for table in found.tables if table.name in own))


@pytest.mark.parametrize(
    "layout",
    [pytest.param(one, marks=[pytest.mark.tools] if issubclass(RUNNERS[one], Program) else []) for one in RUNNERS],
)
def test_up_down_and_up(layout: str, output: Path, database: Path | str, tmp_path: Path) -> None:
    runner = RUNNERS[layout](output, tmp_path, database)
    chain = read_chain(output)
    runner.to(3)
    rows(database, ROWS)
    for number in (chain.head,) if layout == "supabase" else (chain.head, 3, chain.head):
        runner.to(number)
        assert has_catalog_of(catalog(database), chain, number), number
        assert rows(database, COUNTS) == [(2, 2, 3)]
    assert rows(database, "SELECT DISTINCT days FROM loans") == [(21,)]
    assert rows(database, "SELECT name FROM books WHERE id = 1") == [("What? {name} %s \\ `$",)]
    if layout != "supabase":  # it takes nothing back
        runner.to(0)
        assert not catalog(database).tables


def test_what_was_exported_never_changes(output: Path, tmp_path: Path) -> None:
    done = export(output, "dbmate", tmp_path)
    assert not done.unchanged
    again = export(output, "dbmate", tmp_path)
    assert (again.written, again.unchanged) == ((), done.written)
    file = tmp_path / done.written[0]
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    (tmp_path / done.written[1]).unlink()
    with pytest.raises(SchemagenError, match="SG443"):
        export(output, "dbmate", tmp_path)
    assert not (tmp_path / done.written[1]).exists()


def test_an_unknown_layout(output: Path, tmp_path: Path) -> None:
    with pytest.raises(SchemagenError, match="SG442"):
        export(output, "dbmat", tmp_path)


@pytest.mark.parametrize("layout", ["dbmate", "goose", "sql-migrate"])
def test_text_of_a_spec_is_no_word_to_the_runner(layout: str, tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    text = "a\\n-- migrate:down\\n--+goose Down\\n -- +migrate Down\\n"
    spec = FIRST.replace("default: there", "default: there, description: D").replace(
        "title: {type: text,", f'title: {{type: text, default: "{text}",'
    )
    (tmp_path / "specs/library.yaml").write_text(spec, encoding="utf-8")
    build(Options(tmp_path / "specs", tmp_path / "output"))
    with pytest.raises(SchemagenError, match="SG444"):
        export(tmp_path / "output", layout, tmp_path / "there")
    assert not (tmp_path / "there").exists()


def test_one_statement_a_file_where_a_runner_sends_it_whole(output: Path, tmp_path: Path) -> None:
    export(output, "dbmate", tmp_path)
    online = sorted((tmp_path / "postgres").glob("*_online_*.sql"))
    assert len(online) > 1
    for file in online:
        text = file.read_text(encoding="utf-8")
        assert "-- migrate:up transaction:false" in text
        assert "schemagen.path" not in text


def test_no_refused_word_on_d1(output: Path, tmp_path: Path) -> None:
    export(output, "d1", tmp_path)
    for file in tmp_path.rglob("*.sql"):
        text = file.read_text(encoding="utf-8")
        assert "SAVEPOINT" not in text
        assert "temp." not in text
        assert text.count("pragma_foreign_key_list(s.name)") == text.count("NOT GLOB '_cf_*'")
