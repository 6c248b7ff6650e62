"""The generated models and migrations in async code: the same rules as in any other."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlmodel import select

from schemagen.drift.report import Compared, drift_report
from schemagen.importer.sources import Request
from schemagen.project.pipeline import Options, build
from support.generated_models import imported

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from schemagen.databases.servers import Server

SPEC = """\
schemagen: 1
title: Notes
tables:
  people:
    columns:
      id: {type: integer, primary_key: true}
      tags: {type: "text[]", default: []}
      made: {type: timestamptz, default: {sql: now()}}
      photo: {type: bytea, nullable: true}
      seen: {type: timestamptz, default: {sql: now()}, on_row_update: {sql: now()}}
      counted: {type: integer, generated: {sql: "id + coalesce(length(note), 0)"}}
      note: {type: text, nullable: true}
  notes:
    columns:
      id: {type: integer, primary_key: true}
      person_id: {references: people.id, on_delete: cascade, index: true}
  threads:
    columns:
      id: {type: integer, primary_key: true}
      title: {type: text, nullable: true}
      touched: {type: timestamptz, default: {sql: now()}}
      counted: {type: integer, default: 0, on_row_update: {sql: "7"}}
      doubled: {type: integer, generated: {sql: counted * 2}}
  replies:
    columns:
      id: {type: integer, primary_key: true}
      thread_id: {references: threads.id, on_delete: cascade, index: true, touch: touched}
"""
DRIVERS = ("sqlite+aiosqlite", "sqlite", "postgresql", "postgresql+asyncpg", "postgresql+psycopg_async")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notes")
    (folder / "specs").mkdir()
    (folder / "specs/notes.yaml").write_text(SPEC, encoding="utf-8")
    build(Options(specs=folder / "specs", output=folder / "output"))
    return folder / "output"


@pytest.fixture(scope="module")
def models(project: Path) -> Iterator[ModuleType]:
    with imported(project) as package:
        yield package


@pytest.fixture(params=DRIVERS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    driver: str = request.param
    if driver.startswith("sqlite"):
        yield f"{driver}:///{tmp_path / 'app.db'}"
        return
    server: Server = request.getfixturevalue("postgres18")
    with server.database() as made:
        yield f"{driver}://{made.partition('://')[2].partition('?')[0]}?{_socket(made)}"


def _socket(url: str) -> str:
    return next(word for word in url.partition("?")[2].split("&") if word.startswith("host="))


async def _make(models: ModuleType, url: str) -> AsyncEngine:
    engine: AsyncEngine = models.make_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(models.Base.metadata.create_all)
    await engine.dispose()
    return engine


async def _use(models: ModuleType, url: str) -> tuple[int, bool]:
    engine = await _make(models, url)
    async with AsyncSession(engine) as session:
        session.add(models.Person(id=1, tags=["a", "b"], made=sa.func.now(), photo=b"\xff"))
        await session.commit()
        session.add(models.Note(id=1, person_id=1))
        await session.commit()
        await session.execute(sa.delete(models.Person))
        await session.commit()
        left = len((await session.execute(select(models.Note))).all())
        session.add(models.Note(id=2, person_id=9))
        try:
            await session.commit()
            is_refused = False
        except sa.exc.IntegrityError:
            is_refused = True
    await engine.dispose()
    return left, is_refused


def test_async_engines_keep_foreign_keys(models: ModuleType, url: str) -> None:
    assert asyncio.run(_use(models, url)) == (0, True)


@pytest.mark.parametrize("url", ["sqlite+aiosqlite", "postgresql+asyncpg"], indirect=True)
def test_alembic_runs_on_the_url_of_an_async_application(project: Path, url: str) -> None:
    environment = {**os.environ, "DATABASE_URL": url}
    for words in (["upgrade", "head"], ["check"], ["downgrade", "base"]):
        alembic = [sys.executable, "-m", "alembic", "-c", str(project / "alembic/alembic.ini"), *words]
        run = subprocess.run(alembic, env=environment, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("url", ["sqlite+aiosqlite", "postgresql+asyncpg"], indirect=True)
def test_a_live_database_is_named_as_the_application_does(project: Path, models: ModuleType, url: str) -> None:
    asyncio.run(_make(models, url))
    reported = drift_report(Options(specs=project.parent / "specs", output=project), Request(url), Compared())
    assert not reported.diagnostics


def test_arrays_have_the_operators_of_postgres(models: ModuleType) -> None:
    found = select(models.Person).where(models.Person.tags.contains(["a"]), models.Person.tags.overlap(["b"]))
    text = str(found.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert ".tags @> " in text
    assert ".tags && " in text


def test_bytes_that_are_no_text_have_a_form_in_json(models: ModuleType) -> None:
    person: Any = models.Person(id=1, photo=b"\xff\x00")
    assert json.loads(person.model_dump_json())["photo"] == "_wA="


Shown = dict[str, Any]


async def _write(models: ModuleType, url: str, name: str, change: Shown) -> tuple[list[Shown], Shown, list[str]]:
    """What a row shows after an INSERT and an UPDATE, each committed; what is stored; and the statements of both."""
    engine = await _make(models, url)
    sent: list[str] = []
    sa.event.listen(engine.sync_engine, "before_cursor_execute", lambda *said: sent.append(said[2].split()[0]))
    async with AsyncSession(engine, expire_on_commit=False) as session:
        row = getattr(models, name)(id=1)
        session.add(row)
        await session.commit()
        shown = [_shown(row)]
        for attribute, value in change.items():
            setattr(row, attribute, value)
        await session.commit()
        shown.append(_shown(row))
        reported = list(sent)
        await session.refresh(row)
        stored = _shown(row)
    await engine.dispose()
    return shown, stored, [word for word in reported if word not in {"BEGIN", "COMMIT"}]


def _shown(row: Any) -> Shown:
    return {name: getattr(row, name) for name in type(row).model_fields}


def test_every_attribute_is_there_after_a_commit(models: ModuleType, url: str) -> None:
    (before, after), stored, reported = asyncio.run(_write(models, url, "Person", {"note": "four"}))
    assert after == stored
    assert after["seen"] > before["seen"]
    assert after["counted"] == 1 + len("four")
    assert reported == ["INSERT", "UPDATE"]


def test_what_triggers_fill_is_there_after_a_commit(models: ModuleType, url: str) -> None:
    (before, after), stored, reported = asyncio.run(_write(models, url, "Thread", {"title": "x"}))
    assert after == stored
    assert (before["counted"], before["doubled"], after["counted"], after["doubled"]) == (0, 0, 7, 14)
    # SQLite returns what is there before the triggers, so it is asked once more
    assert reported == ["INSERT", "UPDATE", *(["SELECT"] if "sqlite" in url else [])]
