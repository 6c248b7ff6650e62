"""The part of the spec language that describes views, and objects of one's own."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from schemagen.schema.objects import CheckOption, ObjectKind
from schemagen.schema.scalars import (
    Engine,
    Flag,
    Name,
    TextValue,
    to_text,
)

from .index_definition import IndexSpec
from .part import Part
from .place_definition import PostgresSpec
from .sql_definition import SqlText


class ViewSpec(Part):
    """A view: a SELECT with a name. Its columns are written, `SELECT *` is refused."""

    sql: SqlText = Field(
        description="One SELECT; or a text for each engine.",
        examples=["SELECT id, title FROM threads WHERE state = 'open'"],
    )
    columns: list[Name] = Field(
        default=[],
        description="The names of its columns; needed where each engine has a text of its own.",
        examples=[["id", "title"]],
    )
    description: TextValue = Field(default="", description="What a row is.", examples=["A thread that is open"])
    security_invoker: Flag = Field(
        default=False,
        description="Read with the rights of whoever asks, not of the view's owner (PostgreSQL 15).",
        examples=[True],
    )
    security_barrier: Flag = Field(
        default=False,
        description="Its rows are chosen before a condition of whoever asks sees them (PostgreSQL).",
        examples=[True],
    )
    check_option: Annotated[CheckOption, BeforeValidator(to_text)] | None = Field(
        default=None,
        description="PostgreSQL refuses an INSERT or UPDATE through it of a row that it does not show.",
        examples=["local"],
    )
    materialized: Flag = Field(
        default=False,
        description="PostgreSQL keeps the rows until REFRESH MATERIALIZED VIEW; on SQLite it is a plain view.",
        examples=[True],
    )
    indexes: list[IndexSpec] = Field(
        default=[], description="Indexes of a materialized view.", examples=[[{"columns": ["id"], "unique": True}]]
    )
    needs: list[Name] = Field(
        default=[],
        description="What it reads and its text does not show: tables, views and objects.",
        examples=[["user_rank"]],
    )
    only: Engine | None = Field(default=None, description="The one engine that has it.", examples=["postgres"])
    postgres: PostgresSpec = Field(
        default=PostgresSpec(),
        description="Where PostgreSQL has the view, if not among the others under its name.",
        examples=[{"schema": "app", "name": "open_threads"}],
    )


class OwnSql(Part):
    """SQL that is kept as it is, for the engines that have the object."""

    postgres: TextValue | None = Field(
        default=None,
        description="The statement for PostgreSQL.",
        examples=["CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'"],
    )
    sqlite: TextValue | None = Field(
        default=None,
        description="The statement for SQLite.",
        examples=["CREATE TRIGGER t AFTER DELETE ON users BEGIN DELETE FROM notes; END"],
    )


class ObjectSpec(Part):
    """An object of one's own: one statement, kept as it is, and run where it belongs."""

    kind: Annotated[ObjectKind, BeforeValidator(to_text)] = Field(
        description="What the statement makes: function, procedure, aggregate, trigger, policy (or row level security "
        "of a table), grant (or REVOKE), rule, sequence, type (or domain), constraint, index, statistics, option (of a "
        "table), partition.",
        examples=["function"],
    )
    sql: OwnSql = Field(
        description="The statement that makes it, on each engine that has it.",
        examples=[{"postgres": "CREATE POLICY own_rows ON users USING (id = current_user_id())"}],
    )
    drop: OwnSql | None = Field(
        default=None,
        description="The statement that takes it away; needed where the first one does not tell.",
        examples=[{"postgres": "DROP POLICY IF EXISTS own_rows ON users"}],
    )
    needs: list[Name] = Field(
        default=[],
        description="Tables, views and objects that have to be there first, beside those that its text shows.",
        examples=[["users"]],
    )
    description: TextValue = Field(default="", description="What it is for.", examples=["Users see their own rows"])
