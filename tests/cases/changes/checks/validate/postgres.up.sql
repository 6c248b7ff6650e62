-- Migration 002: validate_ck_users_adult (PostgreSQL)
--
-- Change: alter table users: validate check ck_users_adult
-- Stops if a row of users breaks `age >= 18`.
-- Ask before: SELECT id, age FROM users AS made WHERE NOT (age >= 18);
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 002_validate_ck_users_adult.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/002_validate_ck_users_adult.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

-- Rollback: rollback/002_validate_ck_users_adult.sql

-- Migration 003: validate_ck_users_adult_online (PostgreSQL)
--
-- Change: alter table users: validate check ck_users_adult
-- Purpose: what may take long, while others read and write. Run it again if it is interrupted.
-- Its rollback is that of the migration before it, which undoes both.
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 003_validate_ck_users_adult_online.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_validate_ck_users_adult_online.sql
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

ALTER TABLE users VALIDATE CONSTRAINT ck_users_adult;

DO $$BEGIN
    PERFORM set_config('search_path', current_setting('schemagen.path'), false),
        set_config('row_security', current_setting('schemagen.rows'), false);
END$$;

