"""The part of the spec language that says where PostgreSQL has something."""

from __future__ import annotations

from pydantic import Field

from schemagen.schema.scalars import DatabaseName

from .part import Part


class FilePostgresSpec(Part):
    """Where PostgreSQL has the tables and views of a file."""

    schema_: DatabaseName | None = Field(
        default=None,
        alias="schema",
        description="The schema; made where it is not there, and dropped with its last table unless others use it.",
        examples=["auth"],
    )


class PostgresSpec(FilePostgresSpec):
    """Where PostgreSQL has a table or a view; SQLite has it under its own name."""

    name: DatabaseName | None = Field(
        default=None, description="What PostgreSQL calls it there, if otherwise.", examples=["users"]
    )
