"""Owners of rows: a role that policies bind sees and changes the rows of the owner that is set, and no others."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError

from schemagen.databases.urls import sqlalchemy_url
from schemagen.project.pipeline import Options, build
from support.engines import run_in_psycopg
from support.generated_models import imported

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

SPEC = """\
schemagen: 1
tables:
  notes:
    owner: user_id
    columns:
      id: {type: integer, primary_key: true}
      user_id: {type: KIND, index: true}
      title: {type: text, default: ""}
"""
ROLE = "schemagen_bound"
KINDS = {"integer": ("1", "2"), "varchar(3)": ("ann", "annabel"), "uuid": (f"{1:032x}", f"{2:032x}")}
"""Types of owners, each with two: the second is cut to nobody's."""


@pytest.fixture(params=KINDS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, tuple[str, str]]:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/notes.yaml").write_text(SPEC.replace("KIND", request.param), encoding="utf-8")
    build(Options(specs=tmp_path / "specs", output=tmp_path / "output"))
    return tmp_path / "output", KINDS[request.param]


@pytest.fixture(params=["migrations", "models"])
def bound(
    request: pytest.FixtureRequest, project: tuple[Path, tuple[str, str]], any_pg_database: str
) -> Iterator[tuple[ModuleType, str, tuple[str, str]]]:
    """The models, a database with a note of the first owner, and both owners."""
    output, owners = project
    with imported(output) as models:
        admin = models.make_engine(any_pg_database)
        if request.param == "models":
            models.Base.metadata.create_all(admin)
        else:
            for file in sorted((output / "migrations/postgres").glob("*.sql")):
                run_in_psycopg(any_pg_database, file)
        with admin.begin() as connection:
            role = f"IF to_regrole('{ROLE}') IS NULL THEN CREATE ROLE {ROLE}"
            connection.exec_driver_sql(f"DO $$BEGIN {role}; END IF; END$$")
            connection.exec_driver_sql(f"ALTER TABLE notes OWNER TO {ROLE}")
            connection.exec_driver_sql("INSERT INTO notes VALUES (1, %s)", (owners[0],))
        try:
            yield models, sqlalchemy_url(any_pg_database), owners
        finally:
            with admin.begin() as connection:
                connection.exec_driver_sql(f"DROP OWNED BY {ROLE}")
            admin.dispose()


def bound_engine(models: ModuleType, url: str) -> Any:
    """One connection for all, as of a pool: what a transaction has set must not reach the next."""
    engine = models.make_engine(url, pool_size=1, max_overflow=0)
    sa.event.listen(engine, "connect", lambda connection, _: connection.execute(f"SET ROLE {ROLE}").close())
    return engine


def answer(engine: Any, text: str, **values: object) -> int:
    with engine.begin() as connection:
        result = connection.execute(sa.text(text), values)
        return len(result.all()) if result.returns_rows else int(result.rowcount)


def test_rows_of_others_are_out_of_reach(bound: tuple[ModuleType, str, tuple[str, str]]) -> None:
    models, url, (mine, other) = bound
    engine = bound_engine(models, url)
    changes = ("SELECT * FROM notes", "UPDATE notes SET title = 'x'", "DELETE FROM notes")
    assert [answer(engine, text) for text in changes] == [0, 0, 0]
    with models.owned_by(other):
        assert [answer(engine, text) for text in changes] == [0, 0, 0]
        with pytest.raises(ProgrammingError, match="row-level security"):
            answer(engine, f"INSERT INTO notes VALUES (2, '{mine}')")
    with models.owned_by(mine):
        assert answer(engine, f"INSERT INTO notes VALUES (2, '{mine}')") == 1
        assert [answer(engine, text) for text in changes] == [2, 2, 2]
    assert answer(engine, "SELECT * FROM notes") == 0
    engine.dispose()


def test_an_owner_ends_with_its_transaction(bound: tuple[ModuleType, str, tuple[str, str]]) -> None:
    """A connection of a pool goes on to whoever sets nobody, behind a pooler to other programs."""
    models, url, (mine, _) = bound
    engine = bound_engine(models, url)
    with models.owned_by(mine):
        assert answer(engine, "SELECT * FROM notes") == 1
    with closing(engine.raw_connection()) as connection:  # the events of the engine don't reach it
        cursor = connection.cursor()
        cursor.execute("SELECT current_user, (SELECT count(*) FROM notes)")
        assert cursor.fetchall() == [(ROLE, 0)]
    engine.dispose()


def test_tasks_have_their_own_owners(bound: tuple[ModuleType, str, tuple[str, str]]) -> None:
    models, url, (mine, other) = bound
    engine = models.make_async_engine(url, pool_size=1, max_overflow=0)

    async def count(owner: str) -> int:
        with models.owned_by(owner):
            async with engine.connect() as connection:
                await connection.execute(sa.text(f"SET LOCAL ROLE {ROLE}"))
                await asyncio.sleep(0)
                return int((await connection.execute(sa.text("SELECT count(*) FROM notes"))).scalar_one())

    async def together() -> list[int]:
        found = await asyncio.gather(*(count(owner) for owner in (mine, other) * 5))
        await engine.dispose()
        return found

    assert asyncio.run(together()) == [1, 0] * 5
