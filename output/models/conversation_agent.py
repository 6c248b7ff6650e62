"""The table conversation_agents."""

import datetime as dt
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Relationship, SQLModel

from . import _support as db
from . import _types as types

if TYPE_CHECKING:
    from .conversation import Conversation


class ConversationAgent(SQLModel, table=True):
    """Which configured agents take part in which conversation.

    - Written once, then refused by both engines: added_at.
    - Filled by the database where it is None at the INSERT: added_at.
    - Deleting a row of conversations deletes its conversation_agents (conversation_id).
    - agent_id refers to application settings, not to a table.
    - Security: Deleting a conversation removes its agents from it.
    - Security: The unique constraint prevents that an agent is added to a conversation twice.
    """

    __tablename__ = "conversation_agents"
    __table_args__ = (
        sa.PrimaryKeyConstraint("id", name="pk_conversation_agents"),
        sa.UniqueConstraint(
            "conversation_id",
            "agent_id",
            name="uq_conversation_agents_conversation_id_agent_id",
        ),
        sa.Index("idx_conversation_agents_conversation", "conversation_id"),
        sa.Index("idx_conversation_agents_agent", "agent_id"),
        {
            "comment": "Which configured agents take part in which conversation.",
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
        description="The conversation",
        sa_column=sa.Column(
            types.Uuid(),
            sa.ForeignKey(
                "conversations.id",
                name="fk_conversation_agents_conversation_id",
                ondelete="CASCADE",
            ),
            nullable=False,
        ),
    )
    agent_id: str = Field(
        max_length=255,
        description="Configuration id of the agent, not a foreign key",
        sa_column=sa.Column(types.Text(), nullable=False),
    )
    added_at: dt.datetime = Field(
        default=None,
        description="When the agent joined (UTC)",
        sa_column=sa.Column(
            types.TimestampTz(),
            nullable=False,
            server_default=db.sql(
                postgres="now()",
                sqlite="(strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')",
            ),
        ),
    )
    is_active: bool = Field(
        default=True,
        description="Whether the agent takes part at the moment",
        sa_column=sa.Column(
            types.Boolean(),
            nullable=False,
            server_default=db.sql(postgres="true", sqlite="1"),
        ),
    )
    display_order: int = Field(
        default=0,
        description="Place of the agent in the list",
        sa_column=sa.Column(types.Integer(), nullable=False, server_default=db.sql("0")),
    )

    conversation: "Conversation" = Relationship(back_populates="agents")


db.complete(
    ConversationAgent,
    sqlite_checks={
        "ck_conversation_agents_id_type": (
            "id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND "
            "length(CAST(replace(id, '-', '') AS BLOB)) = 32"
        ),
        "ck_conversation_agents_conversation_id_type": (
            "conversation_id GLOB '????????-????-????-????-????????????' AND conversation_id NOT "
            "GLOB '*[^0-9a-f-]*' AND length(CAST(replace(conversation_id, '-', '') AS BLOB)) = 32"
        ),
        "ck_conversation_agents_agent_id_type": "length(agent_id) <= 255 AND instr(agent_id, char(0)) = 0",
        "ck_conversation_agents_added_at_type": (
            "substr(added_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND added_at >= "
            "'0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(added_at, 1, 19), '+0 days') || "
            "substr(added_at, 20) IS added_at"
        ),
        "ck_conversation_agents_is_active_type": "is_active IN (0, 1)",
        "ck_conversation_agents_display_order_type": "display_order BETWEEN -2147483648 AND 2147483647",
    },
    postgres_checks={"ck_conversation_agents_agent_id_type": "length(agent_id) <= 255"},
    triggers=[
        db.Trigger(
            sqlite=[
                """\
CREATE TRIGGER IF NOT EXISTS trg_conversation_agents_added_at_immutable
BEFORE UPDATE ON conversation_agents FOR EACH ROW WHEN NEW.added_at IS NOT OLD.added_at
BEGIN
    SELECT RAISE(ABORT, 'conversation_agents.added_at is immutable');
END""",
            ],
            postgres=[
                """\
CREATE OR REPLACE FUNCTION trg_conversation_agents_added_at_immutable() RETURNS trigger LANGUAGE plpgsql AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = 'on' AND has_table_privilege(TG_RELID, 'TRIGGER') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'conversation_agents.added_at is immutable';
END
$schemagen$""",
                """\
CREATE OR REPLACE TRIGGER trg_conversation_agents_added_at_immutable
BEFORE UPDATE ON conversation_agents FOR EACH ROW WHEN (NEW.added_at IS DISTINCT FROM OLD.added_at)
EXECUTE FUNCTION trg_conversation_agents_added_at_immutable()""",
            ],
            drop_sqlite=["DROP TRIGGER IF EXISTS trg_conversation_agents_added_at_immutable"],
            drop_postgres=[
                (
                    "DROP TRIGGER IF EXISTS trg_conversation_agents_added_at_immutable ON "
                    "conversation_agents"
                ),
                "DROP FUNCTION IF EXISTS trg_conversation_agents_added_at_immutable()",
            ],
        ),
    ],
)
