-- Rollback of migration 005: change_schema (PostgreSQL)
--
-- Run, after the rollbacks of all later migrations: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/005_change_schema.sql

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

-- Every lock at once, or none
DO $schemagen$
DECLARE
    patience text := (SELECT greatest(setting::int / 4, 1) FROM pg_catalog.pg_settings WHERE name = 'deadlock_timeout');
    relation regclass; mode text;
BEGIN
    FOR attempt IN REVERSE 20..1 LOOP
        BEGIN
            PERFORM set_config('lock_timeout', patience, true);
            FOR relation, mode IN VALUES
                (to_regclass('sales'), 'ACCESS EXCLUSIVE'),
                (to_regclass('things'), 'ACCESS EXCLUSIVE')
            LOOP
                CONTINUE WHEN relation IS NULL;
                EXECUTE format('LOCK TABLE %s IN %s MODE', relation, mode);
            END LOOP; EXIT;
        EXCEPTION WHEN lock_not_available THEN
            IF attempt = 1 THEN RAISE lock_not_available USING MESSAGE = 'others keep sales, things locked; nothing was changed, run this again'; END IF;
            PERFORM pg_sleep(0.1 + random() / 10);
        END;
    END LOOP;
END
$schemagen$;

DROP TRIGGER IF EXISTS trg_things_at_immutable ON things;

DROP FUNCTION IF EXISTS trg_things_at_immutable();

ALTER TABLE things RENAME TO events;

ALTER TABLE sales RENAME TO orders;

ALTER TABLE events RENAME COLUMN at TO day;

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

-- What a function reads may come after it
SET LOCAL check_function_bodies = off;

CREATE OR REPLACE FUNCTION events_partitions(since timestamptz DEFAULT now()) RETURNS integer LANGUAGE plpgsql
SET search_path FROM CURRENT AS $schemagen$
DECLARE
    divided CONSTANT regclass := 'events';
    stem CONSTANT text := 'events';
    keep CONSTANT regproc := 'events_keep';
    home text; owned text; part text;
    lowest timestamp[]; highest timestamp[];  -- bounds of the partitions that are there, in UTC
    period timestamp; first timestamp; until timestamp;
    made integer := 0;
BEGIN
    EXECUTE format('LOCK TABLE %s IN SHARE UPDATE EXCLUSIVE MODE', divided);
    SELECT relnamespace::regnamespace, relowner::regrole INTO home, owned FROM pg_class WHERE oid = divided;
    SELECT array_agg(coalesce(said[1]::timestamp, '-infinity')),
        array_agg(coalesce(said[2]::timestamp, 'infinity')) INTO lowest, highest
    FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid, regexp_match(
        pg_get_expr(c.relpartbound, c.oid), '\((?:''(.+)''|MINVALUE)\) TO \((?:''(.+)''|MAXVALUE)\)') AS said
    WHERE inhparent = divided AND said IS NOT NULL;
    FOR period IN SELECT generate_series(
        date_trunc('week', least(since, now()) AT TIME ZONE 'UTC'),
        date_trunc('week', now() AT TIME ZONE 'UTC') + interval '3 week', interval '1 week')
    LOOP
        -- What of the period no partition takes
        first := period;
        LOOP
            SELECT max(b) INTO until FROM unnest(lowest, highest) AS bounds (a, b) WHERE a <= first AND b > first;
            EXIT WHEN until IS NULL;
            first := until;
        END LOOP;
        CONTINUE WHEN first >= period + interval '1 week';
        SELECT least(min(a), period + interval '1 week') INTO until FROM unnest(lowest) AS a WHERE a > first;
        part := home || '.' || quote_ident(stem || to_char(first, '_YYYY_MM_DD'));
        CONTINUE WHEN to_regclass(part) IS NOT NULL;
        -- Attached, not made as a partition: nobody who reads or writes waits for that
        EXECUTE format('CREATE TABLE %s (LIKE %s INCLUDING ALL EXCLUDING IDENTITY EXCLUDING STATISTICS)', part, divided);
        EXECUTE format('ALTER TABLE %s OWNER TO %s', part, owned);
        EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)', divided, part,
            to_char(first, 'YYYY-MM-DD HH24:MI:SS+00'), to_char(until, 'YYYY-MM-DD HH24:MI:SS+00'));
        made := made + 1;
    END LOOP;
    FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = divided
        AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = inhrelid AND tgname = '_schemagen_keep')
    LOOP
        EXECUTE format('CREATE TRIGGER _schemagen_keep BEFORE UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION %s()', part, keep);
        EXECUTE format('CREATE TRIGGER _schemagen_keep_all BEFORE TRUNCATE ON %s EXECUTE FUNCTION %s()', part, keep);
    END LOOP;
    RETURN made;
END
$schemagen$;

-- The partitions of now and of the time ahead: whoever plans jobs calls this again
SELECT events_partitions();

CREATE TABLE IF NOT EXISTS orders_eu PARTITION OF orders FOR VALUES IN ('1', '2');

CREATE TABLE IF NOT EXISTS orders_us PARTITION OF orders FOR VALUES IN ('3');

CREATE TABLE IF NOT EXISTS orders_default PARTITION OF orders DEFAULT;

COMMIT;
