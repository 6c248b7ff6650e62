-- Migration 002: drop_fts_notes_body (PostgreSQL)
--
-- Change: alter table notes: drop full-text index fts_notes_body (body)
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 002_drop_fts_notes_body.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/002_drop_fts_notes_body.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

-- Rollback: rollback/002_drop_fts_notes_body.sql

-- Migration 003: drop_fts_notes_body_online (PostgreSQL)
--
-- Change: alter table notes: drop full-text index fts_notes_body (body)
-- Purpose: what may take long, while others read and write. Run it again if it is interrupted.
-- Its rollback is that of the migration before it, which undoes both.
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 003_drop_fts_notes_body_online.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_drop_fts_notes_body_online.sql
-- It runs outside a transaction, each statement by itself.

-- This schema alone, and every row of it or an error
DO $$BEGIN
    PERFORM set_config('schemagen.path', current_setting('search_path'), false),
        set_config('schemagen.rows', current_setting('row_security'), false),
        set_config('row_security', 'off', false);
    PERFORM set_config('search_path', concat_ws(', ', quote_ident(current_schema()), (
        SELECT string_agg(DISTINCT quote_ident(nspname), ', ')
        FROM pg_catalog.pg_extension JOIN pg_catalog.pg_namespace n ON n.oid = extnamespace
        WHERE nspname <> current_schema() AND nspname = ANY (current_schemas(false)) AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_class own JOIN pg_catalog.pg_class other USING (relname)
            WHERE own.relkind IN ('r', 'p') AND own.relnamespace = quote_ident(current_schema())::regnamespace
            AND other.relnamespace = n.oid)), 'pg_temp'), false);
END$$;

DROP INDEX CONCURRENTLY IF EXISTS fts_notes_body;

DO $$BEGIN
    PERFORM set_config('search_path', current_setting('schemagen.path'), false),
        set_config('row_security', current_setting('schemagen.rows'), false);
END$$;

