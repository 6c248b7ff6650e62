-- Migration 003: create_conversations (PostgreSQL)
--
-- Table: conversations
-- Purpose: One chat thread of one user.
-- Security: The foreign key to users makes sure that every conversation has an owner.
-- Security: Deleting a user deletes the user's conversations and all of their messages.
-- Security: Every query carries user_id = :user_id; only the archiving job looks across users.
-- Design decisions: title is varchar(255) as in seed 002; seed 001's 200 characters fit in it.
-- Design decisions: Seed 003 suggests description and status. Neither has a reader yet: metadata takes such values
-- until one has, and an archived thread is moved, not flagged.
-- Design decisions: Seed 001 indexes updated_at alone, seed 002 (user_id, updated_at). Lists of a user need the second;
-- the first serves archiving, which looks at all users.
-- Design decisions: The composite index is written after the single ones. PostgreSQL prices both alike for a short list
-- and then takes the newest one, which here saves the sort.
-- Depends on: users
-- Referenced by: messages (on delete cascade), conversation_agents (on delete cascade)
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 003_create_conversations.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/003_create_conversations.sql
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

CREATE TABLE IF NOT EXISTS conversations (
    id          uuid          NOT NULL DEFAULT gen_random_uuid(),  -- Unique identifier
    -- Owner, of the same type as the key of users; every query filters by it
    user_id     uuid          NOT NULL,
    -- Shown in the sidebar; NULL until the thread has a name
    title       varchar(255),
    metadata    jsonb         NOT NULL DEFAULT '{}',               -- Room to grow without a migration
    created_at  timestamptz   NOT NULL DEFAULT now(),              -- When the thread began (UTC); never changes
    -- Refreshed on each message and each change of the thread (UTC)
    updated_at  timestamptz   NOT NULL DEFAULT now(),

    CONSTRAINT pk_conversations PRIMARY KEY (id),
    CONSTRAINT fk_conversations_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    -- The target of the composite foreign key by which a message proves its owner
    CONSTRAINT uq_conversations_id_user_id UNIQUE (id, user_id)
);

-- Descriptions
COMMENT ON TABLE conversations IS 'One chat thread of one user.';

COMMENT ON COLUMN conversations.id IS 'Unique identifier';

COMMENT ON COLUMN conversations.user_id IS 'Owner, of the same type as the key of users; every query filters by it';

COMMENT ON COLUMN conversations.title IS 'Shown in the sidebar; NULL until the thread has a name';

COMMENT ON COLUMN conversations.metadata IS 'Room to grow without a migration';

COMMENT ON COLUMN conversations.created_at IS 'When the thread began (UTC); never changes';

COMMENT ON COLUMN conversations.updated_at IS 'Refreshed on each message and each change of the thread (UTC)';

-- Fast listing of a user's threads
CREATE INDEX IF NOT EXISTS idx_conversations_user_id ON conversations (user_id);

-- Threads that nobody has used for long, to archive them
CREATE INDEX IF NOT EXISTS idx_conversations_updated_at ON conversations (updated_at);

-- A user's threads, most recent first, filtered and sorted by one index
CREATE INDEX IF NOT EXISTS idx_conversations_user_id_updated_at ON conversations (user_id, updated_at DESC);

-- conversations.created_at never changes
CREATE OR REPLACE FUNCTION trg_conversations_created_at_immutable() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = pg_current_xact_id()::text THEN
        IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'conversations.created_at is immutable';
END
$schemagen$;

CREATE OR REPLACE TRIGGER trg_conversations_created_at_immutable
BEFORE UPDATE ON conversations FOR EACH ROW WHEN (NEW.created_at IS DISTINCT FROM OLD.created_at)
EXECUTE FUNCTION trg_conversations_created_at_immutable();

-- conversations.updated_at is refreshed by an UPDATE that does not set it
CREATE OR REPLACE FUNCTION trg_conversations_updated_at_row_update() RETURNS trigger LANGUAGE plpgsql
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

CREATE OR REPLACE TRIGGER trg_conversations_updated_at_row_update
BEFORE UPDATE ON conversations FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
EXECUTE FUNCTION trg_conversations_updated_at_row_update();

COMMIT;

-- Rollback, the same as rollback/003_create_conversations.sql.
-- It loses:
--   every row of table conversations
--
-- BEGIN;
-- DO $$BEGIN
--     PERFORM set_config('row_security', 'off', true);
--     PERFORM set_config('search_path', concat_ws(', ', quote_ident(current_schema()), 'pg_temp'), true);
-- END$$;
-- DROP TRIGGER IF EXISTS trg_conversations_updated_at_row_update ON conversations;
-- DROP FUNCTION IF EXISTS trg_conversations_updated_at_row_update();
-- DROP TRIGGER IF EXISTS trg_conversations_created_at_immutable ON conversations;
-- DROP FUNCTION IF EXISTS trg_conversations_created_at_immutable();
-- DROP TABLE IF EXISTS conversations;
-- COMMIT;
