-- Migration 002: alter_notes (PostgreSQL)
--
-- Change: alter table notes: drop full-text index fts_notes (body); add full-text index fts_notes (body, title)
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 002_alter_notes.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/002_alter_notes.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

-- Rollback: rollback/002_alter_notes.sql

-- Migration 003: alter_notes_online (PostgreSQL)
--
-- Change: alter table notes: drop full-text index fts_notes (body); add full-text index fts_notes (body, title)
-- Purpose: what may take long, while others read and write. Run it again if it is interrupted.
-- Its rollback is that of the migration before it, which undoes both.
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 003_alter_notes_online.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_alter_notes_online.sql
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
    IF EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE c.relname = '_schemagen_new_fts_notes' AND i.indrelid = 'notes'::regclass AND NOT i.indisvalid) THEN
        DROP INDEX _schemagen_new_fts_notes;
    END IF;
END
$schemagen$;

CREATE INDEX CONCURRENTLY IF NOT EXISTS _schemagen_new_fts_notes ON notes USING gin ((to_tsvector('simple', translate(body, '!#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 31)))), (to_tsvector('simple', translate(title, '!#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 31)))));

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF (SELECT indisvalid FROM pg_catalog.pg_index WHERE indexrelid = to_regclass('_schemagen_new_fts_notes')) AND (replace(pg_get_indexdef(to_regclass('_schemagen_new_fts_notes')), quote_ident('_schemagen_new_fts_notes'), quote_ident('fts_notes')) IS DISTINCT FROM pg_get_indexdef(to_regclass('fts_notes'))) THEN
        DROP INDEX IF EXISTS fts_notes;
        ALTER INDEX _schemagen_new_fts_notes RENAME TO fts_notes;
    ELSE
        DROP INDEX IF EXISTS _schemagen_new_fts_notes;
    END IF;
END
$schemagen$;

DO $$BEGIN
    PERFORM set_config('search_path', current_setting('schemagen.path'), false),
        set_config('row_security', current_setting('schemagen.rows'), false);
END$$;

