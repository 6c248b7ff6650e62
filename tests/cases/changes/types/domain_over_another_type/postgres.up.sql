-- Migration 003: change_schema (PostgreSQL)
--
-- Change: alter domain code: varchar(8) → varchar(16), default 'nothing'
-- Change: alter domain short_code: code is another type
-- Change: alter domain amount: integer → numeric(12,2)
-- Change: alter table items: alter column code: values of what code (sqlite: text) is now, default `'none'` →
-- `'nothing'`; alter column other: values of what short_code (sqlite: text) is now; alter column paid: type amount
-- (sqlite: integer) → amount (sqlite: real)
-- Locks: items. Nobody reads or writes while PostgreSQL rewrites the table or its indexes.
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 003_change_schema.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_change_schema.sql
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

DO $$BEGIN IF to_regclass('items') IS NOT NULL THEN LOCK TABLE items IN ACCESS EXCLUSIVE MODE; END IF; END$$;

ALTER DOMAIN code RENAME TO _schemagen_old_code;

DO $schemagen$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    IF to_regtype('code') IS NULL THEN
        CREATE DOMAIN code AS varchar(16) DEFAULT 'nothing';
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
        CREATE DOMAIN amount AS numeric(12,2) CONSTRAINT amount_is_positive CHECK (value > 0);
    END IF;
END
$schemagen$;

ALTER TABLE items ALTER COLUMN code DROP DEFAULT;

ALTER TABLE items ALTER COLUMN code TYPE code;

-- What the planner knew of the column is gone with its type
ANALYZE items (code);

ALTER TABLE items ALTER COLUMN other TYPE short_code;

-- What the planner knew of the column is gone with its type
ANALYZE items (other);

ALTER TABLE items ALTER COLUMN paid TYPE amount;

-- What the planner knew of the column is gone with its type
ANALYZE items (paid);

DROP DOMAIN _schemagen_old_amount;

DROP DOMAIN _schemagen_old_short_code;

DROP DOMAIN _schemagen_old_code;

COMMIT;

-- Rollback: rollback/003_change_schema.sql
-- The rollback stops, before it has changed anything, if:
--   a value of items.code does not fit code (sqlite: text)
--   a value of items.other does not fit short_code (sqlite: text)
--   a value of items.paid does not fit amount (sqlite: integer)
