"""Schemas made by hand for the tests of dialects and migrations."""

from __future__ import annotations

from schemagen.schema import types as t
from schemagen.schema.dialect import Sql
from schemagen.schema.index import Index, IndexElement, Nulls
from schemagen.schema.model import (
    Action,
    Check,
    Column,
    Deferrable,
    ForeignKey,
    LiteralDefault,
    PrimaryKey,
    Schema,
    SqliteOptions,
    Table,
    Unique,
)

UUID4 = (
    "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || "
    "substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))"
)
NEW_ID = Sql("gen_random_uuid()", UUID4)
NOW = Sql("now()", "strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'")
CLOCK = Sql("clock_timestamp()", NOW.sqlite)


def both(sql: str) -> Sql:
    return Sql(sql, sql)


def identifier(description: str = "Unique identifier") -> Column:
    return Column("id", t.Uuid(), default=NEW_ID, description=description)


def elements(*names: str) -> tuple[IndexElement, ...]:
    return tuple(IndexElement(name.removesuffix(" desc"), descending=name.endswith(" desc")) for name in names)


USERS = Table(
    "users",
    (
        identifier(),
        Column("email", t.Varchar(255), description="Login; unique"),
        Column("created_at", t.TimestampTz(), default=NOW, immutable=True, description="When the account began (UTC)"),
    ),
    primary_key=PrimaryKey("pk_users", ("id",)),
    uniques=(Unique("uq_users_email", ("email",), description="One account an address"),),
    description="Accounts: it's here that people log in.",
)

CONVERSATIONS = Table(
    "conversations",
    (
        identifier(),
        Column("user_id", t.Uuid(), description="Owner; every query filters by it"),
        Column("title", t.Varchar(255), nullable=True, description="Shown in the sidebar"),
        Column("metadata", t.Jsonb(), default=LiteralDefault({}), description="Room to grow without a migration"),
        Column("created_at", t.TimestampTz(), default=NOW, immutable=True, description="When the thread began (UTC)"),
        Column(
            "updated_at", t.TimestampTz(), default=NOW, on_row_update=CLOCK, description="Refreshed on each message"
        ),
    ),
    primary_key=PrimaryKey("pk_conversations", ("id",)),
    foreign_keys=(
        ForeignKey("fk_conversations_user_id", ("user_id",), "users", ("id",), Action.CASCADE, description="The owner"),
    ),
    indexes=(
        Index(
            "idx_conversations_user_id_updated_at",
            elements("user_id", "updated_at desc"),
            description="A user's threads, most recent first",
        ),
    ),
    description="One chat thread of one user.",
    notes=(("security", ("The foreign key to users enforces ownership.",)),),
)

MESSAGES = Table(
    "messages",
    (
        identifier(),
        Column("conversation_id", t.Uuid(), description="The thread"),
        Column("role", t.Enum(("user", "assistant", "system")), description="Who wrote it"),
        Column("content", t.Text(max_length=100000), description="Message body"),
        Column("tool_calls", t.Jsonb(), nullable=True, description="Audit trail of tool calls"),
        Column("created_at", t.TimestampTz(), default=NOW, description="UTC: the order of the thread"),
    ),
    primary_key=PrimaryKey("pk_messages", ("id",)),
    foreign_keys=(
        ForeignKey(
            "fk_messages_conversation_id",
            ("conversation_id",),
            "conversations",
            ("id",),
            Action.CASCADE,
            touch="updated_at",
        ),
    ),
    checks=(Check("ck_messages_content_not_empty", both("length(content) > 0"), "No empty messages"),),
    indexes=(
        Index(
            "idx_messages_conversation_id_created_at",
            elements("conversation_id", "created_at"),
            description="A thread in order",
        ),
        Index(
            "idx_messages_created_at",
            elements("created_at"),
            where=both("role = 'assistant'"),
            description="Recent answers, for evaluation",
        ),
    ),
    append_only=True,
    description="One message of a thread.",
)

AGENTS = Table(
    "conversation_agents",
    (
        identifier(),
        Column("conversation_id", t.Uuid(), description="The thread"),
        Column(
            "agent_id",
            t.Text(),
            external_reference="configuration data",
            description="Configuration id, not a foreign key",
        ),
        Column("is_active", t.Boolean(), default=LiteralDefault(True), description="Active status"),  # noqa: FBT003
        Column("display_order", t.Integer(), default=LiteralDefault(0), description="Order in the list"),
    ),
    primary_key=PrimaryKey("pk_conversation_agents", ("id",)),
    foreign_keys=(
        ForeignKey(
            "fk_conversation_agents_conversation_id",
            ("conversation_id",),
            "conversations",
            ("id",),
            Action.CASCADE,
            touch="updated_at",
        ),
    ),
    uniques=(
        Unique(
            "uq_conversation_agents_conversation_id_agent_id",
            ("conversation_id", "agent_id"),
            description="An agent joins a thread once",
        ),
    ),
    description="Agents configured for a conversation.",
)

CHAT = Schema((USERS, CONVERSATIONS, MESSAGES, AGENTS))

PLANTS = Table(
    "plant",
    (
        Column("country", t.Char(2)),
        Column("number", t.SmallInt()),
        Column("lead_id", t.BigInt(), nullable=True),
        Column("opened", t.Date(), nullable=True),
        Column("changed", t.Timestamp(), nullable=True),
        Column("version", t.Integer(), default=LiteralDefault(1), on_row_update=both("version + 1")),
    ),
    primary_key=PrimaryKey("pk_plant", ("country", "number")),
    foreign_keys=(
        ForeignKey(
            "fk_plant_lead_id",
            ("lead_id",),
            "order",
            ("id",),
            Action.SET_NULL,
            deferrable=Deferrable.DEFERRED,
        ),
    ),
    sqlite=SqliteOptions(without_rowid=True),
    description="Factories -- a comment; DROP TABLE plant; */ in their description",
)

ORDERS = Table(
    "order",
    (
        Column("id", t.BigInt(), identity=True, description="Numbered by the engine"),
        Column("country", t.Char(2), nullable=True),
        Column("number", t.SmallInt(), nullable=True),
        Column("createdAt", t.TimestampTz(), default=NOW),
        Column("select", t.Text(max_length=5), nullable=True, collation="C", description="A reserved word"),
        Column("price", t.Numeric(10, 2), default=LiteralDefault("9.90")),
        Column("tax", t.Numeric(10, 2), default=LiteralDefault("0.00")),
        Column("total", t.Numeric(10, 2), generated=Sql("price + tax", "round(price + tax, 2)")),
        Column("tags", t.Array(t.Text()), default=LiteralDefault(["a", "it's"])),
        Column("payload", t.Bytea(), default=LiteralDefault("\\x00ff")),
        Column("ratio", t.Double(), default=LiteralDefault(-0.5)),
        Column("span", t.Interval(), nullable=True),
        Column("address", t.Native("inet", "TEXT", "str"), nullable=True),
        Column("at", t.Time(), nullable=True),
        Column("body", t.Json(), nullable=True, immutable=True),
        Column("parent_id", t.BigInt(), nullable=True),
    ),
    primary_key=PrimaryKey("pk_order", ("id",)),
    foreign_keys=(
        ForeignKey(
            "fk_order_country_number",
            ("country", "number"),
            "plant",
            ("country", "number"),
            Action.CASCADE,
            on_update=Action.CASCADE,
            touch="changed",
        ),
        ForeignKey("fk_order_parent_id", ("parent_id",), "order", ("id",), Action.NO_ACTION),
    ),
    checks=(Check("ck_order_price", both("price >= 0 -- not negative")),),
    indexes=(
        Index("idx_order_lower", (IndexElement(sql=both('lower("select")'), descending=True),)),
        Index("idx_order_tags", elements("tags"), method="gin"),
        Index("idx_order_parent_id", (IndexElement("parent_id", nulls=Nulls.FIRST),), include=("price",)),
        Index("idx_order_select", (IndexElement("select", opclass="text_pattern_ops", collation="C"),), unique=True),
        Index("idx_order_sqlite", elements("at"), only="sqlite"),
    ),
)

ASSEMBLY = Schema((PLANTS, ORDERS))
"""Another field than chat: composite keys, a cycle, reserved words, a generated column, an expression index."""
