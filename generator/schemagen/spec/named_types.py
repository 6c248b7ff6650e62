"""The part of the spec language that names types of the database."""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from schemagen.schema.scalars import MAPPING, TEXT, TextValue, shape_of

from .part import Part


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
    """A named type: an enum type on PostgreSQL, text with a check on SQLite."""

    enum: list[LabelText] = Field(
        min_length=1,
        description="Its values in their order, by which both engines sort and compare; one that had another name "
        "before is {value, renamed_from}.",
        examples=[["sad", {"value": "fine", "renamed_from": "ok"}, "happy"]],
    )
    description: TextValue = Field(default="", description="What it says.", examples=["How a day went"])
