-- Rollback of migration 004: change_schema (PostgreSQL)
--
-- Run, after the rollbacks of all later migrations: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/004_change_schema.sql

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

DO $$BEGIN IF to_regclass('auth.accounts') IS NOT NULL THEN LOCK TABLE auth.accounts IN ACCESS EXCLUSIVE MODE; END IF; END$$;

DROP TRIGGER IF EXISTS trg_users_updated_at_row_update ON auth.accounts;

DROP FUNCTION IF EXISTS auth.trg_users_updated_at_row_update();

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF to_regnamespace('app') IS NULL THEN
        CREATE SCHEMA app;
    END IF;
END
$schemagen$;

ALTER TABLE auth.accounts RENAME TO _schemagen_moved_accounts;

ALTER TABLE auth._schemagen_moved_accounts SET SCHEMA app;

ALTER TABLE app._schemagen_moved_accounts RENAME TO users;

-- app.users.updated_at is refreshed by an UPDATE that does not set it
CREATE OR REPLACE FUNCTION app.trg_users_updated_at_row_update() RETURNS trigger LANGUAGE plpgsql
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
BEFORE UPDATE ON app.users FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
EXECUTE FUNCTION app.trg_users_updated_at_row_update();

DO $schemagen$
BEGIN
    IF has_database_privilege(current_database(), 'CREATE') AND EXISTS (
        SELECT FROM pg_catalog.pg_namespace n WHERE n.oid = to_regnamespace('auth') AND n.nspname <> 'public' AND n.nspacl IS NULL AND pg_has_role(n.nspowner, 'USAGE') AND obj_description(n.oid, 'pg_namespace') IS NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_default_acl WHERE defaclnamespace = n.oid)
    ) THEN
        DROP SCHEMA auth;
    END IF;
EXCEPTION WHEN dependent_objects_still_exist THEN NULL;
END
$schemagen$;

COMMIT;
