"""The part of the spec language that describes a step of one's own between two changes of the schema."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from schemagen.schema.scalars import LIST, MAPPING, TEXT, Length, Name, TextOrTexts, TextValue, shape_of

from .part import Part


class StepSqlByEngine(Part):
    """SQL of a step that each engine has in its own words."""

    postgres: TextOrTexts = Field(
        description="The statement for PostgreSQL, or a list of them.", examples=["UPDATE notes SET tags = '{}'"]
    )
    sqlite: TextOrTexts = Field(
        description="The statement for SQLite, or a list of them.", examples=["UPDATE notes SET tags = '[]'"]
    )


StepSql = Annotated[
    Annotated[TextValue, Tag(TEXT)]
    | Annotated[list[TextValue], Tag(LIST), Field(min_length=1)]
    | Annotated[StepSqlByEngine, Tag(MAPPING)],
    Discriminator(shape_of),
]


class BatchSpec(Part):
    """How a step of many rows is cut on PostgreSQL."""

    table: Name = Field(description="The table whose primary key is walked along.", examples=["customers"])
    alias: Name | None = Field(
        default=None, alias="as", description="What `up` calls it; else its own name.", examples=["c"]
    )
    rows: Length = Field(default=10_000, description="How many of its rows a transaction covers.", examples=[10_000])


class ProofSpec(Part):
    """Rows that show what a step does."""

    given: dict[Name, list[dict[str, Any]]] = Field(
        min_length=1,
        description="Rows before the step, by table; left-out columns take defaults.",
        examples=[{"customers": [{"id": 1, "address": "1 Road"}]}],
    )
    then: dict[Name, list[dict[str, Any]]] = Field(
        min_length=1,
        description="Every row of these tables after it; columns that are left out are not compared.",
        examples=[{"addresses": [{"customer_id": 1, "street": "1 Road"}]}],
    )


class StepSpec(Part):
    """One step: it takes the next number at the next build, and never changes from then on."""

    description: TextValue = Field(
        default="", description="What it does.", examples=["Each customer's address becomes a row of addresses"]
    )
    up: StepSql = Field(
        description="One statement that changes rows, a list of them, or {postgres, sqlite}. Run twice, it changes "
        "nothing the second time.",
        examples=["UPDATE customers SET city = 'Bonn' WHERE city = 'bonn'"],
    )
    batch: BatchSpec | None = Field(
        default=None,
        description="On PostgreSQL a transaction for some rows at a time, outside of any other.",
        examples=[{"table": "customers", "as": "c", "rows": 10_000}],
    )
    done: StepSql | None = Field(
        default=None,
        description="A SELECT of the rows for which it is still to be done. What the step reads is not dropped while "
        "there are some.",
        examples=["SELECT id FROM customers WHERE city = 'bonn'"],
    )
    down: StepSql = Field(
        description="What takes it back, or `none`.", examples=["UPDATE customers SET city = lower(city)"]
    )
    proof: ProofSpec | None = Field(
        default=None,
        description="Rows before and after it, which `verify` tries on both engines.",
        examples=[{"given": {"customers": [{"id": 1, "city": "bonn"}]}, "then": {"customers": [{"city": "Bonn"}]}}],
    )
