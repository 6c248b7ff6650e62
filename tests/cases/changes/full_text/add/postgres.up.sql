-- Migration 002: add_fts_notes_body (PostgreSQL)
--
-- Change: alter table notes: add full-text index fts_notes_body (body)
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 002_add_fts_notes_body.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/002_add_fts_notes_body.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

-- Rollback: rollback/002_add_fts_notes_body.sql

-- Migration 003: add_fts_notes_body_online (PostgreSQL)
--
-- Change: alter table notes: add full-text index fts_notes_body (body)
-- Purpose: what may take long, while others read and write. Run it again if it is interrupted.
-- Its rollback is that of the migration before it, which undoes both.
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 003_add_fts_notes_body_online.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_add_fts_notes_body_online.sql
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

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE c.relname = 'fts_notes_body' AND i.indrelid = 'notes'::regclass AND NOT i.indisvalid) THEN
        DROP INDEX fts_notes_body;
    END IF;
END
$schemagen$;

-- Words of a note
CREATE INDEX CONCURRENTLY IF NOT EXISTS fts_notes_body ON notes USING gin ((to_tsvector('simple', translate(body, '!#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 31)))));

DO $$BEGIN
    PERFORM set_config('search_path', current_setting('schemagen.path'), false),
        set_config('row_security', current_setting('schemagen.rows'), false);
END$$;

