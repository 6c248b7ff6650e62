-- Migration 002: alter_users (PostgreSQL)
--
-- Change: alter table users: add trigger trg_users_name_immutable
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 002_alter_users.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/002_alter_users.sql
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

-- users.name never changes
CREATE OR REPLACE FUNCTION trg_users_name_immutable() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = pg_current_xact_id()::text THEN
        IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'users.name is immutable';
END
$schemagen$;

CREATE OR REPLACE TRIGGER trg_users_name_immutable
BEFORE UPDATE ON users FOR EACH ROW WHEN (NEW.name IS DISTINCT FROM OLD.name)
EXECUTE FUNCTION trg_users_name_immutable();

COMMIT;

-- Rollback: rollback/002_alter_users.sql
