-- Migration 005: create_conversation_agents (SQLite)
--
-- Table: conversation_agents
-- Purpose: Which configured agents take part in which conversation.
-- Note: agent_id references application settings, NOT a database foreign key
-- Security: Deleting a conversation removes its agents from it.
-- Security: The unique constraint prevents that an agent is added to a conversation twice.
-- Design decisions: agent_id holds a configuration id from the application settings, not a foreign key: agents are
-- configured in files and have no table.
-- Design decisions: UUIDs are TEXT on SQLite, as seed 000 asks, with a check of their form; on PostgreSQL they are
-- native.
-- Design decisions: Seed 000 lets added_at, is_active and display_order be NULL by leaving it unsaid. Each has a
-- default and none has a meaning for NULL, so they are NOT NULL.
-- Design decisions: Seed 000 lists two indexes and reports three. The third is the one that the unique constraint
-- makes. The names of the two are the seed's, without the _id that our derived names would have.
-- Depends on: conversations
-- Referenced by: nothing
--
-- Run:       sqlite3 -bail app.db < 005_create_conversation_agents.sql
-- Roll back: sqlite3 -bail app.db < rollback/005_create_conversation_agents.sql
-- Running it again is safe while it is the newest migration.

PRAGMA foreign_keys = ON;

BEGIN;

CREATE TABLE IF NOT EXISTS conversation_agents (
    id               TEXT     NOT NULL DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        /* [uuid] Unique identifier */,
    conversation_id  TEXT     NOT NULL            /* [uuid] The conversation */,
    agent_id         TEXT     NOT NULL            /* Configuration id of the agent, not a foreign key */,
    added_at         TEXT     NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
        /* [timestamptz] When the agent joined (UTC) */,
    is_active        INTEGER  NOT NULL DEFAULT 1  /* [boolean] Whether the agent takes part at the moment */,
    display_order    INTEGER  NOT NULL DEFAULT 0  /* Place of the agent in the list */,

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
) STRICT;

-- The agents of a conversation; serves the foreign key
CREATE INDEX IF NOT EXISTS idx_conversation_agents_conversation ON conversation_agents (conversation_id);

-- The conversations that an agent takes part in
CREATE INDEX IF NOT EXISTS idx_conversation_agents_agent ON conversation_agents (agent_id);

-- conversation_agents.added_at never changes
CREATE TRIGGER IF NOT EXISTS trg_conversation_agents_added_at_immutable
BEFORE UPDATE ON conversation_agents FOR EACH ROW WHEN NEW.added_at IS NOT OLD.added_at
BEGIN
    SELECT RAISE(ABORT, 'conversation_agents.added_at is immutable');
END;

COMMIT;

-- Rollback, the same as rollback/005_create_conversation_agents.sql.
-- It loses:
--   every row of table conversation_agents
--
-- PRAGMA foreign_keys = OFF;
-- BEGIN;
-- DROP TRIGGER IF EXISTS trg_conversation_agents_added_at_immutable;
-- DROP TABLE IF EXISTS conversation_agents;
-- COMMIT;
-- PRAGMA foreign_keys = ON;
