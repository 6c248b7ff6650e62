"""Queries as functions: each gives the same rows in the same types on both engines, and mypy finds wrong calls."""

from __future__ import annotations

import asyncio
import importlib
import subprocess
import sys
from dataclasses import astuple, is_dataclass, replace
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from schemagen.base.diagnostics import SchemagenError
from schemagen.databases.urls import sqlalchemy_url
from schemagen.databases.values import to_python
from schemagen.project.pipeline import Options, build
from schemagen.schema.model import Schema
from schemagen.schema.query import Query, Rows
from schemagen.sql import query
from schemagen.targets.sqlmodel import modules as sqlmodel
from schemagen.targets.sqlmodel.queries import problems
from sql.test_queries import PARAMETERS, POSTGRES_DDL, QUERIES, ROWS, SQLITE_DDL, TABLES
from support.generated_models import imported, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from syrupy.assertion import SnapshotAssertion

    from schemagen.databases.servers import Server

TEXTS = list(dict.fromkeys(text for texts in QUERIES.values() for text in texts))
CLOCKS = ("now()", "current_", "CURRENT_", "gen_random_uuid", "localtimestamp")


def pattern(number: int, text: str) -> Query:
    made = query(text, TABLES)
    return Query(f"query_{number}", made.sql, parameters=made.parameters, writes=made.writes, result=made.result)


PATTERNS = [pattern(number, text) for number, text in enumerate(TEXTS)]
NAMED = [each for each in PATTERNS if not list(problems(Schema(queries=(each,))))]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tables = tuple(replace(table, class_name=name.capitalize()) for name, table in TABLES.items())
    folder = tmp_path_factory.mktemp("functions")
    write(folder, sqlmodel.render(Schema(tables, tuple(NAMED))))
    return folder


@pytest.fixture(scope="module")
def models(output: Path) -> Iterator[ModuleType]:
    with imported(output) as package:
        yield package


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory, postgres18: Server) -> Iterator[tuple[str, str]]:
    """A database of each engine with the rows of the queries' own tests."""
    sqlite = f"sqlite:///{tmp_path_factory.mktemp('rows')}/app.db"
    with postgres18.database() as postgres:
        for url, ddl in ((sqlite, SQLITE_DDL), (sqlalchemy_url(postgres), POSTGRES_DDL)):
            engine = sa.create_engine(url)
            with engine.begin() as connection:
                for statement in filter(str.strip, ddl.split(";")):
                    connection.exec_driver_sql(statement)
                for table, rows in ROWS.items():
                    mark = "?" if engine.dialect.name == "sqlite" else "%s"
                    marks = ", ".join(mark for _ in rows[0])
                    connection.exec_driver_sql(f'INSERT INTO "{table}" VALUES ({marks})', rows)
            engine.dispose()
        yield sqlite, sqlalchemy_url(postgres)


def arguments(made: Query) -> dict[str, Any]:
    return {each.name: to_python(each.type, PARAMETERS[each.name]) for each in made.parameters}


def called(models: ModuleType, url: str, made: Query) -> Any:
    functions = importlib.import_module("models.queries")
    engine = models.make_engine(url)
    try:
        with Session(engine) as session:
            return getattr(functions, made.name)(session, **arguments(made))
    finally:
        engine.dispose()


def shown(value: Any) -> Any:
    """A value with its type; binary noise and the digits of PostgreSQL's averages beyond 12 don't count."""
    if isinstance(value, list):
        return [shown(item) for item in value]
    if is_dataclass(value):
        return tuple(map(shown, astuple(value)))  # type: ignore[arg-type]
    if isinstance(value, Decimal):
        return "Decimal", Context(prec=12).create_decimal(value).normalize()
    if isinstance(value, float):
        return "float", f"{value:.12g}"
    return type(value).__name__, value


@pytest.mark.parametrize("made", NAMED, ids=lambda made: made.sql.postgres)
def test_a_function_gives_the_same_on_both_engines(models: ModuleType, urls: tuple[str, str], made: Query) -> None:
    one, other = (shown(called(models, url, made)) for url in urls)
    if made.result and made.result.rows is Rows.MANY and "ORDER BY" not in str(made.sql.postgres):
        one, other = sorted(one, key=repr), sorted(other, key=repr)
    if any(clock in str(made.sql.postgres) for clock in CLOCKS):
        assert type(one) is type(other)
    else:
        assert one == other
    assert made.result
    for value, column in pairs(made, one):
        assert value != ("NoneType", None) or column.nullable, column


def pairs(made: Query, given: Any) -> Iterator[tuple[Any, Any]]:
    """Every value of what a function gave, with its column."""
    assert made.result
    if made.result.rows is Rows.NONE:
        return
    rows = given if made.result.rows is Rows.MANY else [] if given == ("NoneType", None) else [given]
    for row in rows:
        yield from zip([row] if len(made.result.columns) == 1 else row, made.result.columns, strict=True)


def test_most_queries_of_the_tests_are_functions() -> None:
    assert len(NAMED) > len(PATTERNS) * 0.7
    assert {str(each.result.rows) for each in NAMED if each.result} == {"one", "at most one", "many", "none"}


def test_ruff_and_mypy_are_content_with_every_function(output: Path) -> None:
    for command in (
        ["ruff", "format", "--isolated", "--line-length", "100", "--check", "--diff", str(output)],
        ["ruff", "check", "--isolated", "--select", "F,I001,B,UP", "--ignore", "UP045,UP037", str(output)],
        ["mypy", "--strict", str(output / "models")],
    ):
        done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


# What is known of one spec

SPEC = """\
schemagen: 1
tables:
  people:
    columns:
      id: {type: bigint, identity: true, primary_key: true}
      email: {type: varchar(50), unique: true}
      mood: {enum: [good, bad], default: good}
      metadata: {type: jsonb, nullable: true}
      seen: {type: timestamptz, default: {sql: now()}}
      big: {type: bigint, default: 7}
  notes:
    columns:
      id: {type: bigint, identity: true, primary_key: true}
      person_id: {references: people.id, on_delete: cascade, index: true}
      body: {type: text}
queries:
  add_person:
    description: Add somebody
    sql: INSERT INTO people (email, mood, metadata) VALUES (:email, :mood, :metadata) RETURNING id, seen
  find_person: {description: Who has an address, sql: "SELECT id, mood, metadata FROM people WHERE email = :email"}
  email_of: {sql: "SELECT email FROM people WHERE id = :id"}
  people_seen: {sql: "SELECT id, email FROM people WHERE seen >= :since AND email <> 'a:b' ORDER BY id"}
  mood_counts: {sql: "SELECT mood, count(*) AS count, sum(big) AS total FROM people GROUP BY mood ORDER BY mood"}
  total: {sql: "SELECT sum(big) AS total FROM people"}
  notes_of:
    sql: >-
      SELECT n.id, n.body, p.email FROM notes n JOIN people p ON p.id = n.person_id
      WHERE p.email = :email ORDER BY n.id
  note_and_person:
    sql: SELECT n.body, p.email FROM notes n LEFT JOIN people p ON p.id = n.person_id WHERE n.id = :id
  forget: {description: Remove somebody, sql: "DELETE FROM people WHERE id = :class"}
  search:
    sql:
      postgres: SELECT id FROM notes WHERE body ~ :pattern
      sqlite: SELECT id FROM notes WHERE body GLOB :pattern
"""
USE = """\
from datetime import UTC, datetime
from typing import assert_type

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from models import aqueries, queries


def use(session: Session) -> None:
    made = queries.add_person(session, email="a@b", mood="good", metadata={"a": 1})
    assert_type(made, queries.AddPersonRow)
    assert_type(made.id, int)
    assert_type(queries.find_person(session, email="a@b"), queries.FindPersonRow | None)
    assert_type(queries.email_of(session, id=1), str | None)
    assert_type(queries.people_seen(session, since=datetime.now(UTC)), list[queries.PeopleSeenRow])
    assert_type(queries.mood_counts(session)[0].count, int)
    assert_type(queries.total(session), int | None)
    assert_type(queries.forget(session, class_=1), int)


async def ause(session: AsyncSession) -> None:
    assert_type(await aqueries.email_of(session, id=1), str | None)
    assert_type(await aqueries.people_seen(session, since=datetime.now(UTC)), list[queries.PeopleSeenRow])
"""
WRONG = """\
from sqlalchemy.orm import Session

from models import queries


def use(session: Session) -> None:
    queries.email_of(session, id="1")
    queries.email_of(session)
    queries.add_person(session, email="a@b", mood="angry", metadata=None)
    queries.total(session).bit_length()
"""


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("people")
    (folder / "specs").mkdir()
    (folder / "specs/people.yaml").write_text(SPEC, encoding="utf-8")
    build(Options(folder / "specs", folder / "output"))
    return folder / "output"


def test_what_is_written_for_them(people: Path, snapshot: SnapshotAssertion) -> None:
    assert (people / "models/queries.py").read_text(encoding="utf-8") == snapshot
    assert (people / "models/aqueries.py").read_text(encoding="utf-8") == snapshot


def test_mypy_knows_what_a_function_takes_and_gives(people: Path) -> None:
    for name, text in (("use", USE), ("wrong", WRONG)):
        (people / f"{name}.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary"]
    right = subprocess.run([*command, "use.py"], cwd=people, capture_output=True, text=True, check=False)
    assert right.stdout == ""
    wrong = subprocess.run([*command, "wrong.py"], cwd=people, capture_output=True, text=True, check=False)
    assert [line.split(":")[1] for line in wrong.stdout.splitlines() if ": error:" in line] == ["7", "8", "9", "10"]


@pytest.mark.parametrize("driver", ["sqlite+aiosqlite", "postgresql+psycopg", "postgresql+asyncpg"])
def test_async_functions_run_on_every_driver(driver: str, people: Path, tmp_path: Path, postgres18: Server) -> None:
    async def use(models: ModuleType, url: sa.URL) -> Any:
        functions = importlib.import_module("models.aqueries")
        engine = models.make_async_engine(url)
        async with engine.begin() as connection:
            await connection.run_sync(models.Base.metadata.create_all)
        async with AsyncSession(engine) as session:
            made = await functions.add_person(session, email="é%s:x", mood="bad", metadata={"a": [1]})
            found = await functions.find_person(session, email="é%s:x")
            counted = await functions.mood_counts(session)
            gone = await functions.forget(session, class_=made.id), await functions.forget(session, class_=made.id)
            missing = await functions.find_person(session, email="nobody")
        await engine.dispose()
        return made.seen.utcoffset().total_seconds(), astuple(found)[1:], counted, gone, missing

    with postgres18.database() as server, imported(people) as models:
        place = f"sqlite:///{tmp_path}/app.db" if driver.startswith("sqlite") else sqlalchemy_url(server)
        url = sa.make_url(place).set(drivername=driver).difference_update_query(["options", "client_encoding"])
        zone, found, counted, gone, missing = asyncio.run(use(models, url))
    assert (zone, found, gone, missing) == (0.0, ("bad", {"a": [1]}), (1, 0), None)
    assert [astuple(row) for row in counted] == [("bad", 1, 7)]
    assert type(counted[0].total) is int


def problem_of(tmp_path: Path, text: str, **options: Any) -> list[str]:
    (tmp_path / "specs").mkdir(exist_ok=True)
    head = SPEC.partition("queries:")[0]
    (tmp_path / "specs/people.yaml").write_text(f"{head}queries:\n{text}", encoding="utf-8")
    try:
        build(Options(tmp_path / "specs", tmp_path / "output", **options))
    except SchemagenError as error:
        return [f"{found.code} {found.span.line if found.span else 0}: {found.message}" for found in error.diagnostics]
    return []


def test_a_query_that_cannot_be_a_function_is_told(tmp_path: Path) -> None:
    bad = {
        '  list: {sql: "SELECT id, email FROM people"}\n': "`list` can't be the name of a function",
        '  lambda: {sql: "SELECT id, email FROM people"}\n': "`lambda` can't be the name of a function",
        '  a: {sql: "SELECT id, email FROM people WHERE :x IS NULL"}\n': "nothing says the type of `:x`",
        '  a: {sql: "SELECT id, big + 1 FROM people"}\n': "a column of the result has no name",
        '  a: {sql: "SELECT p.id, n.id FROM people p JOIN notes n ON n.person_id = p.id"}\n': (
            "two columns of the result are called `id`"
        ),
    }
    for text, message in bad.items():
        assert problem_of(tmp_path, text) == [f"SG303 17: {message}"]
        assert problem_of(tmp_path, text, queries=False) == []
    assert not (tmp_path / "output/models/queries.py").exists()
