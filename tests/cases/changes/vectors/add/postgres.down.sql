-- Rollback of migration 003: alter_notes (PostgreSQL)
--
-- This loses:
--   column notes.embedding with its values
--   column notes.direction with its values
--
-- Run, after the rollbacks of all later migrations: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_alter_notes.sql

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

SET LOCAL lock_timeout = '5s';

DO $$BEGIN IF to_regclass('notes') IS NOT NULL THEN LOCK TABLE notes IN ACCESS EXCLUSIVE MODE; END IF; END$$;

DROP INDEX IF EXISTS idx_notes_embedding;

ALTER TABLE notes DROP CONSTRAINT IF EXISTS ck_notes_embedding_type;

ALTER TABLE notes DROP CONSTRAINT IF EXISTS ck_notes_direction_type;

ALTER TABLE notes DROP COLUMN IF EXISTS embedding;

ALTER TABLE notes DROP COLUMN IF EXISTS direction;

COMMIT;

-- Rollback of migration 004: alter_notes_online (PostgreSQL)
--
-- Run, after the rollbacks of all later migrations: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/004_alter_notes_online.sql
--
-- Nothing to do on PostgreSQL.
