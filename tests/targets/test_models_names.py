"""Names that SQL or Python reserve, and names with capitals, reach both engines as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from schemagen.base.reserved import POSTGRES, SQLITE
from schemagen.schema import types as t
from schemagen.schema.model import Column, Schema
from schemagen.targets.sqlmodel import modules as sqlmodel
from support.generated_models import imported, write
from support.models_schema import CASCADE, index, key, table

if TYPE_CHECKING:
    from pathlib import Path

    from sqlmodel import SQLModel

WORDS = sorted({word.lower() for word in POSTGRES | SQLITE} - {"id"})

RESERVED = table(
    "order",
    "Order",
    Column("id", t.Integer()),
    *(Column(word, t.Integer(), nullable=True) for word in WORDS),
    indexes=(index("idx_order", "group", "select"),),
)
CAPITALS = table(
    "ArtistAlbum",
    "ArtistAlbum",
    Column("id", t.Integer(), identity=True),
    Column("createdAt", t.Integer(), nullable=True),
    Column("OrderId", t.Integer(), nullable=True),
    foreign_keys=(key("ArtistAlbum", "OrderId", "order.id", CASCADE),),
)
SCHEMA = Schema((RESERVED, CAPITALS))


@pytest.mark.parametrize("name", ["sqlite", "postgres"])
def test_reserved_words_and_capitals(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = f"sqlite:///{tmp_path / 'app.db'}" if name == "sqlite" else request.getfixturevalue("pg_database")
    write(tmp_path, sqlmodel.render(SCHEMA))
    with imported(tmp_path) as models:
        engine = models.make_engine(url)
        models.Base.metadata.create_all(engine)
        with Session(engine) as session:
            order = models.Order(id=1, **dict.fromkeys(attributes(models.Order), 7))
            session.add(models.ArtistAlbum(createdAt=1, order=order))
            session.commit()
            assert session.exec(select(models.ArtistAlbum)).one().order.select == 7
            assert [album.OrderId for album in order.artist_album] == [1]
        assert {column["name"] for column in sa.inspect(engine).get_columns("order")} == {"id", *WORDS}
        engine.dispose()


def attributes(model: type[SQLModel]) -> list[str]:
    return [name for name in model.model_fields if name != "id"]
