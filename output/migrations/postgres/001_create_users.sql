-- Migration 001: create_users (PostgreSQL)
--
-- Table: users
-- Purpose: One account, with an e-mail address and a bcrypt password hash.
-- Security: A random UUID as the key prevents sequential enumeration of accounts.
-- Security: The unique index on email allows one account per address; the application stores addresses in lower case.
-- Security: The password is kept as a bcrypt hash, never in plain text, and a check refuses anything that is no bcrypt
-- hash.
-- Security: created_at is immutable, updated_at follows every change.
-- Design decisions: Seed 002 asks for UNIQUE on email and for the index idx_users_email. One unique index of that name
-- is both; a constraint and an index would be two copies of the same tree.
-- Design decisions: password_hash is varchar(255) as in the seed although bcrypt needs 60 characters: another algorithm
-- then needs only a new check, not a wider column.
-- Depends on: nothing
-- Referenced by: tasks (on delete cascade), conversations (on delete cascade), messages (on delete cascade)
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 001_create_users.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/001_create_users.sql
-- Running it again is safe while it is the newest migration.

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

CREATE TABLE IF NOT EXISTS users (
    -- Unique identifier; not sequential, so accounts cannot be counted or guessed
    id             uuid          NOT NULL DEFAULT gen_random_uuid(),
    -- Login name, in lower case; one account per address
    email          varchar(255)  NOT NULL,
    -- bcrypt hash of the password, never the password itself
    password_hash  varchar(255)  NOT NULL,
    created_at     timestamptz   NOT NULL DEFAULT now(),              -- When the account was made (UTC); never changes
    updated_at     timestamptz   NOT NULL DEFAULT now(),              -- When the account last changed (UTC)

    CONSTRAINT pk_users PRIMARY KEY (id),
    -- Refuses a password that was stored by mistake as plain text
    CONSTRAINT ck_users_password_hash_is_bcrypt CHECK (substr(password_hash, 1, 2) = '$2' AND length(password_hash) = 60)
);

-- Descriptions
COMMENT ON TABLE users IS 'One account, with an e-mail address and a bcrypt password hash.';

COMMENT ON COLUMN users.id IS 'Unique identifier; not sequential, so accounts cannot be counted or guessed';

COMMENT ON COLUMN users.email IS 'Login name, in lower case; one account per address';

COMMENT ON COLUMN users.password_hash IS 'bcrypt hash of the password, never the password itself';

COMMENT ON COLUMN users.created_at IS 'When the account was made (UTC); never changes';

COMMENT ON COLUMN users.updated_at IS 'When the account last changed (UTC)';

-- One account per address, and the fast look-up of every login
CREATE UNIQUE INDEX IF NOT EXISTS idx_users_email ON users (email);

-- users.created_at never changes
CREATE OR REPLACE FUNCTION trg_users_created_at_immutable() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = pg_current_xact_id()::text THEN
        IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'users.created_at is immutable';
END
$schemagen$;

CREATE OR REPLACE TRIGGER trg_users_created_at_immutable
BEFORE UPDATE ON users FOR EACH ROW WHEN (NEW.created_at IS DISTINCT FROM OLD.created_at)
EXECUTE FUNCTION trg_users_created_at_immutable();

-- users.updated_at is refreshed by an UPDATE that does not set it
CREATE OR REPLACE FUNCTION trg_users_updated_at_row_update() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = pg_current_xact_id()::text THEN
        IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
            RETURN NEW;
        END IF;
    END IF;
    NEW.updated_at := now();
    RETURN NEW;
END
$schemagen$;

CREATE OR REPLACE TRIGGER trg_users_updated_at_row_update
BEFORE UPDATE ON users FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
EXECUTE FUNCTION trg_users_updated_at_row_update();

COMMIT;

-- Rollback, the same as rollback/001_create_users.sql.
-- It loses:
--   every row of table users
--
-- BEGIN;
-- DO $$BEGIN
--     PERFORM set_config('row_security', 'off', true);
--     PERFORM set_config('search_path', concat_ws(', ', quote_ident(current_schema()), 'pg_temp'), true);
-- END$$;
-- DROP TRIGGER IF EXISTS trg_users_updated_at_row_update ON users;
-- DROP FUNCTION IF EXISTS trg_users_updated_at_row_update();
-- DROP TRIGGER IF EXISTS trg_users_created_at_immutable ON users;
-- DROP FUNCTION IF EXISTS trg_users_created_at_immutable();
-- DROP TABLE IF EXISTS users;
-- COMMIT;
