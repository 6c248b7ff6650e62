"""The table conversations."""

import datetime as dt
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Relationship, SQLModel

from . import _support as db
from . import _types as types

if TYPE_CHECKING:
    from .conversation_agent import ConversationAgent
    from .message import Message
    from .user import User


class Conversation(SQLModel, table=True):
    """One chat thread of one user.

    - Written once, then refused by both engines: created_at.
    - Refreshed by an UPDATE that leaves it unchanged: updated_at.
    - Filled by the database where it is None at the INSERT: created_at and updated_at.
    - Deleting a row of users deletes its conversations (user_id).
    - Deleting a row here deletes its messages and conversation_agents.
    - Writing or deleting messages sets updated_at: refresh an object that is already loaded.
    - Shape of metadata: An object of the application's choice, such as {"source": "web", "pinned":
      true}
    - Security: The foreign key to users makes sure that every conversation has an owner.
    - Security: Deleting a user deletes the user's conversations and all of their messages.
    - Security: Every query carries user_id = :user_id; only the archiving job looks across users.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint("id", "user_id", name="uq_conversations_id_user_id"),
        sa.Index("idx_conversations_user_id", "user_id"),
        sa.Index("idx_conversations_updated_at", "updated_at"),
        sa.Index("idx_conversations_user_id_updated_at", "user_id", db.sql("updated_at DESC")),
        {"comment": "One chat thread of one user.", "sqlite_strict": True},
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
    user_id: UUID = Field(
        description="Owner, of the same type as the key of users; every query filters by it",
        sa_column=sa.Column(
            types.Uuid(),
            sa.ForeignKey("users.id", name="fk_conversations_user_id", ondelete="CASCADE"),
            nullable=False,
        ),
    )
    title: str | None = Field(
        default=None,
        max_length=255,
        description="Shown in the sidebar; NULL until the thread has a name",
        sa_column=sa.Column(types.Varchar(255), nullable=True),
    )
    metadata_: Any = Field(
        default_factory=dict,
        description="Room to grow without a migration",
        sa_column=sa.Column(
            "metadata",
            types.Jsonb(),
            nullable=False,
            server_default=db.sql("'{}'"),
        ),
    )
    created_at: dt.datetime = Field(
        default=None,
        description="When the thread began (UTC); never changes",
        sa_column=sa.Column(
            types.TimestampTz(),
            nullable=False,
            server_default=db.sql(
                postgres="now()",
                sqlite="(strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')",
            ),
        ),
    )
    updated_at: dt.datetime = Field(
        default=None,
        description="Refreshed on each message and each change of the thread (UTC)",
        sa_column=sa.Column(
            types.TimestampTz(),
            nullable=False,
            server_default=db.sql(
                postgres="now()",
                sqlite="(strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')",
            ),
            server_onupdate=sa.FetchedValue(),
        ),
    )

    user: "User" = Relationship(back_populates="conversations")
    messages: list["Message"] = Relationship(
        back_populates="conversation",
        passive_deletes=True,
        sa_relationship_kwargs={"cascade": "all", "overlaps": "user,messages"},
    )
    agents: list["ConversationAgent"] = Relationship(
        back_populates="conversation",
        passive_deletes=True,
        sa_relationship_kwargs={"cascade": "all"},
    )


db.complete(
    Conversation,
    sqlite_checks={
        "ck_conversations_id_type": (
            "id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND "
            "length(CAST(replace(id, '-', '') AS BLOB)) = 32"
        ),
        "ck_conversations_user_id_type": (
            "user_id GLOB '????????-????-????-????-????????????' AND user_id NOT GLOB "
            "'*[^0-9a-f-]*' AND length(CAST(replace(user_id, '-', '') AS BLOB)) = 32"
        ),
        "ck_conversations_title_type": "length(title) <= 255 AND instr(title, char(0)) = 0",
        "ck_conversations_metadata_type": "(metadata IS NULL OR json_valid(metadata)) AND instr(metadata, char(0)) = 0",
        "ck_conversations_created_at_type": (
            "substr(created_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND created_at >= "
            "'0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19), '+0 days') "
            "|| substr(created_at, 20) IS created_at"
        ),
        "ck_conversations_updated_at_type": (
            "substr(updated_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND updated_at >= "
            "'0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19), '+0 days') "
            "|| substr(updated_at, 20) IS updated_at"
        ),
    },
    triggers=[
        db.Trigger(
            sqlite=[
                """\
CREATE TRIGGER IF NOT EXISTS trg_conversations_created_at_immutable
BEFORE UPDATE ON conversations FOR EACH ROW WHEN NEW.created_at IS NOT OLD.created_at
BEGIN
    SELECT RAISE(ABORT, 'conversations.created_at is immutable');
END""",
            ],
            postgres=[
                """\
CREATE OR REPLACE FUNCTION trg_conversations_created_at_immutable() RETURNS trigger LANGUAGE plpgsql AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = 'on' AND has_table_privilege(TG_RELID, 'TRIGGER') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'conversations.created_at is immutable';
END
$schemagen$""",
                """\
CREATE OR REPLACE TRIGGER trg_conversations_created_at_immutable
BEFORE UPDATE ON conversations FOR EACH ROW WHEN (NEW.created_at IS DISTINCT FROM OLD.created_at)
EXECUTE FUNCTION trg_conversations_created_at_immutable()""",
            ],
            drop_sqlite=["DROP TRIGGER IF EXISTS trg_conversations_created_at_immutable"],
            drop_postgres=[
                "DROP TRIGGER IF EXISTS trg_conversations_created_at_immutable ON conversations",
                "DROP FUNCTION IF EXISTS trg_conversations_created_at_immutable()",
            ],
        ),
        db.Trigger(
            sqlite=[
                """\
CREATE TRIGGER IF NOT EXISTS trg_conversations_updated_at_row_update
AFTER UPDATE ON conversations FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE conversations SET updated_at = (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
    WHERE id = NEW.id AND updated_at IS OLD.updated_at AND updated_at IS NOT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z');
END""",
            ],
            postgres=[
                """\
CREATE OR REPLACE FUNCTION trg_conversations_updated_at_row_update() RETURNS trigger LANGUAGE plpgsql AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = 'on' AND has_table_privilege(TG_RELID, 'TRIGGER') THEN
        RETURN NEW;
    END IF;
    NEW.updated_at := now();
    RETURN NEW;
END
$schemagen$""",
                """\
CREATE OR REPLACE TRIGGER trg_conversations_updated_at_row_update
BEFORE UPDATE ON conversations FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
EXECUTE FUNCTION trg_conversations_updated_at_row_update()""",
            ],
            drop_sqlite=["DROP TRIGGER IF EXISTS trg_conversations_updated_at_row_update"],
            drop_postgres=[
                "DROP TRIGGER IF EXISTS trg_conversations_updated_at_row_update ON conversations",
                "DROP FUNCTION IF EXISTS trg_conversations_updated_at_row_update()",
            ],
        ),
    ],
)
