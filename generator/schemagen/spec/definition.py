"""The spec language: one definition of every key, from which validation, messages, JSON Schema and reference come.

Scalars arrive as the text that stands in the YAML (:class:`Plain` when unquoted) and are converted by the type of their
key, so that YAML's own guesses never matter. Values whose type is a column's (defaults, examples) stay as they are.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from schemagen.schema.scalars import (
    MAPPING,
    TEXT,
    Count,
    DatabaseName,
    Engine,
    ExtensionName,
    Flag,
    Milliseconds,
    Name,
    NotesSpec,
    TextOrTexts,
    TextValue,
    shape_of,
    to_text,
)

from .column_definition import TAGS, ColumnSpec, Tags
from .constraint_definition import CheckSpec, ForeignKeySpec, PartitionSpec, PrimaryKeyText, UniqueSpec
from .full_text_definition import FullTextSpec
from .index_definition import IndexSpec
from .named_types import TypeSpec
from .object_definition import ObjectSpec, ViewSpec
from .part import Part
from .place_definition import FilePostgresSpec, PostgresSpec
from .sql_definition import SqlText
from .step_definition import StepSpec

LANGUAGE_VERSION = 1


class VolumeSpec(Part):
    """How large a table is expected to be."""

    rows: Count = Field(description="Rows at the time the spec plans for.", examples=["2000000"])
    growth_per_month: Count = Field(default=0, description="Rows added each month.", examples=[150000])


class SqliteSpec(Part):
    """How a table is made on SQLite."""

    strict: Flag = Field(default=True, description="false uses the classical declared types.", examples=[False])
    without_rowid: Flag = Field(
        default=False, description="Store the rows in the primary key's b-tree.", examples=[True]
    )
    parity: Flag = Field(
        default=True, description="false leaves out the checks that make both engines agree.", examples=[False]
    )


class AppendOnlySpec(Part):
    """What an append-only table refuses besides every UPDATE."""

    deletes: Annotated[Literal["refuse"], BeforeValidator(to_text)] = Field(
        description="A DELETE of a row is refused as well, on PostgreSQL a TRUNCATE too.", examples=["refuse"]
    )


AppendOnly = Annotated[
    Annotated[Flag, Tag(TEXT)] | Annotated[AppendOnlySpec, Tag(MAPPING)],
    Discriminator(shape_of),
]


class TableSpec(Part):
    """One table."""

    name: DatabaseName | None = Field(
        default=None,
        description="What the database calls it, where the key can't be it; SQL says this name, all else the key.",
        examples=["Order Items"],
    )
    description: TextValue = Field(default="", description="What a row is.", examples=["One chat thread of one user"])
    columns: dict[Name, ColumnSpec] = Field(
        min_length=1,
        description="Its columns by name, in order.",
        examples=[{"id": {"type": "uuid", "primary_key": True}}],
    )
    primary_key: PrimaryKeyText | None = Field(
        default=None,
        description="A key of several columns, or one with a name: [a, b] or {columns, name}.",
        examples=[["student_id", "course_id"]],
    )
    foreign_keys: list[ForeignKeySpec] = Field(
        default=[],
        description="Foreign keys of several columns, or with a name.",
        examples=[
            [{"columns": ["a", "b"], "references": {"table": "t", "columns": ["a", "b"]}, "on_delete": "cascade"}]
        ],
    )
    unique: list[UniqueSpec] = Field(
        default=[], description="Unique constraints.", examples=[[{"columns": ["conversation_id", "agent_id"]}]]
    )
    checks: dict[Name, CheckSpec] = Field(
        default={},
        description="Checks over one row, by name.",
        examples=[{"not_empty": {"sql": "length(content) > 0"}}],
    )
    indexes: list[IndexSpec] = Field(
        default=[], description="Indexes.", examples=[[{"columns": ["user_id", "updated_at desc"]}]]
    )
    full_text: list[FullTextSpec] = Field(
        default=[],
        description="Indexes of the words of texts, which `search(c, :q)` and `search_prefix(c, :q)` of queries ask.",
        examples=[[{"columns": ["content"]}]],
    )
    append_only: AppendOnly = Field(
        default=False,
        description="Refuse every UPDATE (deletes are allowed); {deletes: refuse} refuses them too.",
        examples=[True, {"deletes": "refuse"}],
    )
    owner: Name | None = Field(
        default=None,
        description="The column that says whose a row is: on PostgreSQL each transaction sees and changes the rows of "
        "the owner that it sets, and none where it sets none. On SQLite the queries have to compare it.",
        examples=["user_id"],
    )
    examples: list[dict[str, Any]] = Field(
        default=[],
        description="Example rows; left-out columns take defaults.",
        examples=[[{"id": 1, "title": "Groceries"}]],
    )
    volume: VolumeSpec | None = Field(
        default=None, description="How large the table is expected to be.", examples=[{"rows": 2000000}]
    )
    notes: NotesSpec = Field(default={})
    group: TextValue = Field(
        default="", description="The heading below which the document lists and draws it.", examples=["Billing"]
    )
    team: TextValue = Field(default="", description="Who answers for it.", examples=["payments"])
    tags: Tags = Field(default=[], description=TAGS, examples=[["deprecated"]])
    class_name: Name | None = Field(
        default=None, description="The model's class; else singular PascalCase.", examples=["Conversation"]
    )
    renamed_from: Name | None = Field(
        default=None,
        description="The table's name before this change; names of keys, checks and indexes stay.",
        examples=["threads"],
    )
    sqlite: SqliteSpec = Field(
        default=SqliteSpec(), description="How the table is made on SQLite.", examples=[{"strict": False}]
    )
    partition: PartitionSpec | None = Field(
        default=None,
        description="The table is divided into partitions on PostgreSQL. {range: c, by: month, ahead: 3} has one for "
        "each month, made ahead of time; {hash: c, parts: 16} and {list: c, values: {eu: [de, fr]}} have theirs from "
        "the first day on. {range: c}, {list: c} or {hash: c} alone: they are objects of kind `partition`, and where "
        "there are none, a new table has one partition for all rows.",
        examples=[{"range": "created_at"}],
    )
    postgres: PostgresSpec = Field(
        default=PostgresSpec(),
        description="Where PostgreSQL has the table, if not among the others under its name; SQL says SQLite's name.",
        examples=[{"schema": "auth", "name": "users"}],
    )


class QuerySpec(Part):
    """A query pattern; parameters are written `:name`."""

    sql: SqlText = Field(
        description="One SELECT, INSERT, UPDATE or DELETE; or a text for each engine.",
        examples=["SELECT id FROM messages WHERE conversation_id = :conversation_id ORDER BY created_at, id"],
    )
    description: TextValue = Field(
        default="", description="What it is for.", examples=["Every message of a thread in order"]
    )
    uses: TextOrTexts | None = Field(
        default=None,
        description="The index, unique constraint or primary key that serves it.",
        examples=["idx_messages_conversation_id_created_at"],
    )
    p95_ms: Milliseconds | None = Field(
        default=None, description="Its latency target, in milliseconds.", examples=[200]
    )
    only: Engine | None = Field(
        default=None, description="The one engine that it is written for.", examples=["postgres"]
    )


class SpecFile(Part):
    """One spec file; it becomes one document."""

    schemagen: Annotated[Literal["1"], BeforeValidator(to_text), WithJsonSchema({"enum": [1, "1"]})] = Field(
        description="Version of the spec language.", examples=[1]
    )
    title: TextValue = Field(
        default="",
        description="The document's title; else made from the file's name.",
        examples=["Conversation models"],
    )
    version: TextValue = Field(default="", description="The document's version.", examples=["1.0"])
    description: TextValue = Field(
        default="", description="What the document describes.", examples=["Chat history, kept for replay and audit"]
    )
    sqlite: SqliteSpec = Field(
        default=SqliteSpec(),
        description="How tables of the file are made on SQLite, where they do not say it themselves.",
        examples=[{"strict": False, "parity": False}],
    )
    postgres: FilePostgresSpec = Field(
        default=FilePostgresSpec(),
        description="Where PostgreSQL has tables and views of the file, where they do not say it themselves.",
        examples=[{"schema": "auth"}],
    )
    naming: Annotated[Literal["schemagen", "postgres", "rails"], BeforeValidator(to_text)] = Field(
        default="schemagen",
        description="What keys, constraints and indexes of the file are called where no `name` stands: `postgres` for "
        "`users_pkey`, `users_email_key`, `notes_user_id_fkey` and `notes_user_id_idx`, `rails` for `fk_rails_…` and "
        "`index_notes_on_user_id`.",
        examples=["postgres"],
    )
    tables: dict[Name, TableSpec] = Field(
        default={},
        description="The tables by name.",
        examples=[{"users": {"columns": {"id": {"type": "uuid", "primary_key": True}}}}],
    )
    extensions: list[ExtensionName] = Field(
        default=[],
        description="Extensions of PostgreSQL that the tables need, with their types and operator classes: made where "
        "they are not there, and never dropped.",
        examples=[["pg_trgm"]],
    )
    types: dict[Name, TypeSpec] = Field(
        default={},
        description="Named types of the database, for columns of every file: what several tables share, or what exists "
        "already. `enum` on a column stays the first choice.",
        examples=[{"mood": {"enum": ["sad", "ok", "happy"]}}],
    )
    views: dict[Name, ViewSpec] = Field(
        default={},
        description="The views by name.",
        examples=[{"open_threads": {"sql": "SELECT id, title FROM threads WHERE state = 'open'"}}],
    )
    objects: dict[Name, ObjectSpec] = Field(
        default={},
        description="Objects of one's own by name: SQL that the language has no words for.",
        examples=[{"read_users": {"kind": "grant", "sql": {"postgres": "GRANT SELECT ON users TO reader"}}}],
    )
    queries: dict[Name, QuerySpec] = Field(
        default={},
        description="The query patterns by name; they may use tables of every file.",
        examples=[{"get_user": {"sql": "SELECT id FROM users WHERE id = :id"}}],
    )
    steps: dict[Name, StepSpec] = Field(
        default={},
        description="Changes of rows between two changes of the schema, by name; each becomes a migration.",
        examples=[{"bonn": {"up": "UPDATE cities SET name = 'Bonn' WHERE name = 'bonn'", "down": "none"}}],
    )
    notes: NotesSpec = Field(default={})
