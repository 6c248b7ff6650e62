-- Rollback of migration 003: change_schema (PostgreSQL)
--
-- This stops, before it has changed anything, if:
--   a value of items.code does not fit code (sqlite: text)
--   a value of items.other does not fit short_code (sqlite: text)
--   a value of items.paid does not fit amount (sqlite: integer)
--
-- Run, after the rollbacks of all later migrations: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_change_schema.sql

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

DO $$BEGIN IF to_regclass('items') IS NOT NULL THEN LOCK TABLE items IN ACCESS EXCLUSIVE MODE; END IF; END$$;

ALTER DOMAIN code RENAME TO _schemagen_old_code;

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF to_regtype('code') IS NULL THEN
        CREATE DOMAIN code AS varchar(8) DEFAULT 'none';
    END IF;
END
$schemagen$;

ALTER DOMAIN short_code RENAME TO _schemagen_old_short_code;

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF to_regtype('short_code') IS NULL THEN
        CREATE DOMAIN short_code AS code CONSTRAINT is_short CHECK (length(value) < 9);
    END IF;
END
$schemagen$;

ALTER DOMAIN amount RENAME TO _schemagen_old_amount;

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF to_regtype('amount') IS NULL THEN
        CREATE DOMAIN amount AS integer CONSTRAINT amount_is_positive CHECK (value > 0);
    END IF;
END
$schemagen$;

ALTER TABLE items ALTER COLUMN code DROP DEFAULT;

DO $schemagen$
BEGIN
    IF EXISTS (SELECT FROM items WHERE NOT (((code::varchar(8))::varchar(16))::text IS NOT DISTINCT FROM code::text)) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of items: code does not fit code (sqlite: text); nothing was changed';
    END IF;
EXCEPTION WHEN data_exception THEN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of items: code does not fit code (sqlite: text); nothing was changed';
END
$schemagen$;

ALTER TABLE items ALTER COLUMN code TYPE code;

-- What the planner knew of the column is gone with its type
ANALYZE items (code);

DO $schemagen$
BEGIN
    IF EXISTS (SELECT FROM items WHERE NOT (((other::varchar(8))::varchar(16))::text IS NOT DISTINCT FROM other::text)) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of items: other does not fit short_code (sqlite: text); nothing was changed';
    END IF;
EXCEPTION WHEN data_exception THEN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of items: other does not fit short_code (sqlite: text); nothing was changed';
END
$schemagen$;

ALTER TABLE items ALTER COLUMN other TYPE short_code;

-- What the planner knew of the column is gone with its type
ANALYZE items (other);

DO $schemagen$
BEGIN
    IF EXISTS (SELECT FROM items WHERE NOT ((paid::integer)::numeric(12,2) IS NOT DISTINCT FROM paid)) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of items: paid does not fit amount (sqlite: integer); nothing was changed';
    END IF;
EXCEPTION WHEN data_exception THEN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a row of items: paid does not fit amount (sqlite: integer); nothing was changed';
END
$schemagen$;

ALTER TABLE items ALTER COLUMN paid TYPE amount;

-- What the planner knew of the column is gone with its type
ANALYZE items (paid);

DROP DOMAIN _schemagen_old_amount;

DROP DOMAIN _schemagen_old_short_code;

DROP DOMAIN _schemagen_old_code;

COMMIT;
