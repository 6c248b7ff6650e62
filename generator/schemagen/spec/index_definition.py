"""The part of the spec language that describes an index."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from schemagen.schema.scalars import (
    ELEMENT_PATTERN,
    MAPPING,
    TEXT,
    DatabaseName,
    Engine,
    Flag,
    Name,
    NullsPlace,
    Order,
    TextValue,
    column_list,
    shape_of,
    to_text,
)

from .part import Part
from .sql_definition import SqlText


class ElementSpec(Part):
    """An element of an index that needs more than a column's name."""

    column: Name | None = Field(default=None, description="A column; or write `sql`.", examples=["updated_at"])
    sql: SqlText | None = Field(
        default=None, description="An expression; or write `column`.", examples=["lower(email)"]
    )
    order: Order | None = Field(default=None, description="Ascending unless this says desc.", examples=["desc"])
    nulls: NullsPlace | None = Field(default=None, description="Where PostgreSQL keeps NULLs.", examples=["last"])
    opclass: Name | None = Field(default=None, description="PostgreSQL's operator class.", examples=["gin_trgm_ops"])
    collation: TextValue | None = Field(default=None, description="The collation of this element.", examples=["C"])


ElementText = Annotated[
    Annotated[
        str,
        BeforeValidator(to_text),
        Field(pattern=ELEMENT_PATTERN),
        WithJsonSchema({"type": "string", "pattern": ELEMENT_PATTERN, "examples": ["updated_at desc"]}),
        Tag(TEXT),
    ]
    | Annotated[ElementSpec, Tag(MAPPING)],
    Discriminator(shape_of),
]


class IndexSpec(Part):
    """An index."""

    columns: Annotated[list[ElementText], BeforeValidator(column_list), Field(min_length=1)] = Field(
        examples=[["user_id", "updated_at desc"]],
        description="Elements: `c`, `c desc`, or {column | sql, order, nulls, opclass, collation}.",
    )
    unique: Flag = Field(default=False, description="No two rows may have equal elements.", examples=[True])
    nulls_distinct: Flag = Field(
        default=True,
        description="false: NULL is a value like others to a unique index (PostgreSQL 15).",
        examples=[False],
    )
    where: SqlText | None = Field(
        default=None, description="Only rows for which this holds are in the index.", examples=["role = 'assistant'"]
    )
    method: Name = Field(default="btree", description="PostgreSQL's access method.", examples=["gin"])
    include: list[Name] = Field(
        default=[], description="Columns that are stored beside the elements.", examples=[["title"]]
    )
    name: DatabaseName | None = Field(
        default=None, description="Its name; else idx_{table}_{columns}.", examples=["idx_users_email"]
    )
    only: Engine | None = Field(default=None, description="The one engine that has it.", examples=["postgres"])
    description: TextValue = Field(
        default="", description="What it makes fast.", examples=["A user's threads, most recent first"]
    )
    reason: TextValue = Field(
        default="",
        description="Why it stands although no query of the spec needs it.",
        examples=["Asked for by the audit team"],
    )
