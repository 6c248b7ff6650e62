"""The table messages."""

import datetime as dt
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Relationship, SQLModel

from . import _support as db
from . import _types as types

if TYPE_CHECKING:
    from .conversation import Conversation
    from .user import User


class Message(SQLModel, table=True):
    """One message of a thread, written by the user, the assistant or the system; never edited.

    - Append-only: both engines refuse an UPDATE.
    - Filled by the database where it is None at the INSERT: created_at.
    - Deleting a row of users deletes its messages (user_id).
    - Deleting a row of conversations deletes its messages (conversation_id and user_id).
    - Shape of tool_calls: A list of calls in the order in which they ran: [{"tool": "create_task",
      "arguments": {"title": "Buy groceries", "priority": "high"}, "result": {"id":
      "0d6b6a9e-52f4-4f0c-b1f5-7c3f0e9d2a18", "title": "Buy groceries", "created": true},
      "timestamp": "2025-12-07T10:30:00Z"}]. NULL when no tool was called.
    - Shape of metadata: An object of the application's choice, such as {"model": "assistant-large"}
    - Security: The foreign key (conversation_id, user_id) makes sure that a message belongs to the
      owner of its conversation: a message under somebody else's name is refused by the database.
    - Security: Deleting a user or a conversation deletes its messages.
    - Security: A check allows the roles user, assistant and system only.
    - Security: Messages are never edited; UPDATE is refused by a trigger.
    """

    __tablename__ = "messages"
    __table_args__ = (
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.ForeignKeyConstraint(
            ["conversation_id", "user_id"],
            ["conversations.id", "conversations.user_id"],
            name="fk_messages_conversation_id_user_id",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            db.sql("length(content) > 0 OR tool_calls IS NOT NULL"),
            name="ck_messages_content_not_empty",
        ),
        sa.CheckConstraint(
            db.sql("tool_calls IS NULL OR role = 'assistant'"),
            name="ck_messages_tool_calls_by_assistant",
        ),
        sa.CheckConstraint(
            db.sql(
                postgres="jsonb_typeof(tool_calls) = 'array'",
                sqlite=(
                    "CASE json_type(tool_calls) WHEN 'text' THEN 'string' WHEN 'integer' THEN "
                    "'number' WHEN 'real' THEN 'number' WHEN 'true' THEN 'boolean' WHEN 'false' "
                    "THEN 'boolean' ELSE json_type(tool_calls) END = 'array'"
                ),
            ),
            name="ck_messages_tool_calls_is_list",
        ),
        sa.CheckConstraint(db.sql("token_count >= 0"), name="ck_messages_token_count_not_negative"),
        sa.Index("idx_messages_conversation_id", "conversation_id"),
        sa.Index("idx_messages_user_id", "user_id"),
        sa.Index("idx_messages_created_at", "created_at"),
        sa.Index("idx_messages_conversation_id_created_at", "conversation_id", "created_at"),
        {
            "comment": (
                "One message of a thread, written by the user, the assistant or the system; never "
                "edited."
            ),
            "sqlite_strict": True,
        },
    )

    id: UUID = Field(
        default_factory=uuid4,
        description="Unique identifier",
        sa_column=sa.Column(
            types.Uuid(),
            primary_key=True,
            server_default=db.sql(
                postgres="gen_random_uuid()",
                sqlite=(
                    "(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || "
                    "substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 + (random() & 3), 1) "
                    "|| substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))"
                ),
            ),
        ),
    )
    conversation_id: UUID = Field(
        description="The thread it belongs to",
        sa_column=sa.Column(types.Uuid(), nullable=False),
    )
    user_id: UUID = Field(
        description="Owner of the thread, so that audits and deletions by user need no join",
        sa_column=sa.Column(
            types.Uuid(),
            sa.ForeignKey("users.id", name="fk_messages_user_id", ondelete="CASCADE"),
            nullable=False,
        ),
    )
    role: Literal["user", "assistant", "system"] = Field(
        description="Who wrote it",
        sa_column=sa.Column(types.Text(), nullable=False),
    )
    content: str = Field(
        max_length=100000,
        description="What was said; empty only when the assistant did nothing but call tools",
        sa_column=sa.Column(types.Text(), nullable=False),
    )
    tool_calls: Any | None = Field(
        default=None,
        description="Audit trail of the tools that the assistant called, in order",
        sa_column=sa.Column(types.Jsonb(), nullable=True),
    )
    token_count: int | None = Field(
        default=None,
        description="Size of the content in the model's tokens, if it was counted",
        sa_column=sa.Column(types.Integer(), nullable=True),
    )
    metadata_: Any = Field(
        default_factory=dict,
        description="Room to grow without a migration, such as the model that answered",
        sa_column=sa.Column(
            "metadata",
            types.Jsonb(),
            nullable=False,
            server_default=db.sql("'{}'"),
        ),
    )
    created_at: dt.datetime = Field(
        default=None,
        description="When it was written (UTC, millisecond precision or better): the order of the thread",
        sa_column=sa.Column(
            types.TimestampTz(),
            nullable=False,
            server_default=db.sql(
                postgres="clock_timestamp()",
                sqlite="(strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')",
            ),
        ),
    )

    user: "User" = Relationship(back_populates="messages")
    conversation: "Conversation" = Relationship(
        back_populates="messages",
        sa_relationship_kwargs={"overlaps": "user,messages"},
    )


db.complete(
    Message,
    sqlite_checks={
        "ck_messages_id_type": (
            "id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND "
            "length(CAST(replace(id, '-', '') AS BLOB)) = 32"
        ),
        "ck_messages_conversation_id_type": (
            "conversation_id GLOB '????????-????-????-????-????????????' AND conversation_id NOT "
            "GLOB '*[^0-9a-f-]*' AND length(CAST(replace(conversation_id, '-', '') AS BLOB)) = 32"
        ),
        "ck_messages_user_id_type": (
            "user_id GLOB '????????-????-????-????-????????????' AND user_id NOT GLOB "
            "'*[^0-9a-f-]*' AND length(CAST(replace(user_id, '-', '') AS BLOB)) = 32"
        ),
        "ck_messages_role_type": "role IN ('user', 'assistant', 'system')",
        "ck_messages_content_type": "length(content) <= 100000 AND instr(content, char(0)) = 0",
        "ck_messages_tool_calls_type": "(tool_calls IS NULL OR json_valid(tool_calls)) AND instr(tool_calls, char(0)) = 0",
        "ck_messages_token_count_type": "token_count BETWEEN -2147483648 AND 2147483647",
        "ck_messages_metadata_type": "(metadata IS NULL OR json_valid(metadata)) AND instr(metadata, char(0)) = 0",
        "ck_messages_created_at_type": (
            "substr(created_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND created_at >= "
            "'0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19), '+0 days') "
            "|| substr(created_at, 20) IS created_at"
        ),
    },
    postgres_checks={
        "ck_messages_role_type": "role IN ('user', 'assistant', 'system')",
        "ck_messages_content_type": "length(content) <= 100000",
    },
    triggers=[
        db.Trigger(
            sqlite=[
                """\
CREATE TRIGGER IF NOT EXISTS trg_messages_append_only
BEFORE UPDATE ON messages FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'messages is append-only');
END""",
            ],
            postgres=[
                """\
CREATE OR REPLACE FUNCTION trg_messages_append_only() RETURNS trigger LANGUAGE plpgsql AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = 'on' AND has_table_privilege(TG_RELID, 'TRIGGER') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'messages is append-only';
END
$schemagen$""",
                """\
CREATE OR REPLACE TRIGGER trg_messages_append_only
BEFORE UPDATE ON messages FOR EACH ROW
EXECUTE FUNCTION trg_messages_append_only()""",
            ],
            drop_sqlite=["DROP TRIGGER IF EXISTS trg_messages_append_only"],
            drop_postgres=[
                "DROP TRIGGER IF EXISTS trg_messages_append_only ON messages",
                "DROP FUNCTION IF EXISTS trg_messages_append_only()",
            ],
        ),
        db.Trigger(
            sqlite=[
                """\
CREATE TRIGGER IF NOT EXISTS trg_messages_conversation_id_user_id_touch_insert
AFTER INSERT ON messages FOR EACH ROW
BEGIN
    UPDATE conversations SET updated_at = (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
    WHERE id = NEW.conversation_id AND user_id = NEW.user_id AND updated_at IS NOT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z');
END""",
                """\
CREATE TRIGGER IF NOT EXISTS trg_messages_conversation_id_user_id_touch_update
AFTER UPDATE ON messages FOR EACH ROW
BEGIN
    UPDATE conversations SET updated_at = (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
    WHERE (id = NEW.conversation_id AND user_id = NEW.user_id OR id = OLD.conversation_id AND user_id = OLD.user_id) AND updated_at IS NOT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z');
END""",
                """\
CREATE TRIGGER IF NOT EXISTS trg_messages_conversation_id_user_id_touch_delete
AFTER DELETE ON messages FOR EACH ROW
BEGIN
    UPDATE conversations SET updated_at = (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
    WHERE id = OLD.conversation_id AND user_id = OLD.user_id AND updated_at IS NOT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z');
END""",
            ],
            postgres=[
                """\
CREATE OR REPLACE FUNCTION trg_messages_conversation_id_user_id_touch() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = 'on' AND has_table_privilege(TG_RELID, 'TRIGGER') THEN
        RETURN NULL;
    END IF;
    UPDATE conversations SET updated_at = now()
    WHERE (id = NEW.conversation_id AND user_id = NEW.user_id OR id = OLD.conversation_id AND user_id = OLD.user_id) AND updated_at IS DISTINCT FROM now();
    RETURN NULL;
END
$schemagen$""",
                """\
CREATE OR REPLACE TRIGGER trg_messages_conversation_id_user_id_touch
AFTER INSERT OR UPDATE OR DELETE ON messages FOR EACH ROW
EXECUTE FUNCTION trg_messages_conversation_id_user_id_touch()""",
            ],
            drop_sqlite=[
                "DROP TRIGGER IF EXISTS trg_messages_conversation_id_user_id_touch_insert",
                "DROP TRIGGER IF EXISTS trg_messages_conversation_id_user_id_touch_update",
                "DROP TRIGGER IF EXISTS trg_messages_conversation_id_user_id_touch_delete",
            ],
            drop_postgres=[
                "DROP TRIGGER IF EXISTS trg_messages_conversation_id_user_id_touch ON messages",
                "DROP FUNCTION IF EXISTS trg_messages_conversation_id_user_id_touch()",
            ],
        ),
    ],
)
