-- Rollback of migration 003: alter_type_mood (PostgreSQL)
--
-- This stops, before it has changed anything, if:
--   a value of users.mood does not fit mood(sad, ok)
--
-- Run, after the rollbacks of all later migrations: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_alter_type_mood.sql

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

DO $$BEGIN IF to_regclass('users') IS NOT NULL THEN LOCK TABLE users IN ACCESS EXCLUSIVE MODE; END IF; END$$;

DO $schemagen$
BEGIN
    IF (SELECT array_agg(enumlabel::text ORDER BY enumsortorder) FROM pg_catalog.pg_enum WHERE enumtypid = to_regtype('mood')) = ARRAY['sad', 'ok'] THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'type mood has its new values already; nothing was changed';
    END IF;
END
$schemagen$;

ALTER TYPE mood RENAME TO _schemagen_old_mood;

CREATE TYPE mood AS ENUM ('sad', 'ok');

DO $schemagen$
BEGIN
    IF EXISTS (SELECT FROM users WHERE NOT (mood IS NULL OR mood::text IN ('sad', 'ok'))) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of users: mood does not fit mood(sad, ok); nothing was changed';
    END IF;
EXCEPTION WHEN data_exception THEN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of users: mood does not fit mood(sad, ok); nothing was changed';
END
$schemagen$;

ALTER TABLE users ALTER COLUMN mood TYPE mood USING mood::text::mood;

-- What the planner knew of the column is gone with its type
ANALYZE users (mood);

DROP TYPE _schemagen_old_mood;

COMMIT;
