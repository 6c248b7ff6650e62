-- Migration 005: create_conversation_agents (PostgreSQL)
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
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 005_create_conversation_agents.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/005_create_conversation_agents.sql
-- Running it again is safe while it is the newest migration.

BEGIN;

-- This schema alone, and every row of it or an error
DO $$BEGIN
    PERFORM set_config('row_security', 'off', true);
    PERFORM set_config('search_path', concat_ws(', ', quote_ident(current_schema()), (
        SELECT string_agg(DISTINCT quote_ident(nspname), ', ')
        FROM pg_catalog.pg_extension JOIN pg_catalog.pg_namespace n ON n.oid = extnamespace
        WHERE nspname <> current_schema() AND nspname = ANY (current_schemas(false)) AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_class own JOIN pg_catalog.pg_class other USING (relname)
            WHERE own.relkind IN ('r', 'p') AND own.relnamespace = quote_ident(current_schema())::regnamespace
            AND other.relnamespace = n.oid)), 'pg_temp'), true);
END$$;

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
);

-- Descriptions
COMMENT ON TABLE conversation_agents IS 'Which configured agents take part in which conversation.';

COMMENT ON COLUMN conversation_agents.id IS 'Unique identifier';

COMMENT ON COLUMN conversation_agents.conversation_id IS 'The conversation';

COMMENT ON COLUMN conversation_agents.agent_id IS 'Configuration id of the agent, not a foreign key';

COMMENT ON COLUMN conversation_agents.added_at IS 'When the agent joined (UTC)';

COMMENT ON COLUMN conversation_agents.is_active IS 'Whether the agent takes part at the moment';

COMMENT ON COLUMN conversation_agents.display_order IS 'Place of the agent in the list';

-- The agents of a conversation; serves the foreign key
CREATE INDEX IF NOT EXISTS idx_conversation_agents_conversation ON conversation_agents (conversation_id);

-- The conversations that an agent takes part in
CREATE INDEX IF NOT EXISTS idx_conversation_agents_agent ON conversation_agents (agent_id);

-- conversation_agents.added_at never changes
CREATE OR REPLACE FUNCTION trg_conversation_agents_added_at_immutable() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = pg_current_xact_id()::text THEN
        IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'conversation_agents.added_at is immutable';
END
$schemagen$;

CREATE OR REPLACE TRIGGER trg_conversation_agents_added_at_immutable
BEFORE UPDATE ON conversation_agents FOR EACH ROW WHEN (NEW.added_at IS DISTINCT FROM OLD.added_at)
EXECUTE FUNCTION trg_conversation_agents_added_at_immutable();

COMMIT;

-- Rollback, the same as rollback/005_create_conversation_agents.sql.
-- It loses:
--   every row of table conversation_agents
--
-- BEGIN;
-- DO $$BEGIN
--     PERFORM set_config('row_security', 'off', true);
--     PERFORM set_config('search_path', concat_ws(', ', quote_ident(current_schema()), 'pg_temp'), true);
-- END$$;
-- DROP TRIGGER IF EXISTS trg_conversation_agents_added_at_immutable ON conversation_agents;
-- DROP FUNCTION IF EXISTS trg_conversation_agents_added_at_immutable();
-- DROP TABLE IF EXISTS conversation_agents;
-- COMMIT;
