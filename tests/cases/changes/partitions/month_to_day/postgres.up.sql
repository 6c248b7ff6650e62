-- Migration 004: change_schema (PostgreSQL)
--
-- Change: alter table events: change the partitioning: by range of day, one a month, 2 ahead → by range of day, one a
-- day, 14 ahead
-- Change: change function events_partitions
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
        date_trunc('day', least(since, now()) AT TIME ZONE 'UTC'),
        date_trunc('day', now() AT TIME ZONE 'UTC') + interval '14 day', interval '1 day')
    LOOP
        -- What of the period no partition takes
        first := period;
        LOOP
            SELECT max(b) INTO until FROM unnest(lowest, highest) AS bounds (a, b) WHERE a <= first AND b > first;
            EXIT WHEN until IS NULL;
            first := until;
        END LOOP;
        CONTINUE WHEN first >= period + interval '1 day';
        SELECT least(min(a), period + interval '1 day') INTO until FROM unnest(lowest) AS a WHERE a > first;
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

COMMIT;

-- Rollback: rollback/004_change_schema.sql
