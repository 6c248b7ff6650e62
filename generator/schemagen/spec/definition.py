"""The spec language: one definition of every key, from which validation, messages, JSON Schema and reference come.

Scalars arrive as the text that stands in the YAML (:class:`Plain` when unquoted) and are converted by the type of their
key, so that YAML's own guesses never matter. Values whose type is a column's (defaults, examples) stay as they are.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from schemagen.schema.objects import ObjectKind  # noqa: TC001  (pydantic reads it when it runs)
from schemagen.schema.scalars import (
    ELEMENT_PATTERN,
    LIST,
    MAPPING,
    TEXT,
    ActionName,
    ColumnList,
    Count,
    DeferrableName,
    Engine,
    ExtensionName,
    Flag,
    Length,
    Milliseconds,
    Name,
    NotesSpec,
    NullsPlace,
    Numbering,
    Order,
    Target,
    TextOrTexts,
    TextValue,
    column_list,
    shape_of,
    to_text,
)

from .named_types import TypeSpec  # noqa: TC001  (pydantic reads it)
from .part import Part
from .step_definition import StepSpec  # noqa: TC001  (pydantic reads it)

LANGUAGE_VERSION = 1

Tags = list[TextValue]
TAGS = "Words for readers; lint minds `pii` (how long it is kept) and `deprecated` (queries that use it)."


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


class TypeByEngine(Part):
    """A type that the language does not know, as each engine calls it."""

    postgres: TextValue = Field(description="The type in PostgreSQL.", examples=["inet"])
    sqlite: TextValue = Field(description="The type in SQLite.", examples=["text"])
    python: TextValue = Field(default="str", description="The annotation in the model.", examples=["str"])


TypeText = Annotated[
    Annotated[TextValue, Tag(TEXT)] | Annotated[TypeByEngine, Tag(MAPPING)],
    Discriminator(shape_of),
]


class ApiSpec(Part):
    """Whether a column is part of requests and answers."""

    read: Flag = Field(default=True, description="false keeps it out of the Public class.", examples=[False])
    write: Flag | None = Field(
        default=None,
        description="false keeps it out of the Create and Update classes; true puts one there that the database fills.",
        examples=[False],
    )


class Reference(Part):
    """What a foreign key and a column with `references` have in common."""

    on_delete: ActionName | None = Field(
        default=None,
        description="What deleting the parent row does to this one: cascade, restrict, set null, set default or no "
        "action. Must be written on every enforced foreign key.",
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


class ColumnSpec(Reference):
    """One column."""

    type: TypeText | None = Field(
        default=None,
        description="A PostgreSQL type, one of `types`, or {postgres, sqlite, python}. A foreign-key column may leave "
        "it out.",
        examples=["uuid", "varchar(255)", "numeric(10,2)", "timestamptz", "timestamp(3)", "text[]"],
    )
    enum: list[TextValue] | None = Field(
        default=None, min_length=1, description="The allowed values of a text column.", examples=[["user", "assistant"]]
    )
    nullable: Flag = Field(default=False, description="Columns are NOT NULL unless this is true.", examples=[True])
    primary_key: Flag = Field(default=False, description="This column alone is the primary key.", examples=[True])
    unique: Flag = Field(default=False, description="A unique constraint on this column.", examples=[True])
    index: Flag = Field(default=False, description="An index on this column.", examples=[True])
    check: SqlText | None = Field(
        default=None, description="A check that concerns this column.", examples=["length(title) > 0"]
    )
    default: Any = Field(
        default=None,
        description="A literal, `{sql: EXPRESSION}`, or `{json: …}` for a JSON object.",
        examples=["normal", 0, {"sql": "now()"}],
    )
    references: Target | None = Field(default=None, description="The parent as `table.column`.", examples=["users.id"])
    identity: Numbering = Field(
        default=False,
        description="Numbered by the database: true for GENERATED BY DEFAULT AS IDENTITY, `serial` for a PostgreSQL "
        "column that has an owned sequence instead, as databases have that were there before.",
        examples=[True, "serial"],
    )
    generated: SqlValue | None = Field(
        default=None, description="A stored column computed from others.", examples=[{"sql": "price * quantity"}]
    )
    max_length: Length | None = Field(
        default=None, description="The most characters a text may have.", examples=[100000]
    )
    collation: TextValue | None = Field(
        default=None, description="The collation; C sorts alike on both engines.", examples=["C"]
    )
    immutable: Flag = Field(
        default=False, description="An UPDATE that changes this column is refused.", examples=[True]
    )
    on_row_update: SqlValue | None = Field(
        default=None, description="Fills the column on an UPDATE that left it unchanged.", examples=[{"sql": "now()"}]
    )
    external_reference: TextValue | None = Field(
        default=None, description="What the value refers to outside this database.", examples=["application settings"]
    )
    track_changes: Flag = Field(
        default=False,
        description="Models notice a change inside a JSON value or a list of this column, nested ones too; reading "
        "it takes about five times as long.",
        examples=[True],
    )
    api: ApiSpec | None = Field(
        default=None,
        description="Whether the column is in the request and answer classes; lint asks for it at secrets.",
        examples=[{"read": False}],
    )
    tags: Tags = Field(default=[], description=TAGS, examples=[["pii"]])
    renamed_from: Name | None = Field(
        default=None,
        description="The column's name before this change; names of keys, checks and indexes stay.",
        examples=["name"],
    )
    backfill: SqlValue | None = Field(
        default=None,
        description="The value of existing rows when the column is added; when its type changes, what the old value "
        "becomes, which has the column's name. One that the last build had is not run again.",
        examples=[{"sql": "lower(email)"}],
    )
    description: TextValue = Field(default="", description="What the column means.", examples=["Shown in the sidebar"])


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
    name: Name | None = Field(
        default=None, description="Its name; else fk_{table}_{columns}.", examples=["fk_messages_conversation"]
    )
    description: TextValue = Field(
        default="", description="Why the reference stands.", examples=["A message belongs to its owner's thread"]
    )


class UniqueSpec(Part):
    """A unique constraint."""

    columns: ColumnList
    name: Name | None = Field(
        default=None, description="Its name; else uq_{table}_{columns}.", examples=["uq_agents_once"]
    )
    nulls_distinct: Flag = Field(
        default=True, description="false: NULL is a value like others to it (PostgreSQL 15).", examples=[False]
    )
    description: TextValue = Field(default="", description="What it prevents.", examples=["An agent joins once"])


class CheckSpec(Part):
    """A check over one row; named ck_{table}_{key} unless it has a name."""

    sql: SqlText = Field(description="The condition that every row fulfils.", examples=["length(content) > 0"])
    name: Name | None = Field(default=None, description="Its full name.", examples=["ck_messages_content"])
    description: TextValue = Field(default="", description="What it prevents.", examples=["No empty messages"])
    only: Engine | None = Field(default=None, description="The one engine that has it.", examples=["postgres"])


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
    name: Name | None = Field(
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


class PrimaryKeySpec(Part):
    """A primary key with a name of its own."""

    columns: ColumnList
    name: Name | None = Field(default=None, description="Its name; else pk_{table}.", examples=["pk_enrolments"])


PrimaryKeyText = Annotated[
    Annotated[list[Name], Tag(LIST), Field(min_length=1)] | Annotated[PrimaryKeySpec, Tag(MAPPING)],
    Discriminator(shape_of),
]


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
    append_only: AppendOnly = Field(
        default=False,
        description="Refuse every UPDATE (deletes are allowed); {deletes: refuse} refuses them too.",
        examples=[True, {"deletes": "refuse"}],
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
        "of a table), grant (or REVOKE), rule, sequence.",
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
