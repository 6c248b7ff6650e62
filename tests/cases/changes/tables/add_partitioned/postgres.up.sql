-- Migration 002: create_tables (PostgreSQL)
--
-- Change: create table events
-- Change: create table visits
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 002_create_tables.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/002_create_tables.sql
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

CREATE TABLE IF NOT EXISTS events (
    id          bigint       NOT NULL,
    created_at  timestamptz  NOT NULL,

    CONSTRAINT pk_events PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);

-- Takes every row that no other partition takes
CREATE TABLE IF NOT EXISTS events_default PARTITION OF events DEFAULT;

CREATE TABLE IF NOT EXISTS visits (
    user_id  bigint  NOT NULL,
    page     text    NOT NULL,

    CONSTRAINT fk_visits_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) PARTITION BY HASH (user_id);

-- Takes every row that no other partition takes
CREATE TABLE IF NOT EXISTS visits_default PARTITION OF visits FOR VALUES WITH (MODULUS 1, REMAINDER 0);

COMMIT;

-- Rollback: rollback/002_create_tables.sql, which loses:
--   every row of table visits
--   every row of table events
