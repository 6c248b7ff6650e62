"""The part of the spec language that names types of the database."""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from schemagen.schema.scalars import MAPPING, TEXT, Flag, Name, TextValue, shape_of

from .constraint_definition import CheckSpec
from .part import Part
from .place_definition import PostgresSpec
from .sql_definition import SqlValue


class LabelSpec(Part):
    """A value of an enum type that was called otherwise before."""

    value: TextValue = Field(description="The value.", examples=["fine"])
    renamed_from: TextValue | None = Field(
        default=None,
        description="What it was called before this change: rows, defaults and indexes follow.",
        examples=["ok"],
    )


LabelText = Annotated[
    Annotated[TextValue, Tag(TEXT)] | Annotated[LabelSpec, Tag(MAPPING)],
    Discriminator(shape_of),
]


class TypeSpec(Part):
    """A named type of PostgreSQL: an enum type, which is text with a check on SQLite, or a domain."""

    enum: list[LabelText] | None = Field(
        default=None,
        min_length=1,
        description="Its values in their order, by which both engines sort and compare; one that had another name "
        "before is {value, renamed_from}.",
        examples=[["sad", {"value": "fine", "renamed_from": "ok"}, "happy"]],
    )
    domain: TextValue | None = Field(
        default=None,
        description="The type that a domain is made of: on SQLite its columns are of this type, and have its checks.",
        examples=["text"],
    )
    checks: dict[Name, CheckSpec] = Field(
        default={},
        description="The conditions of a domain by name, on `value`.",
        examples=[{"has_an_at": {"sql": "value LIKE '%@%'"}}],
    )
    default: SqlValue | None = Field(
        default=None,
        description="The default of a domain, which is that of its columns where they have none of their own.",
        examples=[{"sql": "0"}],
    )
    nullable: Flag = Field(
        default=True,
        description="false: the domain refuses NULL, as its columns have to as well.",
        examples=[False],
    )
    description: TextValue = Field(default="", description="What it says.", examples=["How a day went"])
    postgres: PostgresSpec = Field(
        default=PostgresSpec(),
        description="Where PostgreSQL has an enum type, if not among the others under its name.",
        examples=[{"schema": "auth", "name": "role"}],
    )
