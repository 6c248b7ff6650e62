-- Rollback of migration 001: create_users (PostgreSQL)
--
-- This loses:
--   every row of table users
--
-- Run, after the rollbacks of all later migrations: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/001_create_users.sql

BEGIN;

-- This schema alone, and every row of it or an error
DO $$BEGIN
    PERFORM set_config('row_security', 'off', true);
    PERFORM set_config('search_path', concat_ws(', ', quote_ident(current_schema()), 'pg_temp'), true);
END$$;

DROP TRIGGER IF EXISTS trg_users_updated_at_row_update ON users;

DROP FUNCTION IF EXISTS trg_users_updated_at_row_update();

DROP TRIGGER IF EXISTS trg_users_created_at_immutable ON users;

DROP FUNCTION IF EXISTS trg_users_created_at_immutable();

DROP TABLE IF EXISTS users;

COMMIT;
