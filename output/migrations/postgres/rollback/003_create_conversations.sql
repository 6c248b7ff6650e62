-- Rollback of migration 003: create_conversations (PostgreSQL)
--
-- This loses:
--   every row of table conversations
--
-- Run, after the rollbacks of all later migrations: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_create_conversations.sql

BEGIN;

-- This schema alone, and every row of it or an error
DO $$BEGIN
    PERFORM set_config('row_security', 'off', true);
    PERFORM set_config('search_path', concat_ws(', ', quote_ident(current_schema()), 'pg_temp'), true);
END$$;

DROP TRIGGER IF EXISTS trg_conversations_updated_at_row_update ON conversations;

DROP FUNCTION IF EXISTS trg_conversations_updated_at_row_update();

DROP TRIGGER IF EXISTS trg_conversations_created_at_immutable ON conversations;

DROP FUNCTION IF EXISTS trg_conversations_created_at_immutable();

DROP TABLE IF EXISTS conversations;

COMMIT;
