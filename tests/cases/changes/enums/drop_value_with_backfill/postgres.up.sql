-- Migration 002: alter_users_role (PostgreSQL)
--
-- Change: alter table users: alter column role: type enum(reader, writer, owner) → enum(reader, writer), values by the
-- backfill
-- Locks: users. Nobody reads or writes while PostgreSQL rewrites the table or its indexes.
-- Stops if what the backfill of users.role gives does not fit enum(reader, writer).
-- Ask before: SELECT id, role FROM (SELECT id, CAST((CASE role WHEN 'owner' THEN 'writer' ELSE role END) AS text) AS
-- role FROM users) AS made WHERE NOT (role IN ('reader', 'writer'));
-- Stops if the backfill of users.role gives NULL.
-- Ask before: SELECT id, role FROM (SELECT id, CAST((CASE role WHEN 'owner' THEN 'writer' ELSE role END) AS text) AS
-- role FROM users) AS made WHERE role IS NULL;
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 002_alter_users_role.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/002_alter_users_role.sql
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

DO $schemagen$
BEGIN
    CREATE TEMPORARY TABLE _schemagen_coming (role text, CONSTRAINT ck_users_role_type CHECK (role IN ('reader', 'writer'))) ON COMMIT DROP;
    IF (SELECT pg_get_expr(conbin, conrelid) FROM pg_catalog.pg_constraint WHERE conname = 'ck_users_role_type' AND conrelid = to_regclass('users')) = (SELECT pg_get_expr(conbin, conrelid) FROM pg_catalog.pg_constraint WHERE conname = 'ck_users_role_type' AND conrelid = 'pg_temp._schemagen_coming'::regclass) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'users.role has been converted already; nothing was changed';
    END IF;
    DROP TABLE pg_temp._schemagen_coming;
END
$schemagen$;

DO $$BEGIN IF to_regclass('users') IS NOT NULL THEN LOCK TABLE users IN ACCESS EXCLUSIVE MODE; END IF; END$$;

ALTER TABLE users DROP CONSTRAINT IF EXISTS ck_users_role_type;

DO $schemagen$
BEGIN
    IF EXISTS (SELECT FROM users WHERE (CASE role WHEN 'owner' THEN 'writer' ELSE role END) IS NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of users: what the backfill of role makes of it is NULL; nothing was changed';
    END IF;
END
$schemagen$;

ALTER TABLE users ALTER COLUMN role TYPE text USING (CASE role WHEN 'owner' THEN 'writer' ELSE role END);

-- What the planner knew of the column is gone with its type
ANALYZE users (role);

DO $schemagen$
BEGIN
    IF EXISTS (SELECT FROM users WHERE NOT (role IN ('reader', 'writer'))) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of users: what the backfill of role makes of it does not fit enum(reader, writer); nothing was changed';
    END IF;
END
$schemagen$;

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conname = 'ck_users_role_type' AND conrelid = 'users'::regclass) THEN
        ALTER TABLE users ADD CONSTRAINT ck_users_role_type CHECK (role IN ('reader', 'writer')) NOT VALID;
    END IF;
END
$schemagen$;

COMMIT;

-- Rollback: rollback/002_alter_users_role.sql, which loses:
--   the values of users.role from before: what its backfill made of them stays

-- Migration 003: alter_users_role_online (PostgreSQL)
--
-- Purpose: what may take long, while others read and write. Run it again if it is interrupted.
-- Its rollback is that of the migration before it, which undoes both.
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 003_alter_users_role_online.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_alter_users_role_online.sql
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

ALTER TABLE users VALIDATE CONSTRAINT ck_users_role_type;

DO $$BEGIN
    PERFORM set_config('search_path', current_setting('schemagen.path'), false),
        set_config('row_security', current_setting('schemagen.rows'), false);
END$$;

