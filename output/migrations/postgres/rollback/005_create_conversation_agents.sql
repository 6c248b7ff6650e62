-- Rollback of migration 005: create_conversation_agents (PostgreSQL)
--
-- This loses:
--   every row of table conversation_agents
--
-- Run, after the rollbacks of all later migrations: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/005_create_conversation_agents.sql

BEGIN;

-- This schema alone, and every row of it or an error
DO $$BEGIN
    PERFORM set_config('row_security', 'off', true);
    PERFORM set_config('search_path', concat_ws(', ', quote_ident(current_schema()), 'pg_temp'), true);
END$$;

DROP TRIGGER IF EXISTS trg_conversation_agents_added_at_immutable ON conversation_agents;

DROP FUNCTION IF EXISTS trg_conversation_agents_added_at_immutable();

DROP TABLE IF EXISTS conversation_agents;

COMMIT;
