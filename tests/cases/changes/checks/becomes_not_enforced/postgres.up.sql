-- Migration 002: change_ck_users_adult (PostgreSQL)
--
-- Change: alter table users: check ck_users_adult: valid → not enforced
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 002_change_ck_users_adult.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/002_change_ck_users_adult.sql
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

-- PostgreSQL 18 or newer
DO $schemagen$
BEGIN
    IF current_setting('server_version_num')::integer < 180000 THEN
        RAISE EXCEPTION USING ERRCODE = 'feature_not_supported', MESSAGE = 'ck_users_adult: NOT ENFORCED is a word of PostgreSQL 18 and newer; nothing was changed';
    END IF;
END
$schemagen$;

DO $$BEGIN IF to_regclass('users') IS NOT NULL THEN LOCK TABLE users IN ACCESS EXCLUSIVE MODE; END IF; END$$;

ALTER TABLE users DROP CONSTRAINT IF EXISTS ck_users_adult;

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conname = 'ck_users_adult' AND conrelid = 'users'::regclass) THEN
        ALTER TABLE users ADD CONSTRAINT ck_users_adult CHECK (age >= 18) NOT ENFORCED;
    END IF;
END
$schemagen$;

COMMIT;

-- Rollback: rollback/002_change_ck_users_adult.sql
