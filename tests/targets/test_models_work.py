"""What the models send to a database: many rows by one statement, and no question that grows with the schema."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from schemagen.databases.urls import sqlalchemy_url
from schemagen.project.pipeline import Options, build
from support.generated_models import imported

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import ModuleType

    from schemagen.databases.servers import Server

TABLE = """\
  t{number}:
    columns:
      id: {{type: uuid, primary_key: true, default: {{sql: gen_random_uuid()}}}}
      parent_id: {{references: t{parent}.id, on_delete: cascade, nullable: true}}
      title: {{type: varchar(20)}}
      made_at: {{type: timestamptz, default: {{sql: now()}}}}
      changed_at: {{type: timestamptz, default: {{sql: now()}}, on_row_update: {{sql: now()}}}}
"""


def chain(folder: Path, tables: int) -> AbstractContextManager[ModuleType]:
    """The models of tables that each refer to the one before."""
    (folder / "specs").mkdir(parents=True)
    text = "".join(TABLE.format(number=number, parent=max(0, number - 1)) for number in range(tables))
    (folder / "specs/chain.yaml").write_text(f"schemagen: 1\ntitle: Chain\ntables:\n{text}", encoding="utf-8")
    build(Options(folder / "specs", folder / "output"))
    return imported(folder / "output")


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "sqlite":
        yield "sqlite://"
        return
    server: Server = request.getfixturevalue("postgres18")
    with server.database() as made:
        yield sqlalchemy_url(made)


def sent_to(engine: sa.Engine) -> list[str]:
    sent: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda _1, _2, statement, *_: sent.append(statement))
    return sent


def test_many_new_rows_are_one_statement_and_know_what_the_database_filled(url: str, tmp_path: Path) -> None:
    with chain(tmp_path, 1) as models:
        engine = models.make_engine(url)
        models.Base.metadata.create_all(engine)
        sent = sent_to(engine)
        with Session(engine, expire_on_commit=False) as session:
            rows: list[Any] = [models.T0(title=str(number)) for number in range(300)]
            session.add_all(rows)
            session.commit()
            assert len([statement for statement in sent if statement.startswith("INSERT")]) == 1
            by_title = {row.title: (row.id, row.made_at) for row in rows}
            session.expire_all()
            assert by_title == {row.title: (row.id, row.made_at) for row in session.exec(select(models.T0))}
        engine.dispose()


def test_drop_all_asks_nothing_but_whether_a_table_is_there(tmp_path: Path) -> None:
    with chain(tmp_path, 10) as models:
        engine = models.make_engine("sqlite://")
        models.Base.metadata.create_all(engine)
        sent = sent_to(engine)
        models.Base.metadata.drop_all(engine)
        questions = [statement for statement in sent if not statement.strip().startswith(("BEGIN", "DROP"))]
        assert len(questions) == 10
        assert set(questions) == {f'PRAGMA main.table_info("t{number}")' for number in range(10)}
        assert not sa.inspect(engine).get_table_names()
        engine.dispose()


def test_what_waits_for_the_table_is_there_in_a_copy_and_in_a_table_made_alone(tmp_path: Path) -> None:
    with chain(tmp_path, 2) as models:
        copies = sa.MetaData()
        for table in models.Base.metadata.sorted_tables:
            table.to_metadata(copies)
        made = []
        for create in (models.Base.metadata.create_all, copies.create_all, models.T0.__table__.create):
            engine = models.make_engine("sqlite://")
            create(engine)
            with engine.connect() as connection:
                rows = connection.exec_driver_sql(
                    "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name = 't0' ORDER BY name"
                )
                made.append([tuple(row) for row in rows])
            engine.dispose()
        assert made[0] == made[1] == made[2]
        assert any(re.match("CREATE TRIGGER", text) for _, text in made[0])
        assert any("ck_t0_title_type" in text for _, text in made[0])
