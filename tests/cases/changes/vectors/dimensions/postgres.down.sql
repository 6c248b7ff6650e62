-- Rollback of migration 003: alter_notes_embedding (PostgreSQL)
--
-- This stops, before it has changed anything, if:
--   a value of notes.embedding does not fit vector(3)
--
-- Run, after the rollbacks of all later migrations: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_alter_notes_embedding.sql

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
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of notes: embedding does not fit vector(3); nothing was changed';
    END IF;
EXCEPTION WHEN data_exception THEN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of notes: embedding does not fit vector(3); nothing was changed';
END
$schemagen$;

ALTER TABLE notes ALTER COLUMN embedding TYPE vector(3) USING embedding::text::vector(3);

-- What the planner knew of the column is gone with its type
ANALYZE notes (embedding);

ALTER TABLE notes ADD CONSTRAINT ck_notes_embedding_type CHECK (vector_norm(embedding) > 0);

COMMIT;

-- Rollback of migration 004: alter_notes_embedding_online (PostgreSQL)
--
-- Run, after the rollbacks of all later migrations: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/004_alter_notes_embedding_online.sql
--
-- Nothing to do on PostgreSQL.
