-- Migration 002: alter_users (PostgreSQL)
--
-- Change: alter table users: drop index idx_users (name); add index idx_users (name, city)
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 002_alter_users.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/002_alter_users.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

-- Rollback: rollback/002_alter_users.sql

-- Migration 003: alter_users_online (PostgreSQL)
--
-- Change: alter table users: drop index idx_users (name); add index idx_users (name, city)
-- Purpose: what may take long, while others read and write. Run it again if it is interrupted.
-- Its rollback is that of the migration before it, which undoes both.
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 003_alter_users_online.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_alter_users_online.sql
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

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE c.relname = '_schemagen_new_idx_users' AND i.indrelid = 'users'::regclass AND NOT i.indisvalid) THEN
        DROP INDEX _schemagen_new_idx_users;
    END IF;
END
$schemagen$;

CREATE INDEX CONCURRENTLY IF NOT EXISTS _schemagen_new_idx_users ON users (name, city);

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF (SELECT indisvalid FROM pg_catalog.pg_index WHERE indexrelid = to_regclass('_schemagen_new_idx_users')) AND (replace(pg_get_indexdef(to_regclass('_schemagen_new_idx_users')), quote_ident('_schemagen_new_idx_users'), quote_ident('idx_users')) IS DISTINCT FROM pg_get_indexdef(to_regclass('idx_users'))) THEN
        DROP INDEX IF EXISTS idx_users;
        ALTER INDEX _schemagen_new_idx_users RENAME TO idx_users;
    ELSE
        DROP INDEX IF EXISTS _schemagen_new_idx_users;
    END IF;
END
$schemagen$;

DO $$BEGIN
    PERFORM set_config('search_path', current_setting('schemagen.path'), false),
        set_config('row_security', current_setting('schemagen.rows'), false);
END$$;

