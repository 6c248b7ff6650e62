-- Migration 002: add_users_created_at (PostgreSQL)
--
-- Change: alter table users: add column created_at (timestamptz, NOT NULL, default `now()`)
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 002_add_users_created_at.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/002_add_users_created_at.sql
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

ALTER TABLE users ADD COLUMN IF NOT EXISTS created_at timestamptz;

ALTER TABLE users ALTER COLUMN created_at SET DEFAULT now();

COMMIT;

-- Rollback: rollback/002_add_users_created_at.sql, which loses:
--   column users.created_at with its values

-- Migration 003: add_users_created_at_online (PostgreSQL)
--
-- Change: alter table users: add column created_at (timestamptz, NOT NULL, default `now()`)
-- Purpose: what may take long, while others read and write. Run it again if it is interrupted.
-- Its rollback is that of the migration before it, which undoes both.
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 003_add_users_created_at_online.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_add_users_created_at_online.sql
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
BEGIN
    LOOP
        schemagen_page := 0;
        schemagen_pages := pg_relation_size('users'::regclass) / current_setting('block_size')::bigint;
        WHILE schemagen_page <= schemagen_pages LOOP
            PERFORM set_config('schemagen.suspend_triggers', pg_current_xact_id()::text, true);
            UPDATE users SET created_at = (now()) WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM users WHERE ctid >= format('(%s,0)', schemagen_page)::tid
                    AND ctid < format('(%s,0)', schemagen_page + 50)::tid AND created_at IS NULL
                FOR UPDATE SKIP LOCKED));
            COMMIT;
            schemagen_page := schemagen_page + 50;
        END LOOP;
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conname = 'schemagen_users_created_at_not_null' AND conrelid = 'users'::regclass) THEN
            PERFORM set_config('lock_timeout', '5s', true);
            ALTER TABLE users ADD CONSTRAINT schemagen_users_created_at_not_null CHECK (created_at IS NOT NULL) NOT VALID;
            COMMIT;
            CONTINUE;
        END IF;
        EXIT WHEN NOT EXISTS (SELECT FROM users WHERE created_at IS NULL AND (now()) IS NOT NULL);
        PERFORM pg_sleep(0.1);
    END LOOP;
END
$schemagen$;

ALTER TABLE users VALIDATE CONSTRAINT schemagen_users_created_at_not_null;

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conname = 'schemagen_users_created_at_not_null' AND conrelid = 'users'::regclass) THEN
        ALTER TABLE users ALTER COLUMN created_at SET NOT NULL;
        ALTER TABLE users DROP CONSTRAINT schemagen_users_created_at_not_null;
    END IF;
END
$schemagen$;

DO $$BEGIN
    PERFORM set_config('search_path', current_setting('schemagen.path'), false),
        set_config('row_security', current_setting('schemagen.rows'), false);
END$$;

