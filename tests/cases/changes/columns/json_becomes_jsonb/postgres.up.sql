-- Migration 002: alter_users_prefs (PostgreSQL)
--
-- Change: alter table users: alter column prefs: type json → jsonb
-- Locks: users. Nobody reads or writes while PostgreSQL rewrites the table or its indexes.
-- Stops if a value of users.prefs does not fit jsonb.
-- Ask before: SELECT id, prefs FROM users WHERE CASE WHEN pg_input_is_valid(prefs::text, 'jsonb') THEN CASE WHEN
-- pg_input_is_valid((prefs::text::jsonb)::text, 'json') THEN NOT (prefs IS NULL OR prefs::jsonb IS NOT NULL) ELSE prefs
-- IS NOT NULL END ELSE prefs IS NOT NULL END;
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 002_alter_users_prefs.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/002_alter_users_prefs.sql
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

DO $schemagen$
BEGIN
    IF EXISTS (SELECT FROM users WHERE NOT (prefs IS NULL OR prefs::jsonb IS NOT NULL)) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of users: prefs does not fit jsonb; nothing was changed';
    END IF;
EXCEPTION WHEN data_exception THEN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of users: prefs does not fit jsonb; nothing was changed';
END
$schemagen$;

ALTER TABLE users ALTER COLUMN prefs TYPE jsonb USING prefs::text::jsonb;

-- What the planner knew of the column is gone with its type
ANALYZE users (prefs);

COMMIT;

-- Rollback: rollback/002_alter_users_prefs.sql
