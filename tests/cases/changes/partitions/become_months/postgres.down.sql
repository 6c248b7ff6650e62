-- Rollback of migration 002: change_schema (PostgreSQL)
--
-- Run, after the rollbacks of all later migrations: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/002_change_schema.sql

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

DO $$BEGIN IF to_regclass('events') IS NOT NULL THEN LOCK TABLE events IN ACCESS EXCLUSIVE MODE; END IF; END$$;

DROP FUNCTION IF EXISTS events_partitions(timestamptz);

DO $schemagen$
DECLARE
    part regclass; trigger text;
BEGIN
    FOR part, trigger IN SELECT tgrelid, tgname FROM pg_catalog.pg_trigger JOIN pg_catalog.pg_inherits ON inhrelid = tgrelid
        WHERE inhparent = 'events'::regclass AND starts_with(tgname, '_schemagen_keep')
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', trigger, part);
    END LOOP;
    IF to_regclass('events_before') IS NULL THEN
        CREATE TABLE IF NOT EXISTS events_default PARTITION OF events DEFAULT;
        RETURN;
    END IF;
    ALTER TABLE events DETACH PARTITION events_before;
    ALTER TABLE events_before RENAME TO events_default;
    ALTER TABLE events ATTACH PARTITION events_default DEFAULT;
END
$schemagen$;

DO $schemagen$BEGIN
    DROP FUNCTION IF EXISTS events_keep();
EXCEPTION WHEN dependent_objects_still_exist THEN NULL;
END$schemagen$;

COMMIT;
