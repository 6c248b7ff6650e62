-- Migration 003: alter_notes (PostgreSQL)
--
-- Change: alter table notes: add column embedding (vector(3)); add column direction (vector(2), NOT NULL, default
-- `"[0.5,-1]"`); add index idx_notes_embedding (embedding vector_cosine_ops) using hnsw only on postgres
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 003_alter_notes.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_alter_notes.sql
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

ALTER TABLE notes ADD COLUMN IF NOT EXISTS embedding vector(3);

COMMENT ON COLUMN notes.embedding IS 'Meaning';

ALTER TABLE notes ADD COLUMN IF NOT EXISTS direction vector(2) NOT NULL DEFAULT '[0.5,-1]';

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conname = 'ck_notes_embedding_type' AND conrelid = 'notes'::regclass) THEN
        ALTER TABLE notes ADD CONSTRAINT ck_notes_embedding_type CHECK (vector_norm(embedding) > 0) NOT VALID;
    END IF;
END
$schemagen$;

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conname = 'ck_notes_direction_type' AND conrelid = 'notes'::regclass) THEN
        ALTER TABLE notes ADD CONSTRAINT ck_notes_direction_type CHECK (vector_norm(direction) > 0) NOT VALID;
    END IF;
END
$schemagen$;

COMMIT;

-- Rollback: rollback/003_alter_notes.sql, which loses:
--   column notes.embedding with its values
--   column notes.direction with its values

-- Migration 004: alter_notes_online (PostgreSQL)
--
-- Change: alter table notes: add column embedding (vector(3)); add column direction (vector(2), NOT NULL, default
-- `"[0.5,-1]"`); add index idx_notes_embedding (embedding vector_cosine_ops) using hnsw only on postgres
-- Purpose: what may take long, while others read and write. Run it again if it is interrupted.
-- Its rollback is that of the migration before it, which undoes both.
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 004_alter_notes_online.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/004_alter_notes_online.sql
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

ALTER TABLE notes VALIDATE CONSTRAINT ck_notes_direction_type;

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE c.relname = 'idx_notes_embedding' AND i.indrelid = 'notes'::regclass AND NOT i.indisvalid) THEN
        DROP INDEX idx_notes_embedding;
    END IF;
END
$schemagen$;

-- Nearest
CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_notes_embedding ON notes USING hnsw (embedding vector_cosine_ops);

DO $$BEGIN
    PERFORM set_config('search_path', current_setting('schemagen.path'), false),
        set_config('row_security', current_setting('schemagen.rows'), false);
END$$;

