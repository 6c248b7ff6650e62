-- Migration 002: add_users_shout (PostgreSQL)
--
-- Change: alter table users: add column shout (text, NOT NULL, generated `upper(name)`, virtual)
-- Stops if users.shout is NULL in a row.
-- Ask before: SELECT id, shout FROM (SELECT made.*, (upper(name)) AS shout FROM (SELECT id, name FROM users) AS made)
-- AS made WHERE shout IS NULL;
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 002_add_users_shout.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/002_add_users_shout.sql
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

DO $$BEGIN IF to_regclass('users') IS NOT NULL THEN LOCK TABLE users IN ACCESS EXCLUSIVE MODE; END IF; END$$;

ALTER TABLE users ADD COLUMN IF NOT EXISTS shout text GENERATED ALWAYS AS (upper(name)) VIRTUAL;

COMMIT;

-- Rollback: rollback/002_add_users_shout.sql

-- Migration 003: add_users_shout_online (PostgreSQL)
--
-- Change: alter table users: add column shout (text, NOT NULL, generated `upper(name)`, virtual)
-- Purpose: what may take long, while others read and write. Run it again if it is interrupted.
-- Its rollback is that of the migration before it, which undoes both.
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 003_add_users_shout_online.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_add_users_shout_online.sql
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
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conname = 'schemagen_users_shout_not_null' AND conrelid = 'users'::regclass) THEN
        ALTER TABLE users ADD CONSTRAINT schemagen_users_shout_not_null CHECK (shout IS NOT NULL) NOT VALID;
    END IF;
END
$schemagen$;

ALTER TABLE users VALIDATE CONSTRAINT schemagen_users_shout_not_null;

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conname = 'schemagen_users_shout_not_null' AND conrelid = 'users'::regclass) THEN
        ALTER TABLE users ALTER COLUMN shout SET NOT NULL;
        ALTER TABLE users DROP CONSTRAINT schemagen_users_shout_not_null;
    END IF;
END
$schemagen$;

DO $$BEGIN
    PERFORM set_config('search_path', current_setting('schemagen.path'), false),
        set_config('row_security', current_setting('schemagen.rows'), false);
END$$;

