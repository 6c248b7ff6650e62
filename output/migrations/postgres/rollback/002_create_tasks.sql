-- Rollback of migration 002: create_tasks (PostgreSQL)
--
-- This loses:
--   every row of table tasks
--
-- Run, after the rollbacks of all later migrations: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/002_create_tasks.sql

BEGIN;

-- This schema alone, and every row of it or an error
DO $$BEGIN
    PERFORM set_config('row_security', 'off', true);
    PERFORM set_config('search_path', concat_ws(', ', quote_ident(current_schema()), 'pg_temp'), true);
END$$;

DROP TRIGGER IF EXISTS trg_tasks_updated_at_row_update ON tasks;

DROP FUNCTION IF EXISTS trg_tasks_updated_at_row_update();

DROP TRIGGER IF EXISTS trg_tasks_created_at_immutable ON tasks;

DROP FUNCTION IF EXISTS trg_tasks_created_at_immutable();

DROP TABLE IF EXISTS tasks;

COMMIT;
