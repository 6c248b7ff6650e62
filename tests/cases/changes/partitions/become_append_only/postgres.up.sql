-- Migration 004: change_schema (PostgreSQL)
--
-- Change: alter table events: drop trigger trg_events_day_immutable; drop trigger trg_events_code_immutable; add
-- trigger trg_events_append_only; add trigger trg_events_no_delete; add trigger trg_events_no_truncate
-- Change: change function events_keep
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

DO $$BEGIN IF to_regclass('events') IS NOT NULL THEN LOCK TABLE events IN ACCESS EXCLUSIVE MODE; END IF; END$$;

DROP TRIGGER IF EXISTS trg_events_day_immutable ON events;

DROP FUNCTION IF EXISTS trg_events_day_immutable();

DROP TRIGGER IF EXISTS trg_events_code_immutable ON events;

DROP FUNCTION IF EXISTS trg_events_code_immutable();

-- What a function reads may come after it
SET LOCAL check_function_bodies = off;

CREATE OR REPLACE FUNCTION events_keep() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $schemagen$
DECLARE
    is_part CONSTANT boolean := EXISTS (SELECT FROM pg_inherits WHERE inhrelid = TG_RELID);
BEGIN
    -- The triggers of its table hold for the rows of a partition, and this one for what has been detached
    IF TG_OP = 'UPDATE' THEN
        IF NOT is_part THEN
            RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_TABLE_NAME || ' is append-only';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'TRUNCATE' OR NOT is_part THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
            MESSAGE = 'rows of ' || TG_TABLE_NAME || ' are never deleted';
    END IF;
    RETURN OLD;
END
$schemagen$;

-- Rows of events are never updated
CREATE OR REPLACE FUNCTION trg_events_append_only() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = pg_current_xact_id()::text THEN
        IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'events is append-only';
END
$schemagen$;

CREATE OR REPLACE TRIGGER trg_events_append_only
BEFORE UPDATE ON events FOR EACH ROW
EXECUTE FUNCTION trg_events_append_only();

-- Rows of events are never deleted
CREATE OR REPLACE FUNCTION trg_events_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = pg_current_xact_id()::text THEN
        IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'rows of events are never deleted';
END
$schemagen$;

CREATE OR REPLACE TRIGGER trg_events_no_delete
BEFORE DELETE ON events FOR EACH ROW
EXECUTE FUNCTION trg_events_no_delete();

-- events is never truncated
CREATE OR REPLACE FUNCTION trg_events_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = pg_current_xact_id()::text THEN
        IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'rows of events are never deleted';
END
$schemagen$;

CREATE OR REPLACE TRIGGER trg_events_no_truncate
BEFORE TRUNCATE ON events FOR EACH STATEMENT
EXECUTE FUNCTION trg_events_no_truncate();

COMMIT;

-- Rollback: rollback/004_change_schema.sql
