-- Rollback of migration 003: alter_events (PostgreSQL)
--
-- This loses:
--   column events.seen_at with its values
--   column events.user_id with its values
--
-- Run, after the rollbacks of all later migrations: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_alter_events.sql

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
                (to_regclass('users'), 'ACCESS EXCLUSIVE')
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

ALTER TABLE events DROP CONSTRAINT IF EXISTS fk_events_user_id;

DROP INDEX IF EXISTS idx_events_region;

ALTER TABLE events DROP CONSTRAINT IF EXISTS uq_events_region_id_created_at;

DROP INDEX IF EXISTS uq_events_region_id_created_at;

ALTER TABLE events DROP CONSTRAINT IF EXISTS ck_events_has_region;

ALTER TABLE events DROP COLUMN IF EXISTS seen_at;

ALTER TABLE events DROP COLUMN IF EXISTS user_id;

ALTER TABLE events ADD COLUMN IF NOT EXISTS note text;

CREATE INDEX IF NOT EXISTS idx_events_note ON events (note);

COMMIT;

-- Rollback of migration 004: alter_events_online (PostgreSQL)
--
-- Run, after the rollbacks of all later migrations: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/004_alter_events_online.sql
--
-- Nothing to do on PostgreSQL.
