-- Migration 002: alter_notes (PostgreSQL)
--
-- Change: alter table notes: add column part (integer, NOT NULL, default `0`); replace the primary key (team, number) →
-- (team, number, part)
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 002_alter_notes.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/002_alter_notes.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

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

ALTER TABLE notes ADD COLUMN IF NOT EXISTS part integer NOT NULL DEFAULT 0;

COMMIT;

-- Rollback: rollback/002_alter_notes.sql, which loses:
--   column notes.part with its values

-- Migration 003: alter_notes_online (PostgreSQL)
--
-- Change: alter table notes: replace the primary key (team, number) → (team, number, part)
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
    IF EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE c.relname = '_schemagen_new_pk_notes' AND i.indrelid = 'notes'::regclass AND NOT i.indisvalid) THEN
        DROP INDEX _schemagen_new_pk_notes;
    END IF;
END
$schemagen$;

CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS _schemagen_new_pk_notes ON notes (team, number, part);

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF (SELECT indisvalid FROM pg_catalog.pg_index WHERE indexrelid = to_regclass('_schemagen_new_pk_notes')) AND (NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conname = 'pk_notes' AND conrelid = 'notes'::regclass AND contype = 'p') OR replace(pg_get_indexdef(to_regclass('_schemagen_new_pk_notes')), quote_ident('_schemagen_new_pk_notes'), quote_ident('pk_notes')) IS DISTINCT FROM pg_get_indexdef(to_regclass('pk_notes'))) THEN
        ALTER TABLE notes DROP CONSTRAINT IF EXISTS pk_notes;
        ALTER TABLE notes ADD CONSTRAINT pk_notes PRIMARY KEY USING INDEX _schemagen_new_pk_notes;
    ELSE
        DROP INDEX IF EXISTS _schemagen_new_pk_notes;
    END IF;
END
$schemagen$;

DO $$BEGIN
    PERFORM set_config('search_path', current_setting('schemagen.path'), false),
        set_config('row_security', current_setting('schemagen.rows'), false);
END$$;

