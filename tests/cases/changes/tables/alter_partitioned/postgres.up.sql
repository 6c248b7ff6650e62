-- Migration 003: alter_events (PostgreSQL)
--
-- Change: alter table events: drop index idx_events_note (note); drop column note; add column seen_at (timestamptz, NOT
-- NULL, default `now()`); add column user_id (bigint); add unique constraint uq_events_region_id_created_at (region,
-- id, created_at); add check ck_events_has_region `region <> ''`; add foreign key fk_events_user_id (user_id) → users
-- (id), on delete cascade; add index idx_events_region (region)
-- Locks: events. Nobody reads or writes while PostgreSQL reads its partitions for what is new.
-- Stops if a row of events breaks `region <> ''`.
-- Ask before: SELECT id, created_at, region FROM events AS made WHERE NOT (region <> '');
--
-- This loses:
--   column events.note with its values
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 003_alter_events.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_alter_events.sql
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
                (to_regclass('events'), 'ACCESS EXCLUSIVE'),
                (to_regclass('users'), 'SHARE ROW EXCLUSIVE')
            LOOP
                CONTINUE WHEN relation IS NULL;
                EXECUTE format('LOCK TABLE %s IN %s MODE', relation, mode);
            END LOOP; EXIT;
        EXCEPTION WHEN lock_not_available THEN
            IF attempt = 1 THEN RAISE lock_not_available USING MESSAGE = 'others keep events, users locked; nothing was changed, run this again'; END IF;
            PERFORM pg_sleep(0.1 + random() / 10);
        END;
    END LOOP;
END
$schemagen$;

DROP INDEX IF EXISTS idx_events_note;

ALTER TABLE events DROP COLUMN IF EXISTS note;

ALTER TABLE events ADD COLUMN IF NOT EXISTS seen_at timestamptz;

ALTER TABLE events ALTER COLUMN seen_at SET DEFAULT now();

ALTER TABLE events ADD COLUMN IF NOT EXISTS user_id bigint;

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conname = 'uq_events_region_id_created_at' AND conrelid = 'events'::regclass) THEN
        ALTER TABLE events ADD CONSTRAINT uq_events_region_id_created_at UNIQUE (region, id, created_at);
    END IF;
END
$schemagen$;

CREATE INDEX IF NOT EXISTS idx_events_region ON events (region);

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conname = 'ck_events_has_region' AND conrelid = 'events'::regclass) THEN
        ALTER TABLE events ADD CONSTRAINT ck_events_has_region CHECK (region <> '') NOT VALID;
    END IF;
END
$schemagen$;

ALTER TABLE events ADD CONSTRAINT fk_events_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE;

COMMIT;

-- Rollback: rollback/003_alter_events.sql, which loses:
--   column events.seen_at with its values
--   column events.user_id with its values

-- Migration 004: alter_events_online (PostgreSQL)
--
-- Change: alter table events: add column seen_at (timestamptz, NOT NULL, default `now()`); add check
-- ck_events_has_region `region <> ''`
-- Purpose: what may take long, while others read and write. Run it again if it is interrupted.
-- Its rollback is that of the migration before it, which undoes both.
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 004_alter_events_online.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/004_alter_events_online.sql
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

-- Rows that are there take their value
DO $schemagen$
DECLARE
    schemagen_page bigint;
    schemagen_pages bigint;
    schemagen_stride bigint;
BEGIN
    LOOP
        schemagen_page := 0;
        SELECT max(pg_relation_size(relid)) / current_setting('block_size')::bigint, greatest(50 / count(*), 1)
            INTO schemagen_pages, schemagen_stride FROM pg_partition_tree('events'::regclass) WHERE isleaf;
        WHILE schemagen_page <= schemagen_pages LOOP
            PERFORM set_config('schemagen.suspend_triggers', pg_current_xact_id()::text, true);
            UPDATE events SET seen_at = (now()) WHERE ctid >= format('(%s,0)', schemagen_page)::tid
                AND ctid < format('(%s,0)', schemagen_page + schemagen_stride)::tid AND (tableoid, ctid) IN (
                SELECT tableoid, ctid FROM events WHERE ctid >= format('(%s,0)', schemagen_page)::tid
                    AND ctid < format('(%s,0)', schemagen_page + schemagen_stride)::tid AND seen_at IS NULL
                FOR UPDATE SKIP LOCKED);
            COMMIT;
            schemagen_page := schemagen_page + schemagen_stride;
        END LOOP;
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conname = 'schemagen_events_seen_at_not_null' AND conrelid = 'events'::regclass) THEN
            PERFORM set_config('lock_timeout', '5s', true);
            ALTER TABLE events ADD CONSTRAINT schemagen_events_seen_at_not_null CHECK (seen_at IS NOT NULL) NOT VALID;
            COMMIT;
            CONTINUE;
        END IF;
        EXIT WHEN NOT EXISTS (SELECT FROM events WHERE seen_at IS NULL AND (now()) IS NOT NULL);
        PERFORM pg_sleep(0.1);
    END LOOP;
END
$schemagen$;

ALTER TABLE events VALIDATE CONSTRAINT schemagen_events_seen_at_not_null;

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conname = 'schemagen_events_seen_at_not_null' AND conrelid = 'events'::regclass) THEN
        ALTER TABLE events ALTER COLUMN seen_at SET NOT NULL;
        ALTER TABLE events DROP CONSTRAINT schemagen_events_seen_at_not_null;
    END IF;
END
$schemagen$;

ALTER TABLE events VALIDATE CONSTRAINT ck_events_has_region;

DO $$BEGIN
    PERFORM set_config('search_path', current_setting('schemagen.path'), false),
        set_config('row_security', current_setting('schemagen.rows'), false);
END$$;

