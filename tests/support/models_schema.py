"""A schema made by hand that has every feature of the model: the subject of the tests of the generated models."""

from __future__ import annotations

from schemagen.schema import types as t
from schemagen.schema.dialect import Sql
from schemagen.schema.index import Index, IndexElement
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

NOW = Sql("now()", "strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'")
CASCADE, SET_NULL, RESTRICT = Action.CASCADE, Action.SET_NULL, Action.RESTRICT


def uuid_key(name: str = "id") -> Column:
    v4 = (
        "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8'"
        " || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))"
    )
    return Column(name, t.Uuid(), default=Sql("gen_random_uuid()", v4), description="Unique identifier")


def timestamp(name: str, **options: object) -> Column:
    return Column(name, t.TimestampTz(), default=NOW, description=f"When: {name} (UTC)", **options)  # type: ignore[arg-type]


def both(text: str) -> Sql:
    return Sql(text, text)


def table(name: str, class_name: str, *columns: Column, **options: object) -> Table:
    options.setdefault("primary_key", PrimaryKey(f"pk_{name}", ("id",)))
    return Table(name, columns, class_name=class_name, document="demo", **options)  # type: ignore[arg-type]


def key(child: str, columns: str, target: str, on_delete: Action, **options: object) -> ForeignKey:
    parent, _, parent_columns = target.partition(".")
    names = tuple(columns.split())
    name = f"fk_{child}_{'_'.join(names)}"
    return ForeignKey(name, names, parent, tuple(parent_columns.split()), on_delete, **options)  # type: ignore[arg-type]


def index(name: str, *elements: str | IndexElement, **options: object) -> Index:
    made = tuple(IndexElement(e) if isinstance(e, str) else e for e in elements)
    return Index(name, made, **options)  # type: ignore[arg-type]


USERS = table(
    "users",
    "User",
    uuid_key(),
    Column("email", t.Varchar(255), description='Login, unique; "quoted", back\\slash and 100% : colon'),
    Column("handle", t.Varchar(20), nullable=True),
    timestamp("created_at", immutable=True),
    uniques=(Unique("uq_users_email", ("email",)),),
    indexes=(index("idx_users_email_lower", IndexElement(sql=both("lower(email)"))),),
    checks=(
        Check("ck_users_email_percent", both("email NOT LIKE '%:nobody%' AND email <> ':x'")),
        Check("ck_users_handle", Sql("handle ~ '^[a-z]+$'", None)),
        Check("ck_users_comment", both("length(email) > 2 -- an author's comment")),
    ),
    description="People who can log in.",
)
CONVERSATIONS = table(
    "conversations",
    "Conversation",
    uuid_key(),
    Column("user_id", t.Uuid(), description="Owner"),
    Column("title", t.Varchar(255), nullable=True, default=LiteralDefault("New"), description="Shown in the sidebar"),
    Column("metadata", t.Jsonb(), default=LiteralDefault({}), description="Room to grow"),
    timestamp("created_at"),
    timestamp("updated_at", on_row_update=NOW),
    uniques=(Unique("uq_conversations_id_user_id", ("id", "user_id")),),
    foreign_keys=(key("conversations", "user_id", "users.id", CASCADE),),
    indexes=(index("idx_conversations_user_id_updated_at", "user_id", IndexElement("updated_at", descending=True)),),
    description="One chat thread of one user.",
    notes=(("security", ("The foreign key to users enforces ownership.",)),),
)
MESSAGES = table(
    "messages",
    "Message",
    uuid_key(),
    Column("conversation_id", t.Uuid(), description="The thread"),
    Column("user_id", t.Uuid(), description="The owner of the thread"),
    Column("role", t.Enum(("user", "assistant", "system")), description="Who wrote it"),
    Column("content", t.Text(100000), description="Message body"),
    Column("tool_calls", t.Jsonb(), nullable=True, description="Audit trail of tool calls"),
    timestamp("created_at"),
    foreign_keys=(
        key("messages", "conversation_id", "conversations.id", CASCADE, touch="updated_at"),
        key("messages", "conversation_id user_id", "conversations.id user_id", CASCADE),
        key("messages", "user_id", "users.id", CASCADE),
    ),
    checks=(Check("ck_messages_content_not_empty", both("length(content) > 0")),),
    indexes=(
        index("idx_messages_conversation_id_created_at", "conversation_id", "created_at"),
        index("idx_messages_created_at", "created_at", where=both("role = 'assistant'")),
        index("idx_messages_tool_calls", "tool_calls", method="gin", only="postgres"),
        index("idx_messages_covering", "user_id", include=("role",)),
    ),
    append_only=True,
    description="One message of a thread.",
    notes=(("tool_calls_shape", ("a list of {tool, arguments, result}",)),),
)
PROFILES = table(
    "profiles",
    "Profile",
    Column("user_id", t.Uuid()),
    Column("model_name", t.Text(), default=LiteralDefault("a \"b\" 'c' :d 100%")),
    Column("_secret", t.Text(), nullable=True),
    Column("class", t.Text(), nullable=True),
    Column("copy", t.Text(), nullable=True),
    Column("str", t.Text(), nullable=True),
    Column("order", t.Integer(), default=LiteralDefault(-1)),
    Column("birthday", t.Date(), nullable=True),
    Column("date", t.Date(), nullable=True),
    Column("agent_id", t.Text(), nullable=True, external_reference="application settings"),
    primary_key=PrimaryKey("pk_profiles", ("user_id",)),
    foreign_keys=(key("profiles", "user_id", "users.id", CASCADE),),
)
ACCOUNTS = table(
    "accounts",
    "Account",
    Column("id", t.BigInt(), identity=True),
    Column("name", t.Text(), collation="C"),
    Column("main_transfer_id", t.BigInt(), nullable=True),
    foreign_keys=(key("accounts", "main_transfer_id", "transfers.id", SET_NULL, deferrable=Deferrable.DEFERRED),),
)
TRANSFERS = table(
    "transfers",
    "Transfer",
    Column("id", t.BigInt()),
    Column("from_account_id", t.BigInt()),
    Column("to_account_id", t.BigInt(), nullable=True),
    Column("amount", t.Numeric(12, 2), default=LiteralDefault("0.00")),
    Column("fee", t.Numeric(12, 2), default=LiteralDefault("0.10")),
    Column("total", t.Numeric(12, 2), generated=Sql("amount + fee", "round(amount + fee, 2)")),
    Column("auditor_id", t.Uuid(), nullable=True),
    foreign_keys=(
        key("transfers", "from_account_id", "accounts.id", RESTRICT),
        key("transfers", "to_account_id", "accounts.id", SET_NULL, on_update=CASCADE),
        key("transfers", "auditor_id", "users.id", Action.NO_ACTION, enforced=False),
    ),
)
CATEGORIES = table(
    "categories",
    "Category",
    Column("shop_id", t.Integer()),
    Column("id", t.Integer()),
    Column("parent_id", t.Integer(), nullable=True),
    Column("twin_id", t.Integer(), nullable=True),
    primary_key=PrimaryKey("pk_categories", ("shop_id", "id")),
    foreign_keys=(
        key("categories", "shop_id parent_id", "categories.shop_id id", CASCADE),
        key("categories", "shop_id twin_id", "categories.shop_id id", CASCADE, relationship="twin", inverse="twins"),
    ),
    sqlite=SqliteOptions(without_rowid=True),
)
TREE = table(
    "nodes",
    "Node",
    Column("id", t.Integer()),
    Column("parent_id", t.Integer(), nullable=True),
    foreign_keys=(key("nodes", "parent_id", "nodes.id", CASCADE),),
)
EVENTS = Table(
    "events",
    (
        Column("at", t.TimestampTz(), default=NOW, description="When"),
        Column("body", t.Json()),
        Column("user_id", t.Uuid(), nullable=True),
    ),
    class_name="Event",
    foreign_keys=(key("events", "user_id", "users.id", SET_NULL),),
    indexes=(index("idx_events_user_id", "user_id"),),
    description="What happened, without a key.",
)
SAMPLES = table(
    "samples",
    "Sample",
    Column("id", t.Integer()),
    Column("a_uuid", t.Uuid()),
    Column("a_char", t.Char(4)),
    Column("a_small", t.SmallInt()),
    Column("a_big", t.BigInt()),
    Column("a_numeric", t.Numeric(15, 4)),
    Column("a_real", t.Real()),
    Column("a_double", t.Double()),
    Column("a_boolean", t.Boolean(), default=LiteralDefault(True)),  # noqa: FBT003
    Column("a_date", t.Date()),
    Column("a_time", t.Time()),
    Column("a_timestamp", t.Timestamp()),
    Column("a_timestamptz", t.TimestampTz()),
    Column("a_interval", t.Interval()),
    Column("a_json", t.Json()),
    Column("a_jsonb", t.Jsonb(), default=LiteralDefault({"a": [1, None, True], "b%:c": "d'e"})),
    Column("a_bytea", t.Bytea()),
    Column("a_texts", t.Array(t.Text())),
    Column("a_uuids", t.Array(t.Uuid())),
    Column("a_moments", t.Array(t.TimestampTz())),
    Column("a_inet", t.Native("inet", "text", "ipaddress.IPv4Address")),
    Column("a_enum", t.Enum(tuple(f"a_rather_long_value_number_{n}" for n in range(6)))),
)
CLASSICAL = table(
    "classical",
    "Classical",
    Column("id", t.Integer(), identity=True),
    Column("at", t.TimestampTz(), default=NOW),
    Column("name", t.Varchar(10)),
    Column("flag", t.Boolean(), default=LiteralDefault(False)),  # noqa: FBT003
    Column("price", t.Numeric(8, 2)),
    Column("data", t.Jsonb(), nullable=True),
    sqlite=SqliteOptions(strict=False),
)

SCHEMA = Schema(
    (
        USERS,
        CONVERSATIONS,
        MESSAGES,
        PROFILES,
        ACCOUNTS,
        TRANSFERS,
        CATEGORIES,
        TREE,
        EVENTS,
        SAMPLES,
        CLASSICAL,
    )
)
