-- Migration 004: change_schema (PostgreSQL)
--
-- Change: add schema auth
-- Change: alter table users: move app.users to auth.accounts on PostgreSQL
-- Change: drop schema app unless others use it
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 004_change_schema.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/004_change_schema.sql
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

DO $$BEGIN IF to_regclass('app.users') IS NOT NULL THEN LOCK TABLE app.users IN ACCESS EXCLUSIVE MODE; END IF; END$$;

DROP TRIGGER IF EXISTS trg_users_updated_at_row_update ON app.users;

DROP FUNCTION IF EXISTS app.trg_users_updated_at_row_update();

-- An adopted database has one of its own that does the same
DO $schemagen$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT tgname, p.oid, p.oid::regprocedure AS called, p.proname <> ALL (ARRAY[]::text[]) AS is_spare
        FROM pg_catalog.pg_trigger JOIN pg_catalog.pg_proc p ON p.oid = tgfoid
        WHERE tgrelid = to_regclass('app.users') AND tgname <> 'trg_users_updated_at_row_update' AND NOT tgisinternal AND tgtype = 19
        AND tgqual IS NULL AND tgattr = '' AND tgnargs = 0
        AND regexp_replace(prosrc, '--[^\n]*|/\*.*?\*/', '', 'g') ~* '^\s*begin\s+new\.(?:updated_at|\"updated_at\")\s*:?=\s*(?:(?:now|clock_timestamp|transaction_timestamp|statement_timestamp)\(\)(?:\s+at\s+time\s+zone\s+''utc'')?|current_timestamp|localtimestamp|timezone\(''utc''(?:::text)?,\s*now\(\)\))\s*;\s*return\s+new\s*;\s*end\s*;?\s*$'
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', found.tgname, 'app.users');
        IF found.is_spare AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgfoid = found.oid) THEN
            EXECUTE 'DROP FUNCTION ' || found.called;
        END IF;
    END LOOP;
END
$schemagen$;

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF to_regnamespace('auth') IS NULL THEN
        CREATE SCHEMA auth;
    END IF;
END
$schemagen$;

ALTER TABLE app.users RENAME TO _schemagen_moved_users;

ALTER TABLE app._schemagen_moved_users SET SCHEMA auth;

ALTER TABLE auth._schemagen_moved_users RENAME TO accounts;

-- auth.accounts.updated_at is refreshed by an UPDATE that does not set it
CREATE OR REPLACE FUNCTION auth.trg_users_updated_at_row_update() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = pg_current_xact_id()::text THEN
        IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
            RETURN NEW;
        END IF;
    END IF;
    NEW.updated_at := now();
    RETURN NEW;
END
$schemagen$;

CREATE OR REPLACE TRIGGER trg_users_updated_at_row_update
BEFORE UPDATE ON auth.accounts FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
EXECUTE FUNCTION auth.trg_users_updated_at_row_update();

DO $schemagen$
BEGIN
    IF has_database_privilege(current_database(), 'CREATE') AND EXISTS (
        SELECT FROM pg_catalog.pg_namespace n WHERE n.oid = to_regnamespace('app') AND n.nspname <> 'public' AND n.nspacl IS NULL AND pg_has_role(n.nspowner, 'USAGE') AND obj_description(n.oid, 'pg_namespace') IS NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_default_acl WHERE defaclnamespace = n.oid)
    ) THEN
        DROP SCHEMA app;
    END IF;
EXCEPTION WHEN dependent_objects_still_exist THEN NULL;
END
$schemagen$;

COMMIT;

-- Rollback: rollback/004_change_schema.sql
