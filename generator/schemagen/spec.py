"""The spec language: one definition of every key, from which validation, messages, JSON Schema and reference come.

Scalars arrive as the text that stands in the YAML (:class:`Plain` when unquoted) and are converted by the type of their
key, so that YAML's own guesses never matter. Values whose type is a column's (defaults, examples) stay as they are.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

LANGUAGE_VERSION = 1

NOTE_KEYS = (
    "security", "persistence", "audit", "performance", "scalability", "partitioning", "archiving", "evolution",
    "ordering", "size_limits", "soft_deletes", "timestamps", "concurrency", "design_decisions", "future", "full_text",
    "embeddings", "phase",
)  # fmt: skip
"""Notes that have a place of their own in the document; any other key is printed under its own heading."""


class Plain(str):
    """An unquoted YAML scalar: in JSON values it may mean null, a boolean or a number."""

    __slots__ = ()


def _text(value: Any) -> Any:
    if isinstance(value, Plain):
        if value == "":
            raise PydanticCustomError("no_value", "has no value")
        return str(value)
    return value


def _flag(value: Any) -> Any:
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise PydanticCustomError("flag", "must be true or false")


_WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]*(_[0-9]+)*)")
_NUMBER = re.compile(r"[0-9][0-9_]*(\.[0-9]+)?")


def _whole_number(value: Any) -> Any:
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value):
        return int(value)
    raise PydanticCustomError("whole_number", "must be a whole number, such as 2000000 or 2_000_000")


def _number(value: Any) -> Any:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value)
    raise PydanticCustomError("number", "must be a number, such as 200 or 0.5")


def _action(value: Any) -> Any:
    return " ".join(value.lower().replace("_", " ").split()) if isinstance(value, str) else value


def _deferrable(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _column_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _shape(value: Any) -> str:
    return "<mapping>" if isinstance(value, dict) else "<list>" if isinstance(value, list) else "<text>"


NAME_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]{0,62}$"

TextValue = Annotated[str, BeforeValidator(_text)]
Name = Annotated[
    str,
    BeforeValidator(_text),
    Field(pattern=NAME_PATTERN, description="An ASCII identifier of at most 63 bytes.", examples=["created_at"]),
]
Flag = Annotated[bool, BeforeValidator(_flag)]
Count = Annotated[int, BeforeValidator(_whole_number), Field(ge=0)]
Length = Annotated[int, BeforeValidator(_whole_number), Field(ge=1)]
Milliseconds = Annotated[float, BeforeValidator(_number), Field(gt=0)]
Engine = Annotated[Literal["postgres", "sqlite"], BeforeValidator(_text)]
ActionName = Annotated[Literal["cascade", "restrict", "set null", "set default", "no action"], BeforeValidator(_action)]
DeferrableName = Annotated[Literal["true", "false", "immediate", "deferred"], BeforeValidator(_deferrable)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SqlByEngine(_Part):
    """SQL that each engine has in its own words."""

    postgres: TextValue = Field(description="The text for PostgreSQL.")
    sqlite: TextValue = Field(description="The text for SQLite.")


SqlText = Annotated[
    Annotated[TextValue, Tag("<text>")] | Annotated[SqlByEngine, Tag("<mapping>")],
    Discriminator(_shape),
    Field(description="PostgreSQL's SQL, translated to SQLite; or a mapping that gives each engine its own."),
]


class SqlValue(_Part):
    """A value that SQL computes."""

    sql: SqlText


class TypeByEngine(_Part):
    """A type that the language does not know, as each engine calls it."""

    postgres: TextValue = Field(description="The type in PostgreSQL.", examples=["inet"])
    sqlite: TextValue = Field(description="The type in SQLite.", examples=["text"])
    python: TextValue = Field(default="str", description="The annotation in the model.", examples=["str"])


TypeText = Annotated[
    Annotated[TextValue, Tag("<text>")] | Annotated[TypeByEngine, Tag("<mapping>")],
    Discriminator(_shape),
]

TextOrTexts = Annotated[
    Annotated[TextValue, Tag("<text>")] | Annotated[list[TextValue], Tag("<list>")], Discriminator(_shape)
]

NotesSpec = Annotated[
    dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], TextOrTexts],
    Field(
        description="Prose for the document, by topic: a text or a list of texts. These topics have their place: "
        + ", ".join(NOTE_KEYS)
        + "; `{column}_shape` documents a JSON column; any other key is printed under its own heading.",
        examples=[{"security": "Every query filters by user_id."}],
    ),
]


class _Reference(_Part):
    on_delete: ActionName | None = Field(
        default=None,
        description="What deleting the parent row does to this one: cascade, restrict, set null, set default or no "
        "action. Must be written on every enforced foreign key.",
    )
    on_update: ActionName | None = Field(default=None, description="The same when the parent's key changes.")
    deferrable: DeferrableName | None = Field(
        default=None,
        description="Check at the end of the transaction: `deferred` always, `immediate` (or true) only when the "
        "transaction asks for it.",
    )
    enforced: Flag = Field(default=True, description="false documents a reference without a constraint.")
    touch: Name | None = Field(
        default=None, description="Set this column of the parent when a child row is inserted, updated or deleted."
    )
    relationship: Name | None = Field(default=None, description="Name of the model's attribute that holds the parent.")
    inverse: Name | None = Field(default=None, description="Name of the parent model's attribute for its children.")


class ColumnSpec(_Reference):
    """One column."""

    type: TypeText | None = Field(
        default=None,
        description="A PostgreSQL type, or {postgres, sqlite, python}. A foreign-key column may leave it out.",
        examples=["uuid", "varchar(255)", "numeric(10,2)", "timestamptz", "text[]"],
    )
    enum: list[TextValue] | None = Field(
        default=None, min_length=1, description="The allowed values of a text column.", examples=[["user", "assistant"]]
    )
    nullable: Flag = Field(default=False, description="Columns are NOT NULL unless this is true.")
    primary_key: Flag = Field(default=False, description="This column alone is the primary key.")
    unique: Flag = Field(default=False, description="A unique constraint on this column.")
    index: Flag = Field(default=False, description="An index on this column.")
    check: SqlText | None = Field(default=None, description="A check that concerns this column.")
    default: Any = Field(
        default=None,
        description="A literal, `{sql: EXPRESSION}`, or `{json: …}` for a JSON object.",
        examples=["normal", 0, {"sql": "now()"}],
    )
    references: Annotated[str, BeforeValidator(_text), Field(pattern=r"^[^.\s]+\.[^.\s]+$")] | None = Field(
        default=None, description="The parent as `table.column`.", examples=["users.id"]
    )
    identity: Flag = Field(default=False, description="Numbered by the database (GENERATED BY DEFAULT AS IDENTITY).")
    generated: SqlValue | None = Field(default=None, description="A stored column computed from others.")
    max_length: Length | None = Field(default=None, description="The most characters a text may have.")
    collation: TextValue | None = Field(default=None, description="The collation; C sorts alike on both engines.")
    immutable: Flag = Field(default=False, description="An UPDATE that changes this column is refused.")
    on_row_update: SqlValue | None = Field(
        default=None, description="Fills the column on an UPDATE that left it unchanged."
    )
    external_reference: TextValue | None = Field(
        default=None, description="What the value refers to outside this database.", examples=["application settings"]
    )
    renamed_from: Name | None = Field(default=None, description="The column's name before this change.")
    backfill: SqlValue | None = Field(default=None, description="The value of existing rows when the column is added.")
    description: TextValue = Field(default="", description="What the column means.")


class ParentSpec(_Part):
    """The parent of a foreign key."""

    table: Name
    columns: Annotated[list[Name], BeforeValidator(_column_list), Field(min_length=1)]


class ForeignKeySpec(_Reference):
    """A foreign key of one or more columns."""

    columns: Annotated[list[Name], BeforeValidator(_column_list), Field(min_length=1)]
    references: ParentSpec
    name: Name | None = Field(default=None, description="Its name; else fk_{table}_{columns}.")
    description: TextValue = Field(default="", description="Why the reference stands.")


class UniqueSpec(_Part):
    """A unique constraint."""

    columns: Annotated[list[Name], BeforeValidator(_column_list), Field(min_length=1)]
    name: Name | None = Field(default=None, description="Its name; else uq_{table}_{columns}.")
    description: TextValue = Field(default="", description="What it prevents.")


class CheckSpec(_Part):
    """A check over one row; named ck_{table}_{key} unless it has a name."""

    sql: SqlText
    name: Name | None = Field(default=None, description="Its full name.")
    description: TextValue = Field(default="", description="What it prevents.")
    only: Engine | None = Field(default=None, description="The one engine that has it.")


class ElementSpec(_Part):
    """An element of an index that needs more than a column's name."""

    column: Name | None = Field(default=None, description="A column; or write `sql`.")
    sql: SqlText | None = Field(default=None, description="An expression; or write `column`.")
    order: Annotated[Literal["asc", "desc"], BeforeValidator(_action)] | None = None
    nulls: Annotated[Literal["first", "last"], BeforeValidator(_action)] | None = None
    opclass: Name | None = Field(default=None, description="PostgreSQL's operator class.", examples=["gin_trgm_ops"])
    collation: TextValue | None = None


ElementText = Annotated[
    Annotated[
        str,
        BeforeValidator(_text),
        Field(pattern=r"^\s*\S+(\s+([Aa][Ss][Cc]|[Dd][Ee][Ss][Cc]))?\s*$", examples=["updated_at desc"]),
        Tag("<text>"),
    ]
    | Annotated[ElementSpec, Tag("<mapping>")],
    Discriminator(_shape),
]


class IndexSpec(_Part):
    """An index."""

    columns: Annotated[list[ElementText], BeforeValidator(_column_list), Field(min_length=1)] = Field(
        description="Elements: `c`, `c desc`, or {column | sql, order, nulls, opclass, collation}."
    )
    unique: Flag = Field(default=False, description="No two rows may have equal elements.")
    where: SqlText | None = Field(default=None, description="Only rows for which this holds are in the index.")
    method: Name = Field(default="btree", description="PostgreSQL's access method.", examples=["gin"])
    include: list[Name] = Field(default=[], description="Columns that are stored beside the elements.")
    name: Name | None = Field(default=None, description="Its name; else idx_{table}_{columns}.")
    only: Engine | None = Field(default=None, description="The one engine that has it.")
    description: TextValue = Field(default="", description="What it makes fast.")
    reason: TextValue = Field(default="", description="Why it stands although no query of the spec needs it.")


class PrimaryKeySpec(_Part):
    """A primary key with a name of its own."""

    columns: Annotated[list[Name], BeforeValidator(_column_list), Field(min_length=1)]
    name: Name | None = Field(default=None, description="Its name; else pk_{table}.")


PrimaryKeyText = Annotated[
    Annotated[list[Name], Tag("<list>"), Field(min_length=1)] | Annotated[PrimaryKeySpec, Tag("<mapping>")],
    Discriminator(_shape),
]


class VolumeSpec(_Part):
    """How large a table is expected to be."""

    rows: Count = Field(description="Rows at the time the spec plans for.", examples=["2000000"])
    growth_per_month: Count = Field(default=0, description="Rows added each month.")


class SqliteSpec(_Part):
    """How a table is made on SQLite."""

    strict: Flag = Field(default=True, description="false uses the classical declared types.")
    without_rowid: Flag = Field(default=False, description="Store the rows in the primary key's b-tree.")
    parity: Flag = Field(default=True, description="false leaves out the checks that make both engines agree.")


class TableSpec(_Part):
    """One table."""

    description: TextValue = Field(default="", description="What a row is.")
    columns: dict[Name, ColumnSpec] = Field(min_length=1, description="Its columns by name, in order.")
    primary_key: PrimaryKeyText | None = Field(
        default=None, description="A key of several columns, or one with a name: [a, b] or {columns, name}."
    )
    foreign_keys: list[ForeignKeySpec] = []
    unique: list[UniqueSpec] = []
    checks: dict[Name, CheckSpec] = {}
    indexes: list[IndexSpec] = []
    append_only: Flag = Field(default=False, description="Refuse every UPDATE (deletes are allowed).")
    examples: list[dict[str, Any]] = Field(default=[], description="Example rows; left-out columns take defaults.")
    volume: VolumeSpec | None = None
    notes: NotesSpec = {}
    class_name: Name | None = Field(default=None, description="The model's class; else singular PascalCase.")
    renamed_from: Name | None = Field(default=None, description="The table's name before this change.")
    sqlite: SqliteSpec = SqliteSpec()


class QuerySpec(_Part):
    """A query pattern; parameters are written `:name`."""

    sql: SqlText
    description: TextValue = Field(default="", description="What it is for.")
    uses: TextOrTexts | None = Field(
        default=None, description="The index, unique constraint or primary key that serves it."
    )
    p95_ms: Milliseconds | None = Field(default=None, description="Its latency target, in milliseconds.")
    only: Engine | None = Field(default=None, description="The one engine that it is written for.")


class SpecFile(_Part):
    """One spec file; it becomes one document."""

    schemagen: Annotated[Literal["1"], BeforeValidator(_text)] = Field(description="Version of the spec language.")
    title: TextValue = Field(default="", description="The document's title; else made from the file's name.")
    version: TextValue = Field(default="", description="The document's version.", examples=["1.0"])
    description: TextValue = Field(default="", description="What the document describes.")
    tables: dict[Name, TableSpec] = {}
    queries: dict[Name, QuerySpec] = {}
    notes: NotesSpec = {}
