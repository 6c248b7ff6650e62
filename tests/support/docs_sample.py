"""The chat schema of the documents' tests, built by hand: what build.py makes of the chat specs."""

from __future__ import annotations

from schemagen.changes.migration import Migration, Statement, Step
from schemagen.changes.records import ChangeRecord, TableCreated
from schemagen.engines.dialects import dialect
from schemagen.schema.annotations import Volume
from schemagen.schema.dialect import DIALECTS, DialectName, Sql
from schemagen.schema.index import Index, IndexElement
from schemagen.schema.model import (
    Action,
    Check,
    Column,
    Document,
    Example,
    ForeignKey,
    LiteralDefault,
    PrimaryKey,
    Schema,
    Table,
    Unique,
)
from schemagen.schema.query import Parameter, Query
from schemagen.schema.triggers import triggers_of
from schemagen.schema.types import Boolean, Enum, Integer, Jsonb, Text, TimestampTz, Uuid, Varchar

NOW = Sql("now()", "strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z'")
UUID4 = Sql("gen_random_uuid()", "lower(hex(randomblob(16)))")
CONVERSATION = "7b1e6f0a-3c1d-4e55-9a55-2f1d7f6f1a01"
USER = "5f0c2a34-8d0e-4a0b-8a43-6f2f3c9b7e11"


def key_column() -> Column:
    return Column("id", Uuid(), default=UUID4, description="Unique identifier")


def timestamp(name: str, description: str, *, immutable: bool = False, row_update: bool = False) -> Column:
    update = NOW if row_update else None
    return Column(name, TimestampTz(), default=NOW, immutable=immutable, on_row_update=update, description=description)


def foreign_key(
    table: str, column: str, parent: str, on_delete: Action = Action.CASCADE, touch: str | None = None
) -> ForeignKey:
    return ForeignKey(f"fk_{table}_{column}", (column,), parent, ("id",), on_delete, touch=touch)


USERS = Table(
    "users",
    (
        key_column(),
        Column("email", Varchar(255), description="Login name"),
        timestamp("created_at", "Joined", immutable=True),
    ),
    PrimaryKey("pk_users", ("id",)),
    uniques=(Unique("uq_users_email", ("email",), "One account an address"),),
    description="People who can log in.",
    examples=(Example((("id", USER), ("email", "ann@example.com"))),),
    notes=(
        ("phase", ("Phase II",)),
        ("security", ("Keys are UUIDs, so nobody can count accounts", "Emails are unique")),
    ),
    class_name="User",
    document="users",
)
CONVERSATIONS = Table(
    "conversations",
    (
        key_column(),
        Column("user_id", Uuid(), description="Owner; every query filters by it"),
        Column("title", Varchar(255), nullable=True, description="Shown in the sidebar"),
        Column("metadata", Jsonb(), default=LiteralDefault({}), description="Room to grow without a migration"),
        timestamp("created_at", "When the thread began (UTC)", immutable=True),
        timestamp("updated_at", "Refreshed on each message", row_update=True),
    ),
    PrimaryKey("pk_conversations", ("id",)),
    foreign_keys=(foreign_key("conversations", "user_id", "users"),),
    indexes=(
        Index(
            "idx_conversations_user_id_updated_at",
            (IndexElement("user_id"), IndexElement("updated_at", descending=True)),
            description="A user's threads, most recent first",
        ),
    ),
    description="One chat thread of one user.",
    examples=(Example((("id", CONVERSATION), ("user_id", USER), ("title", "Groceries"))),),
    volume=Volume(2_000_000, 150_000),
    notes=(
        ("phase", ("Phase III",)),
        ("security", ("The foreign key to users enforces ownership.",)),
        ("retention", ("Two years",)),
    ),
    class_name="Conversation",
    document="conversation-models",
)
MESSAGES = Table(
    "messages",
    (
        key_column(),
        Column("conversation_id", Uuid(), description="The thread"),
        Column("role", Enum(("user", "assistant", "system")), description="Who wrote it"),
        Column("content", Text(100_000), description="Message body"),
        Column("tool_calls", Jsonb(), nullable=True, description="Audit trail of tool calls"),
        timestamp("created_at", "UTC, millisecond precision: the order of the thread"),
    ),
    PrimaryKey("pk_messages", ("id",)),
    foreign_keys=(foreign_key("messages", "conversation_id", "conversations", touch="updated_at"),),
    checks=(
        Check("ck_messages_content_not_empty", Sql("length(content) > 0", "length(content) > 0"), "No empty messages"),
        Check("ck_messages_tools", Sql("jsonb_typeof(tool_calls) = 'array'", None)),
    ),
    indexes=(
        Index(
            "idx_messages_conversation_id_created_at",
            (IndexElement("conversation_id"), IndexElement("created_at")),
            description="A thread in order",
        ),
        Index(
            "idx_messages_created_at",
            (IndexElement("created_at"),),
            where=Sql("role = 'assistant'", "role = 'assistant'"),
            reason="Evaluation reads recent answers by hand",
        ),
    ),
    append_only=True,
    description="One message of a thread.",
    examples=(
        Example((("conversation_id", CONVERSATION), ("role", "user"), ("content", "Buy milk | eggs"))),
        Example(
            (
                ("conversation_id", CONVERSATION),
                ("role", "assistant"),
                ("content", "Done"),
                ("tool_calls", [{"tool": "add"}]),
            )
        ),
    ),
    volume=Volume(60_000_000, 5_000_000),
    notes=(
        ("phase", ("Phase III",)),
        ("audit", ("Tool calls are kept whole.",)),
        ("tool_calls_shape", ('[{"tool": "create_task", "arguments": {}}]',)),
        ("partitioning", ("By month of `created_at` from a billion rows on.",)),
    ),
    class_name="Message",
    document="conversation-models",
)
AGENTS = Table(
    "conversation_agents",
    (
        key_column(),
        Column("conversation_id", Uuid(), description="The thread"),
        Column(
            "agent_id",
            Text(),
            description="Configuration id, not a foreign key",
            external_reference="application settings",
        ),
        Column("is_active", Boolean(), default=LiteralDefault(value=True), description="Active status"),
        Column("display_order", Integer(), default=LiteralDefault(0), description="Order in the list"),
    ),
    PrimaryKey("pk_conversation_agents", ("id",)),
    foreign_keys=(foreign_key("conversation_agents", "conversation_id", "conversations"),),
    uniques=(
        Unique(
            "uq_conversation_agents_conversation_id_agent_id",
            ("conversation_id", "agent_id"),
            "An agent joins a thread once",
        ),
    ),
    description="Agents configured for a conversation.",
    notes=(("phase", ("Phase III",)),),
    class_name="ConversationAgent",
    document="conversation-models",
)
HISTORY = "SELECT * FROM messages WHERE conversation_id = :conversation_id ORDER BY created_at, id"
QUERIES = (
    Query(
        "fetch_history",
        Sql(HISTORY, HISTORY),
        "Every message of a thread in order",
        ("idx_messages_conversation_id_created_at",),
        200,
        (Parameter("conversation_id", Uuid()),),
        ("messages",),
        document="conversation-models",
    ),
    Query(
        "recent_conversations",
        Sql(
            "SELECT id, title FROM conversations WHERE user_id = :user_id AND updated_at > now() - interval '7 days'",
            "SELECT id, title FROM conversations WHERE user_id = :user_id AND updated_at > datetime('now', '-7 days')",
        ),
        "A user's threads of this week",
        ("idx_conversations_user_id_updated_at",),
        50,
        (Parameter("user_id", Uuid()),),
        ("conversations",),
        document="conversation-models",
    ),
)
DOCUMENTS = (
    Document("users", "Users", "1.0", "Accounts."),
    Document(
        "conversation-models",
        "Conversation models",
        "1.0",
        "Chat history for the AI assistant, kept for replay and audit.",
        (
            ("concurrency", ("READ COMMITTED is enough; messages are append-only.",)),
            ("soft_deletes", ("None; deletes are hard and cascade.",)),
            ("design_decisions", ("One file a table", "Roles are an enum")),
            ("data_owner", ("The chat team",)),
        ),
    ),
)
CHAT = Schema((USERS, CONVERSATIONS, MESSAGES, AGENTS), QUERIES, DOCUMENTS)


def first_steps(schema: Schema) -> tuple[Step, ...]:
    """A first build in the plan's form: one table a step."""
    return tuple(
        Step(
            _migration(number, table, schema, "sqlite"),
            _migration(number, table, schema, "postgres"),
            (ChangeRecord(f"create table {table.name}", TableCreated(table.name)),),
        )
        for number, table in enumerate(schema.tables, 1)
    )


def _migration(number: int, table: Table, schema: Schema, name: DialectName) -> Migration:
    assert name in DIALECTS
    engine = dialect(name)
    statements: list[Statement] = list(engine.create_table(table, schema))
    statements += [engine.create_index(table, index) for index in engine.indexes(table)]
    for trigger in triggers_of(table):
        statements += engine.create_trigger(trigger, schema)
    return Migration(number, f"create_{table.name}", name, tuple(statements), (engine.drop_table(table),))
