"""Moments that a model writes into a column of fewer decimals are those that PostgreSQL would make of them."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from schemagen.schema import types as t
from schemagen.schema.model import Column, PrimaryKey, Schema, Table
from schemagen.targets.sqlmodel import modules as sqlmodel
from support.engines import open_postgres
from support.generated_models import imported, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

COLUMNS = (Column("id", t.Integer()), Column("at", t.Timestamp(3)))
SCHEMA = Schema((Table("t", COLUMNS, PrimaryKey("pk_t", ("id",)), class_name="T"),))


@pytest.fixture
def types(tmp_path: Path) -> Iterator[ModuleType]:
    write(tmp_path, sqlmodel.render(SCHEMA))
    with imported(tmp_path) as models:
        yield models._types  # noqa: SLF001


def timestamps(random: Random) -> list[dt.datetime]:
    """Around halves of every unit, on both sides of the year 2000."""
    found = []
    for year in (1, 1969, 1999, 2000, 2024):
        for _ in range(40):
            unit = 10 ** random.randrange(7)
            micro = (random.randrange(10**6) // unit * unit + unit // 2 + random.choice((-1, 0, 0, 1))) % 10**6
            clock = random.choice(((23, 59, 59), (0, 0, 0), (12, 30, 1)))
            found.append(dt.datetime(year, random.randrange(1, 13), random.randrange(1, 28), *clock, micro))  # noqa: DTZ001
    return found


def test_a_model_rounds_as_postgres_does(types: ModuleType, pg_database: str) -> None:
    with open_postgres(pg_database) as connection:
        for precision in range(7):
            for timestamp in timestamps(Random(precision)):
                query = f"SELECT %s::timestamp({precision}), %s::time({precision})::text, %s::time"
                asked = connection.execute(query, (timestamp, timestamp.time(), timestamp.time())).fetchone()
                assert asked is not None
                assert types.Timestamp(precision).checked(timestamp) == asked[0], (precision, timestamp)
                aware = timestamp.replace(tzinfo=dt.UTC)
                assert types.TimestampTz(precision).checked(aware) == asked[0].replace(tzinfo=dt.UTC)
                if asked[1] == "24:00:00":
                    with pytest.raises(ValueError, match="24:00:00"):
                        types.Time(precision).checked(timestamp.time())
                else:
                    assert types.Time(precision).checked(timestamp.time()) == dt.time.fromisoformat(asked[1])


def test_both_engines_keep_the_rounded_moment(types: ModuleType) -> None:
    table = sa.Table("t", sa.MetaData(), sa.Column("at", types.TimestampTz(0)))
    engine = sa.create_engine("sqlite://")
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(table.insert(), {"at": dt.datetime(2024, 1, 1, 0, 0, 0, 500_000, dt.UTC)})
        assert connection.execute(sa.text("SELECT at FROM t")).scalar() == "2024-01-01T00:00:01.000000Z"
        later = sa.select(table.c.at).where(table.c.at == dt.datetime(2024, 1, 1, 0, 0, 0, 900_000, dt.UTC))
        assert connection.execute(later).scalar() == dt.datetime(2024, 1, 1, 0, 0, 1, tzinfo=dt.UTC)
