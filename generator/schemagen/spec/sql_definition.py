"""The part of the spec language that is SQL: one text for both engines, or one for each."""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from schemagen.schema.scalars import (
    MAPPING,
    TEXT,
    Flag,
    TextValue,
    shape_of,
)

from .part import Part


class SqlByEngine(Part):
    """SQL that each engine has in its own words."""

    postgres: TextValue = Field(description="The text for PostgreSQL.", examples=["tags @> ARRAY['a']"])
    sqlite: TextValue = Field(description="The text for SQLite.", examples=["json_array_length(tags) > 0"])


SqlText = Annotated[
    Annotated[TextValue, Tag(TEXT)] | Annotated[SqlByEngine, Tag(MAPPING)],
    Discriminator(shape_of),
    Field(description="PostgreSQL's SQL, translated to SQLite; or a mapping that gives each engine its own."),
]


class SqlValue(Part):
    """A value that SQL computes."""

    sql: SqlText = Field(description="The expression.", examples=["now()"])


class GeneratedSpec(SqlValue):
    """A column that is computed from others of its row."""

    stored: Flag = Field(
        default=True,
        description="false computes it whenever it is read, and keeps nothing (PostgreSQL 18): a column without keys, "
        "and on PostgreSQL without indexes.",
        examples=[False],
    )
