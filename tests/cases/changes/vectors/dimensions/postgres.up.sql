-- Migration 003: alter_notes_embedding (PostgreSQL)
--
-- Change: alter table notes: alter column embedding: type vector(3) → vector(4)
-- Locks: notes. Nobody reads or writes while PostgreSQL rewrites the table or its indexes.
-- Stops if a value of notes.embedding does not fit vector(4).
-- Ask before: SELECT id, embedding FROM notes WHERE NOT (embedding IS NULL);
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 003_alter_notes_embedding.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_alter_notes_embedding.sql
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

ALTER TABLE notes DROP CONSTRAINT IF EXISTS ck_notes_embedding_type;

DO $schemagen$
BEGIN
    IF EXISTS (SELECT FROM notes WHERE NOT (embedding IS NULL)) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of notes: embedding does not fit vector(4); nothing was changed';
    END IF;
EXCEPTION WHEN data_exception THEN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of notes: embedding does not fit vector(4); nothing was changed';
END
$schemagen$;

ALTER TABLE notes ALTER COLUMN embedding TYPE vector(4) USING embedding::text::vector(4);

-- What the planner knew of the column is gone with its type
ANALYZE notes (embedding);

DO $schemagen$
BEGIN
    IF EXISTS (SELECT FROM notes WHERE NOT (vector_norm(embedding) > 0)) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of notes: embedding does not fit vector(4); nothing was changed';
    END IF;
END
$schemagen$;

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conname = 'ck_notes_embedding_type' AND conrelid = 'notes'::regclass) THEN
        ALTER TABLE notes ADD CONSTRAINT ck_notes_embedding_type CHECK (vector_norm(embedding) > 0) NOT VALID;
    END IF;
END
$schemagen$;

COMMIT;

-- Rollback: rollback/003_alter_notes_embedding.sql
-- The rollback stops, before it has changed anything, if:
--   a value of notes.embedding does not fit vector(3)

-- Migration 004: alter_notes_embedding_online (PostgreSQL)
--
-- Purpose: what may take long, while others read and write. Run it again if it is interrupted.
-- Its rollback is that of the migration before it, which undoes both.
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 004_alter_notes_embedding_online.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/004_alter_notes_embedding_online.sql
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

ALTER TABLE notes VALIDATE CONSTRAINT ck_notes_embedding_type;

DO $$BEGIN
    PERFORM set_config('search_path', current_setting('schemagen.path'), false),
        set_config('row_security', current_setting('schemagen.rows'), false);
END$$;

