-- Migration 002: change_schema (PostgreSQL)
--
-- Change: add extension vector
-- Change: create table meanings
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 002_change_schema.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/002_change_schema.sql
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

DO $schemagen$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'vector') THEN
        RAISE EXCEPTION USING ERRCODE = 'feature_not_supported', MESSAGE = 'this server does not have the extension vector: install it first; nothing was changed';
    END IF;
END
$schemagen$;

CREATE EXTENSION IF NOT EXISTS vector;

CREATE TABLE IF NOT EXISTS meanings (
    note_id    uuid       NOT NULL,
    embedding  vector(3)  NOT NULL,

    CONSTRAINT pk_meanings PRIMARY KEY (note_id),
    CONSTRAINT fk_meanings_note_id FOREIGN KEY (note_id) REFERENCES notes (id) ON DELETE CASCADE,
    CONSTRAINT ck_meanings_embedding_type CHECK (vector_norm(embedding) > 0)
);

COMMIT;

-- Rollback: rollback/002_change_schema.sql, which loses:
--   every row of table meanings
