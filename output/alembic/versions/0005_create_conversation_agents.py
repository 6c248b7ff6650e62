"""Create conversation agents.

- create table conversation_agents

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UPGRADE: dict[str, list[str]] = {
    "sqlite": [
        """\
CREATE TABLE IF NOT EXISTS conversation_agents (
    -- [uuid] Unique identifier
    id               TEXT     NOT NULL DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    conversation_id  TEXT     NOT NULL,            -- [uuid] The conversation
    agent_id         TEXT     NOT NULL,            -- Configuration id of the agent, not a foreign key
    -- [timestamptz] When the agent joined (UTC)
    added_at         TEXT     NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z'),
    is_active        INTEGER  NOT NULL DEFAULT 1,  -- [boolean] Whether the agent takes part at the moment
    display_order    INTEGER  NOT NULL DEFAULT 0,  -- Place of the agent in the list

    CONSTRAINT pk_conversation_agents PRIMARY KEY (id),
    CONSTRAINT fk_conversation_agents_conversation_id FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    -- An agent joins a conversation once
    CONSTRAINT uq_conversation_agents_conversation_id_agent_id UNIQUE (conversation_id, agent_id),
    CONSTRAINT ck_conversation_agents_id_type CHECK (id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND length(CAST(replace(id, '-', '') AS BLOB)) = 32),
    CONSTRAINT ck_conversation_agents_conversation_id_type CHECK (conversation_id GLOB '????????-????-????-????-????????????' AND conversation_id NOT GLOB '*[^0-9a-f-]*' AND length(CAST(replace(conversation_id, '-', '') AS BLOB)) = 32),
    CONSTRAINT ck_conversation_agents_agent_id_type CHECK (length(agent_id) <= 255 AND instr(agent_id, char(0)) = 0),
    CONSTRAINT ck_conversation_agents_added_at_type CHECK (substr(added_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND added_at >= '0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(added_at, 1, 19), '+0 days') || substr(added_at, 20) IS added_at),
    CONSTRAINT ck_conversation_agents_is_active_type CHECK (is_active IN (0, 1)),
    CONSTRAINT ck_conversation_agents_display_order_type CHECK (display_order BETWEEN -2147483648 AND 2147483647)
) STRICT""",
        (
            "CREATE INDEX IF NOT EXISTS idx_conversation_agents_conversation ON "
            "conversation_agents (conversation_id)"
        ),
        (
            "CREATE INDEX IF NOT EXISTS idx_conversation_agents_agent ON conversation_agents "
            "(agent_id)"
        ),
        """\
CREATE TRIGGER IF NOT EXISTS trg_conversation_agents_added_at_immutable
BEFORE UPDATE ON conversation_agents FOR EACH ROW WHEN NEW.added_at IS NOT OLD.added_at
BEGIN
    SELECT RAISE(ABORT, 'conversation_agents.added_at is immutable');
END""",
    ],
    "postgresql": [
        """\
CREATE TABLE IF NOT EXISTS conversation_agents (
    id               uuid         NOT NULL DEFAULT gen_random_uuid(),  -- Unique identifier
    conversation_id  uuid         NOT NULL,                            -- The conversation
    -- Configuration id of the agent, not a foreign key
    agent_id         text         NOT NULL,
    added_at         timestamptz  NOT NULL DEFAULT now(),              -- When the agent joined (UTC)
    is_active        boolean      NOT NULL DEFAULT true,               -- Whether the agent takes part at the moment
    display_order    integer      NOT NULL DEFAULT 0,                  -- Place of the agent in the list

    CONSTRAINT pk_conversation_agents PRIMARY KEY (id),
    CONSTRAINT fk_conversation_agents_conversation_id FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    -- An agent joins a conversation once
    CONSTRAINT uq_conversation_agents_conversation_id_agent_id UNIQUE (conversation_id, agent_id),
    CONSTRAINT ck_conversation_agents_agent_id_type CHECK (length(agent_id) <= 255)
)""",
        (
            "COMMENT ON TABLE conversation_agents IS 'Which configured agents take part in which "
            "conversation.'"
        ),
        "COMMENT ON COLUMN conversation_agents.id IS 'Unique identifier'",
        "COMMENT ON COLUMN conversation_agents.conversation_id IS 'The conversation'",
        (
            "COMMENT ON COLUMN conversation_agents.agent_id IS 'Configuration id of the agent, not "
            "a foreign key'"
        ),
        "COMMENT ON COLUMN conversation_agents.added_at IS 'When the agent joined (UTC)'",
        (
            "COMMENT ON COLUMN conversation_agents.is_active IS 'Whether the agent takes part at "
            "the moment'"
        ),
        "COMMENT ON COLUMN conversation_agents.display_order IS 'Place of the agent in the list'",
        (
            "CREATE INDEX IF NOT EXISTS idx_conversation_agents_conversation ON "
            "conversation_agents (conversation_id)"
        ),
        (
            "CREATE INDEX IF NOT EXISTS idx_conversation_agents_agent ON conversation_agents "
            "(agent_id)"
        ),
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
}

DOWNGRADE: dict[str, list[str]] = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS trg_conversation_agents_added_at_immutable",
        "DROP TABLE IF EXISTS conversation_agents",
    ],
    "postgresql": [
        "DROP TRIGGER IF EXISTS trg_conversation_agents_added_at_immutable ON conversation_agents",
        "DROP FUNCTION IF EXISTS trg_conversation_agents_added_at_immutable()",
        "DROP TABLE IF EXISTS conversation_agents",
    ],
}


def upgrade() -> None:
    run(UPGRADE)


def downgrade() -> None:
    run(DOWNGRADE)


def run(statements: dict[str, list[str]]) -> None:
    """Send the engine's statements as they stand: no colon is a parameter, no percent sign a format."""
    context = op.get_context()
    for statement in statements[context.dialect.name]:
        if context.as_sql:
            context.impl.static_output(f"{statement};\n")
        else:
            op.get_bind().exec_driver_sql(statement, execution_options={"no_parameters": True})
