"""Changes inside JSON values and arrays: constructed, assigned, changed in place, committed and read again."""

from __future__ import annotations

import asyncio
import copy
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Session

from schemagen.base.diagnostics import SchemagenError
from schemagen.project.pipeline import Options, build
from support.generated_models import imported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import ModuleType

    from schemagen.databases.servers import Server

SPEC = """\
schemagen: 1
title: Notes
tables:
  notes:
    columns:
      id: {type: integer, primary_key: true, identity: true}
      metadata: {type: jsonb, default: {}, track_changes: true}
      shape: {type: json, nullable: true, track_changes: true}
      tags: {type: "text[]", default: [], track_changes: true}
      counts: {type: "integer[]", nullable: true, track_changes: true}
      other: {type: jsonb, default: {}}
"""
DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg", "postgresql+psycopg_async")

CHANGES: dict[str, Callable[[Any], object]] = {
    "an item of an object": lambda row: row.metadata_.__setitem__("a", 1),
    "an item that goes": lambda row: row.metadata_.pop("list"),
    "many items": lambda row: row.metadata_.update(b=2, c={"d": 3}),
    "a default that is set": lambda row: row.metadata_.setdefault("new", []).append(1),
    "merged with another": lambda row: row.metadata_.__ior__({"z": 26}),
    "deep inside": lambda row: row.metadata_["list"][0]["deep"].append("x"),
    "what was put in before": lambda row: (row.metadata_.update(e={}), row.metadata_["e"].update(f=1)),
    "a list as root": lambda row: row.shape.insert(0, {"first": True}),
    "a slice": lambda row: row.shape.__setitem__(slice(0, 1), [{"g": []}, 2]),
    "an order": lambda row: row.tags.sort(reverse=True),
    "an array": lambda row: row.tags.append("new"),
    "an array of numbers": lambda row: row.counts.extend([7, 8]),
    "a value that goes": lambda row: row.counts.remove(1),
    "all of it": lambda row: row.metadata_.clear(),
}


def values(row: Any) -> Any:
    return copy.deepcopy((row.metadata_, row.shape, row.tags, row.counts))


def note(models: ModuleType) -> Any:
    return models.Note(
        metadata_={"list": [{"deep": []}]}, shape=[{"a": 1}, "text"], tags=["a", "b"], counts=[1, 2], other={}
    )


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder = tmp_path_factory.mktemp("notes")
    (folder / "specs").mkdir()
    (folder / "specs/notes.yaml").write_text(SPEC, encoding="utf-8")
    build(Options(folder / "specs", folder / "output"))
    with imported(folder / "output") as package:
        yield package


@pytest.fixture(params=DRIVERS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param.startswith("sqlite"):
        yield f"{request.param}:///{tmp_path / 'app.db'}"
        return
    server: Server = request.getfixturevalue("postgres18")
    with server.database() as made:
        socket = next(word for word in made.partition("?")[2].split("&") if word.startswith("host="))
        yield f"{request.param}://{made.partition('://')[2].partition('?')[0]}?{socket}"


def test_changes_inside_are_written_on_every_driver(models: ModuleType, url: str) -> None:
    async def use() -> None:
        engine = models.make_async_engine(url)
        async with engine.begin() as connection:
            await connection.run_sync(models.Base.metadata.create_all)
        for title, change in CHANGES.items():
            for is_loaded in (True, False):  # the row that was written, or one that was read
                await _changed(models, engine, title, change, is_loaded=is_loaded)
        await engine.dispose()

    asyncio.run(use())


async def _changed(
    models: ModuleType, engine: Any, title: str, change: Callable[[Any], object], *, is_loaded: bool
) -> None:
    async with AsyncSession(engine, expire_on_commit=False) as session:
        row = note(models)
        session.add(row)
        await session.commit()
        if is_loaded:
            session.expunge_all()
            row = await session.get_one(models.Note, row.id)
        change(row)
        wanted = values(row)
        await session.commit()
        assert values(await _read(models, engine, row.id)) == wanted, title
        row.metadata_ = {"assigned": {}}  # and after an assignment that was flushed
        await session.flush()
        row.metadata_["assigned"]["then"] = True
        await session.commit()
        assert (await _read(models, engine, row.id)).metadata_ == {"assigned": {"then": True}}, title


async def _read(models: ModuleType, engine: Any, key: int) -> Any:
    async with AsyncSession(engine) as session:
        return await session.get_one(models.Note, key)


def test_a_scalar_a_copy_and_a_value_of_two_rows(models: ModuleType) -> None:
    engine = models.make_engine("sqlite://")
    models.Base.metadata.create_all(engine)
    with Session(engine) as session:
        row, other = note(models), note(models)
        session.add_all([row, other])
        session.commit()
        row.shape = "text"
        other.metadata_ = row.metadata_
        session.commit()
        assert row.shape == "text"
        other.metadata_["x"] = row.metadata_["list"][0]  # a copy: the two do not share it
        row.metadata_["list"][0]["deep"].append("mine")
        other.metadata_["x"]["deep"].append("other")
        session.commit()
        assert (row.metadata_["list"][0], other.metadata_["x"]) == ({"deep": ["mine"]}, {"deep": ["other"]})
        plain = pickle.loads(pickle.dumps(row.metadata_))
        assert (type(plain), type(plain["list"])) == (dict, list)
        kept = row.metadata_
        session.commit()
        kept["late"] = 1  # no value of the row any more
        assert "late" not in row.metadata_
    engine.dispose()


def test_what_has_no_inside_cannot_be_tracked(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    text = SPEC.replace("identity: true", "identity: true, track_changes: true")
    (tmp_path / "specs/notes.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SchemagenError) as caught:
        build(Options(tmp_path / "specs", tmp_path / "output"))
    assert [(found.code, found.span and found.span.line) for found in caught.value.diagnostics] == [("SG110", 6)]
