"""The part of the spec language that describes constraints: keys, references, unique constraints and checks."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from schemagen.schema.scalars import (
    LIST,
    MAPPING,
    TEXT,
    ActionName,
    ColumnList,
    Count,
    DatabaseName,
    DeferrableName,
    Engine,
    Flag,
    Name,
    StateName,
    TextValue,
    shape_of,
    to_text,
)

from .part import Part
from .sql_definition import SqlText


class ConflictSpec(Part):
    """What SQLite does with a row that breaks a rule; PostgreSQL refuses it."""

    on_conflict: Annotated[Literal["replace", "ignore", "fail", "abort", "rollback"], BeforeValidator(to_text)] = Field(
        description="ON CONFLICT of the rule, as an import found it.", examples=["replace"]
    )


class SetNullSpec(Part):
    """SET NULL of some columns of a key: the others keep their values."""

    set_null: ColumnList


OnDelete = Annotated[
    Annotated[ActionName, Tag(TEXT)] | Annotated[SetNullSpec, Tag(MAPPING)],
    Discriminator(shape_of),
]


class Reference(Part):
    """What a foreign key and a column with `references` have in common."""

    on_delete: OnDelete | None = Field(
        default=None,
        description="What deleting the parent row does to this one: cascade, restrict, set null, set default or no "
        "action; `{set_null: [b]}` empties some columns of a key. Must be written on every enforced foreign key.",
        examples=["cascade"],
    )
    on_update: ActionName | None = Field(
        default=None, description="The same when the parent's key changes.", examples=["cascade"]
    )
    deferrable: DeferrableName | None = Field(
        default=None,
        description="Check at the end of the transaction: `deferred` always, `immediate` (or true) only when the "
        "transaction asks for it.",
        examples=["deferred"],
    )
    enforced: Flag = Field(
        default=True, description="false documents a reference without a constraint.", examples=[False]
    )
    state: StateName | None = Field(
        default=None,
        description="How far PostgreSQL keeps it: `not_valid` only for rows that are written from now on, "
        "`not_enforced` for none (PostgreSQL 18).",
        examples=["not_valid"],
    )
    touch: Name | None = Field(
        default=None,
        description="Set this column of the parent when a child row is inserted, updated or deleted.",
        examples=["updated_at"],
    )
    relationship: Name | None = Field(
        default=None, description="Name of the model's attribute that holds the parent.", examples=["author"]
    )
    inverse: Name | None = Field(
        default=None, description="Name of the parent model's attribute for its children.", examples=["posts"]
    )


class ParentSpec(Part):
    """The parent of a foreign key."""

    table: Name = Field(description="The table.", examples=["conversations"])
    columns: ColumnList


class ForeignKeySpec(Reference):
    """A foreign key of one or more columns."""

    columns: ColumnList
    references: ParentSpec = Field(
        description="The parent: its table and columns.",
        examples=[{"table": "conversations", "columns": ["id", "user_id"]}],
    )
    name: DatabaseName | None = Field(
        default=None, description="Its name; else fk_{table}_{columns}.", examples=["fk_messages_conversation"]
    )
    description: TextValue = Field(
        default="", description="Why the reference stands.", examples=["A message belongs to its owner's thread"]
    )


class UniqueSpec(Part):
    """A unique constraint."""

    columns: ColumnList
    name: DatabaseName | None = Field(
        default=None, description="Its name; else uq_{table}_{columns}.", examples=["uq_agents_once"]
    )
    nulls_distinct: Flag = Field(
        default=True, description="false: NULL is a value like others to it (PostgreSQL 15).", examples=[False]
    )
    description: TextValue = Field(default="", description="What it prevents.", examples=["An agent joins once"])
    sqlite: ConflictSpec | None = Field(
        default=None, description="What SQLite does with a second row.", examples=[{"on_conflict": "replace"}]
    )


class CheckSpec(Part):
    """A check over one row; named ck_{table}_{key} unless it has a name."""

    sql: SqlText = Field(description="The condition that every row fulfils.", examples=["length(content) > 0"])
    name: DatabaseName | None = Field(default=None, description="Its full name.", examples=["ck_messages_content"])
    description: TextValue = Field(default="", description="What it prevents.", examples=["No empty messages"])
    only: Engine | None = Field(default=None, description="The one engine that has it.", examples=["postgres"])
    state: StateName | None = Field(
        default=None,
        description="How far PostgreSQL keeps it: `not_valid` only for rows that are written from now on, "
        "`not_enforced` for none (PostgreSQL 18). SQLite has it when it is neither.",
        examples=["not_valid"],
    )


class PrimaryKeySpec(Part):
    """A primary key with a name of its own."""

    columns: ColumnList
    name: DatabaseName | None = Field(
        default=None, description="Its name; else pk_{table}.", examples=["pk_enrolments"]
    )
    sqlite: ConflictSpec | None = Field(
        default=None, description="What SQLite does with a second row.", examples=[{"on_conflict": "replace"}]
    )


Columns = Annotated[
    Annotated[Name, Tag(TEXT)] | Annotated[ColumnList, Tag(LIST)],
    Discriminator(shape_of),
]


Lists = dict[Name, list[Any]]


class PartitionSpec(Part):
    """How PostgreSQL divides the rows among partitions: one of the three ways, and which partitions there are."""

    range: Columns | None = Field(
        default=None, description="By ranges of a column, or of several.", examples=["created_at"]
    )
    list: Columns | None = Field(default=None, description="By values of a column.", examples=["region"])
    hash: Columns | None = Field(
        default=None, description="By the hash of a column, or of several.", examples=["user_id"]
    )
    by: Annotated[Literal["day", "week", "month", "year"], BeforeValidator(to_text)] | None = Field(
        default=None,
        description="Beside `range`, of a date or timestamp that never changes: a partition for each day, week, month "
        "or year (UTC), made ahead of time by the function `<table>_partitions()`, which whoever plans jobs calls.",
        examples=["month"],
    )
    ahead: Count | None = Field(
        default=None, description="How many periods after the present one it makes: 3 by default.", examples=[3]
    )
    parts: Count | None = Field(default=None, description="Beside `hash`: the number of partitions.", examples=[16])
    values: Lists | None = Field(
        default=None,
        description="Beside `list`: the values of each partition, by what its name ends in. One more takes every other "
        "value, unless all that an enum or a boolean can be are named.",
        examples=[{"eu": ["de", "fr"], "us": ["us"]}],
    )


PrimaryKeyText = Annotated[
    Annotated[list[Name], Tag(LIST), Field(min_length=1)] | Annotated[PrimaryKeySpec, Tag(MAPPING)],
    Discriminator(shape_of),
]
