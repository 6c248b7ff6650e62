-- Migration 004: create_messages (PostgreSQL)
--
-- Table: messages
-- Purpose: One message of a thread, written by the user, the assistant or the system; never edited.
-- Security: The foreign key (conversation_id, user_id) makes sure that a message belongs to the owner of its
-- conversation: a message under somebody else's name is refused by the database.
-- Security: Deleting a user or a conversation deletes its messages.
-- Security: A check allows the roles user, assistant and system only.
-- Security: Messages are never edited; UPDATE is refused by a trigger.
-- Ordering: created_at orders a thread. The default is clock_timestamp(), because now() would give two messages of one
-- PostgreSQL transaction the same time; SQLite's has milliseconds. id makes the order of a tie stable, not
-- chronological: an application that adds several messages at once sets created_at itself.
-- Design decisions: The roles are those of seeds 001 and 003: user, assistant, system. Seed 002 calls the assistant
-- 'agent'.
-- Design decisions: Seed 002 declares two foreign keys, on conversation_id and on user_id, and claims that a message
-- belongs to the owner of its conversation; two separate keys cannot hold that. The key (conversation_id, user_id)
-- does, and contains the first of them.
-- Design decisions: Seed 001 has two indexes, seed 002 three, seed 003 suggests one more on created_at. All are here,
-- each with its query or its reason; the composite one is written last, because PostgreSQL prices it like the single
-- one for a short thread and then takes the newest.
-- Design decisions: The history is read through the conversation of the user instead of by messages.user_id: PostgreSQL
-- takes two columns as independent and would merge two indexes (measured), although the second condition excludes
-- nothing.
-- Design decisions: tool_calls is jsonb: calls vary in shape, PostgreSQL can query inside them, and Pydantic reads and
-- writes them. Seed 001 stores the same list as a string.
-- Depends on: users, conversations
-- Referenced by: nothing
--
-- Run:       psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f 004_create_messages.sql
-- Roll back: psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f rollback/004_create_messages.sql
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

CREATE TABLE IF NOT EXISTS messages (
    id               uuid         NOT NULL DEFAULT gen_random_uuid(),  -- Unique identifier
    conversation_id  uuid         NOT NULL,                            -- The thread it belongs to
    -- Owner of the thread, so that audits and deletions by user need no join
    user_id          uuid         NOT NULL,
    role             text         NOT NULL,                            -- Who wrote it
    -- What was said; empty only when the assistant did nothing but call tools
    content          text         NOT NULL,
    -- Audit trail of the tools that the assistant called, in order
    tool_calls       jsonb,
    -- Size of the content in the model's tokens, if it was counted
    token_count      integer,
    -- Room to grow without a migration, such as the model that answered
    metadata         jsonb        NOT NULL DEFAULT '{}',
    -- When it was written (UTC, millisecond precision or better): the order of the thread
    created_at       timestamptz  NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT pk_messages PRIMARY KEY (id),
    CONSTRAINT fk_messages_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    -- A message belongs to a conversation of the same user, or it is refused
    CONSTRAINT fk_messages_conversation_id_user_id FOREIGN KEY (conversation_id, user_id) REFERENCES conversations (id, user_id) ON DELETE CASCADE,
    CONSTRAINT ck_messages_role_type CHECK (role IN ('user', 'assistant', 'system')),
    CONSTRAINT ck_messages_content_type CHECK (length(content) <= 100000),
    -- No empty messages, except that an assistant may only call tools
    CONSTRAINT ck_messages_content_not_empty CHECK (length(content) > 0 OR tool_calls IS NOT NULL),
    -- Only the assistant calls tools
    CONSTRAINT ck_messages_tool_calls_by_assistant CHECK (tool_calls IS NULL OR role = 'assistant'),
    -- The calls are a list, even when there is one
    CONSTRAINT ck_messages_tool_calls_is_list CHECK (jsonb_typeof(tool_calls) = 'array'),
    CONSTRAINT ck_messages_token_count_not_negative CHECK (token_count >= 0)  -- A count is never below zero
);

-- Descriptions
COMMENT ON TABLE messages IS 'One message of a thread, written by the user, the assistant or the system; never edited.';

COMMENT ON COLUMN messages.id IS 'Unique identifier';

COMMENT ON COLUMN messages.conversation_id IS 'The thread it belongs to';

COMMENT ON COLUMN messages.user_id IS 'Owner of the thread, so that audits and deletions by user need no join';

COMMENT ON COLUMN messages.role IS 'Who wrote it';

COMMENT ON COLUMN messages.content IS 'What was said; empty only when the assistant did nothing but call tools';

COMMENT ON COLUMN messages.tool_calls IS 'Audit trail of the tools that the assistant called, in order';

COMMENT ON COLUMN messages.token_count IS 'Size of the content in the model''s tokens, if it was counted';

COMMENT ON COLUMN messages.metadata IS 'Room to grow without a migration, such as the model that answered';

COMMENT ON COLUMN messages.created_at IS 'When it was written (UTC, millisecond precision or better): the order of the thread';

-- Fast look-up of a thread; serves the foreign key to conversations
CREATE INDEX IF NOT EXISTS idx_messages_conversation_id ON messages (conversation_id);

-- The audit trail of one user; serves the foreign key to users
CREATE INDEX IF NOT EXISTS idx_messages_user_id ON messages (user_id);

-- The oldest messages of all threads, to archive them in batches
CREATE INDEX IF NOT EXISTS idx_messages_created_at ON messages (created_at);

-- A thread in order, filtered and sorted by one index
CREATE INDEX IF NOT EXISTS idx_messages_conversation_id_created_at ON messages (conversation_id, created_at);

-- Rows of messages are never updated
CREATE OR REPLACE FUNCTION trg_messages_append_only() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = pg_current_xact_id()::text THEN
        IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'messages is append-only';
END
$schemagen$;

CREATE OR REPLACE TRIGGER trg_messages_append_only
BEFORE UPDATE ON messages FOR EACH ROW
EXECUTE FUNCTION trg_messages_append_only();

-- A change to messages refreshes conversations.updated_at
CREATE OR REPLACE FUNCTION trg_messages_conversation_id_user_id_touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $schemagen$
BEGIN
    IF current_setting('schemagen.suspend_triggers', true) = pg_current_xact_id()::text THEN
        IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
            RETURN NULL;
        END IF;
    END IF;
    UPDATE conversations SET updated_at = now()
    WHERE (id = NEW.conversation_id AND user_id = NEW.user_id OR id = OLD.conversation_id AND user_id = OLD.user_id) AND updated_at IS DISTINCT FROM now();
    RETURN NULL;
END
$schemagen$;

CREATE OR REPLACE TRIGGER trg_messages_conversation_id_user_id_touch
AFTER INSERT OR UPDATE OR DELETE ON messages FOR EACH ROW
EXECUTE FUNCTION trg_messages_conversation_id_user_id_touch();

COMMIT;

-- Rollback, the same as rollback/004_create_messages.sql.
-- It loses:
--   every row of table messages
--
-- BEGIN;
-- DO $$BEGIN
--     PERFORM set_config('row_security', 'off', true);
--     PERFORM set_config('search_path', concat_ws(', ', quote_ident(current_schema()), 'pg_temp'), true);
-- END$$;
-- DROP TRIGGER IF EXISTS trg_messages_conversation_id_user_id_touch ON messages;
-- DROP FUNCTION IF EXISTS trg_messages_conversation_id_user_id_touch();
-- DROP TRIGGER IF EXISTS trg_messages_append_only ON messages;
-- DROP FUNCTION IF EXISTS trg_messages_append_only();
-- DROP TABLE IF EXISTS messages;
-- COMMIT;
