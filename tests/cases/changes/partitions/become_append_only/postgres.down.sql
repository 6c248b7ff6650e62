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

DO $$BEGIN IF to_regclass('events') IS NOT NULL THEN LOCK TABLE events IN ACCESS EXCLUSIVE MODE; END IF; END$$;

DROP TRIGGER IF EXISTS trg_events_append_only ON events;

DROP FUNCTION IF EXISTS trg_events_append_only();

DROP TRIGGER IF EXISTS trg_events_no_delete ON events;

DROP FUNCTION IF EXISTS trg_events_no_delete();

DROP TRIGGER IF EXISTS trg_events_no_truncate ON events;

DROP FUNCTION IF EXISTS trg_events_no_truncate();

-- What a function reads may come after it
SET LOCAL check_function_bodies = off;

CREATE OR REPLACE FUNCTION events_keep() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $schemagen$
DECLARE
    is_part CONSTANT boolean := EXISTS (SELECT FROM pg_inherits WHERE inhrelid = TG_RELID);
BEGIN
    -- The triggers of its table hold for the rows of a partition, and this one for what has been detached
    IF TG_OP = 'UPDATE' THEN
        IF NOT is_part AND to_jsonb(NEW) -> 'day' IS DISTINCT FROM to_jsonb(OLD) -> 'day' THEN
            RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_TABLE_NAME || '.day is immutable';
        END IF;
        IF NOT is_part AND to_jsonb(NEW) -> 'code' IS DISTINCT FROM to_jsonb(OLD) -> 'code' THEN
            RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_TABLE_NAME || '.code is immutable';
        END IF;
        RETURN NEW;
    END IF;
    RETURN OLD;
END
$schemagen$;

-- events.day never changes
CREATE OR REPLACE FUNCTION trg_events_day_immutable() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = pg_current_xact_id()::text THEN
        IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'events.day is immutable';
END
$schemagen$;

CREATE OR REPLACE TRIGGER trg_events_day_immutable
BEFORE UPDATE ON events FOR EACH ROW WHEN (NEW.day IS DISTINCT FROM OLD.day)
EXECUTE FUNCTION trg_events_day_immutable();

-- events.code never changes
CREATE OR REPLACE FUNCTION trg_events_code_immutable() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = pg_current_xact_id()::text THEN
        IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'events.code is immutable';
END
$schemagen$;

CREATE OR REPLACE TRIGGER trg_events_code_immutable
BEFORE UPDATE ON events FOR EACH ROW WHEN (NEW.code IS DISTINCT FROM OLD.code)
EXECUTE FUNCTION trg_events_code_immutable();

COMMIT;
