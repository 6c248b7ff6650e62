-- Migration 002: change_ck_users_named (PostgreSQL)
--
-- Change: alter table users: drop check ck_users_named `length(name) > 0`; add check ck_users_named `length(name) > 1`
-- Stops if a row of users breaks `length(name) > 1`.
-- Ask before: SELECT id, name FROM users AS made WHERE NOT (length(name) > 1);
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 002_change_ck_users_named.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/002_change_ck_users_named.sql
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

ALTER TABLE users DROP CONSTRAINT IF EXISTS ck_users_named;

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conname = 'ck_users_named' AND conrelid = 'users'::regclass) THEN
        ALTER TABLE users ADD CONSTRAINT ck_users_named CHECK (length(name) > 1) NOT VALID;
    END IF;
END
$schemagen$;

COMMIT;

-- Rollback: rollback/002_change_ck_users_named.sql

-- Migration 003: change_ck_users_named_online (PostgreSQL)
--
-- Change: alter table users: add check ck_users_named `length(name) > 1`
-- Purpose: what may take long, while others read and write. Run it again if it is interrupted.
-- Its rollback is that of the migration before it, which undoes both.
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 003_change_ck_users_named_online.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_change_ck_users_named_online.sql
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

ALTER TABLE users VALIDATE CONSTRAINT ck_users_named;

DO $$BEGIN
    PERFORM set_config('search_path', current_setting('schemagen.path'), false),
        set_config('row_security', current_setting('schemagen.rows'), false);
END$$;

