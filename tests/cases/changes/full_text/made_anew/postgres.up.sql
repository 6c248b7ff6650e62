-- Migration 002: add_ck_notes_size (PostgreSQL)
--
-- Change: alter table notes: add check ck_notes_size `size >= 0`
-- Stops if a row of notes breaks `size >= 0`.
-- Ask before: SELECT id, size FROM notes AS made WHERE NOT (size >= 0);
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 002_add_ck_notes_size.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/002_add_ck_notes_size.sql
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

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conname = 'ck_notes_size' AND conrelid = 'notes'::regclass) THEN
        ALTER TABLE notes ADD CONSTRAINT ck_notes_size CHECK (size >= 0) NOT VALID;
    END IF;
END
$schemagen$;

COMMIT;

-- Rollback: rollback/002_add_ck_notes_size.sql

-- Migration 003: add_ck_notes_size_online (PostgreSQL)
--
-- Change: alter table notes: add check ck_notes_size `size >= 0`
-- Purpose: what may take long, while others read and write. Run it again if it is interrupted.
-- Its rollback is that of the migration before it, which undoes both.
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 003_add_ck_notes_size_online.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_add_ck_notes_size_online.sql
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

ALTER TABLE notes VALIDATE CONSTRAINT ck_notes_size;

DO $$BEGIN
    PERFORM set_config('search_path', current_setting('schemagen.path'), false),
        set_config('row_security', current_setting('schemagen.rows'), false);
END$$;

