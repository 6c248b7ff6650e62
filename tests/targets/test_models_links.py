"""Many-to-many: the lists across a table that only links two others, beside the class of that table."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import configure_mappers, selectinload
from sqlmodel import Session, select

from schemagen.databases.urls import sqlalchemy_url
from schemagen.project.pipeline import Options, build
from support.generated_models import imported

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from schemagen.databases.servers import Server

SPEC = """\
schemagen: 1
title: Events
tables:
  events:
    columns:
      id: {type: integer, primary_key: true, identity: true}
      members: {type: "text[]", default: []}
  tags:
    columns:
      id: {type: integer, primary_key: true, identity: true}
      name: {type: text, unique: true}
  event_tags:
    primary_key: [event_id, tag_id]
    columns:
      event_id: {references: events.id, on_delete: cascade}
      tag_id: {references: tags.id, on_delete: cascade, index: true}
      made_at: {type: timestamptz, default: {sql: now()}}
  members:
    description: A list of events would take the name of a column here, so it is called otherwise.
    columns:
      id: {type: integer, primary_key: true, identity: true}
  event_members:
    primary_key: [event_id, member_id]
    columns:
      event_id: {references: events.id, on_delete: cascade}
      member_id: {references: members.id, on_delete: cascade, index: true}
  ratings:
    description: No pure link, as an application gives the stars.
    primary_key: [event_id, tag_id]
    columns:
      event_id: {references: events.id, on_delete: cascade}
      tag_id: {references: tags.id, on_delete: cascade, index: true}
      stars: {type: integer}
  neighbours:
    description: No pure link, as nothing says which side is which.
    primary_key: [one_id, other_id]
    columns:
      one_id: {references: events.id, on_delete: cascade}
      other_id: {references: events.id, on_delete: cascade, index: true}
"""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder = tmp_path_factory.mktemp("events")
    (folder / "specs").mkdir()
    (folder / "specs/events.yaml").write_text(SPEC, encoding="utf-8")
    build(Options(folder / "specs", folder / "output"))
    with imported(folder / "output") as package, warnings.catch_warnings():
        warnings.simplefilter("error")
        configure_mappers()
        yield package


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, models: ModuleType) -> Iterator[sa.Engine]:
    if request.param == "sqlite":
        made = models.make_engine("sqlite://")
        models.Base.metadata.create_all(made)
        yield made
        made.dispose()
        return
    server: Server = request.getfixturevalue("postgres18")
    with server.database() as url:
        made = models.make_engine(sqlalchemy_url(url))
        models.Base.metadata.create_all(made)
        yield made
        made.dispose()


def names(cls: type) -> set[str]:
    return set(sa.inspect(cls).relationships.keys())


def test_a_pure_link_is_two_lists_beside_its_own_class(models: ModuleType) -> None:
    assert names(models.Event) == {
        "event_tags", "tags", "event_members", "members_by_event_members", "ratings", "one_neighbours",
        "other_neighbours",
    }  # fmt: skip
    assert names(models.Tag) == {"event_tags", "events", "ratings"}
    assert names(models.EventTag) == {"event", "tag"}


def test_lists_are_written_read_and_left_to_the_database(models: ModuleType, engine: sa.Engine) -> None:
    sent: list[str] = []
    with Session(engine) as session:
        red, blue = models.Tag(name="red"), models.Tag(name="blue")
        event = models.Event(tags=[red, blue])
        session.add_all([event, models.Event(tags=[red])])
        session.commit()
        assert {link.tag.name for link in event.event_tags} == {"red", "blue"}
        assert all(link.made_at for link in event.event_tags)
        event.tags.remove(blue)
        session.commit()
        assert [tag.name for tag in event.tags] == ["red"]
        assert len(red.events) == 2
        found = session.exec(select(models.Event).join(models.Event.tags).where(models.Tag.name == "red")).all()
        assert len(found) == 2
        assert not session.exec(select(models.Event).where(models.Event.tags.any(models.Tag.name == "blue"))).all()
        session.expire_all()
        assert len(session.exec(select(models.Tag).options(selectinload(models.Tag.events))).all()) == 2

        session.expire_all()
        session.refresh(event)
        sa.event.listen(engine, "before_cursor_execute", lambda _1, _2, statement, *_: sent.append(statement))
        session.delete(event)  # nothing of it is loaded: one statement, and the database does the rest
        session.commit()
        assert [statement.split()[0] for statement in sent if "BEGIN" not in statement] == ["DELETE"]

        last = session.exec(select(models.Event)).one()
        assert (len(last.tags), len(last.event_tags)) == (1, 1)  # both lists are loaded
        session.delete(last)
        session.commit()
        assert not session.exec(select(models.EventTag)).all()
        assert len(session.exec(select(models.Tag)).all()) == 2


def test_arrays_are_asked_with_the_operators_of_postgres(models: ModuleType, engine: sa.Engine) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("a list is JSON there")
    with Session(engine) as session:
        session.add_all([models.Event(members=["a", "b"]), models.Event(members=["c"])])
        session.commit()
        for condition, number in (
            (models.Event.members.contains(["a"]), 1),
            (models.Event.members.overlap(["b", "c"]), 2),
            (models.Event.members.contained_by(["a", "b", "d"]), 1),
            (sa.literal("c") == sa.any_(models.Event.members), 1),
        ):
            assert len(session.exec(select(models.Event).where(condition)).all()) == number
