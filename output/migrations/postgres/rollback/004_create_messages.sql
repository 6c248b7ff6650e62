-- Rollback of migration 004: create_messages (PostgreSQL)
--
-- This loses:
--   every row of table messages
--
-- Run, after the rollbacks of all later migrations: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/004_create_messages.sql

BEGIN;

-- This schema alone, and every row of it or an error
DO $$BEGIN
    PERFORM set_config('row_security', 'off', true);
    PERFORM set_config('search_path', concat_ws(', ', quote_ident(current_schema()), 'pg_temp'), true);
END$$;

DROP TRIGGER IF EXISTS trg_messages_conversation_id_user_id_touch ON messages;

DROP FUNCTION IF EXISTS trg_messages_conversation_id_user_id_touch();

DROP TRIGGER IF EXISTS trg_messages_append_only ON messages;

DROP FUNCTION IF EXISTS trg_messages_append_only();

DROP TABLE IF EXISTS messages;

COMMIT;
