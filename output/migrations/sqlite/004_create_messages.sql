-- Migration 004: create_messages (SQLite)
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
-- Run:       sqlite3 -bail app.db < 004_create_messages.sql
-- Roll back: sqlite3 -bail app.db < rollback/004_create_messages.sql
-- Running it again is safe while it is the newest migration.

PRAGMA foreign_keys = ON;

BEGIN;

CREATE TABLE IF NOT EXISTS messages (
    id               TEXT     NOT NULL DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        /* [uuid] Unique identifier */,
    conversation_id  TEXT     NOT NULL               /* [uuid] The thread it belongs to */,
    user_id          TEXT     NOT NULL
        /* [uuid] Owner of the thread, so that audits and deletions by user need no join */,
    role             TEXT     NOT NULL               /* [enum] Who wrote it */,
    content          TEXT     NOT NULL
        /* What was said; empty only when the assistant did nothing but call tools */,
    tool_calls       TEXT
        /* [jsonb] Audit trail of the tools that the assistant called, in order */,
    token_count      INTEGER                         /* Size of the content in the model's tokens, if it was counted */,
    metadata         TEXT     NOT NULL DEFAULT '{}'
        /* [jsonb] Room to grow without a migration, such as the model that answered */,
    created_at       TEXT     NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
        /* [timestamptz] When it was written (UTC, millisecond precision or better): the order of the thread */,

    CONSTRAINT pk_messages PRIMARY KEY (id),
    CONSTRAINT fk_messages_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    -- A message belongs to a conversation of the same user, or it is refused
    CONSTRAINT fk_messages_conversation_id_user_id FOREIGN KEY (conversation_id, user_id) REFERENCES conversations (id, user_id) ON DELETE CASCADE,
    CONSTRAINT ck_messages_id_type CHECK (id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND length(CAST(replace(id, '-', '') AS BLOB)) = 32),
    CONSTRAINT ck_messages_conversation_id_type CHECK (conversation_id GLOB '????????-????-????-????-????????????' AND conversation_id NOT GLOB '*[^0-9a-f-]*' AND length(CAST(replace(conversation_id, '-', '') AS BLOB)) = 32),
    CONSTRAINT ck_messages_user_id_type CHECK (user_id GLOB '????????-????-????-????-????????????' AND user_id NOT GLOB '*[^0-9a-f-]*' AND length(CAST(replace(user_id, '-', '') AS BLOB)) = 32),
    CONSTRAINT ck_messages_role_type CHECK (role IN ('user', 'assistant', 'system')),
    CONSTRAINT ck_messages_content_type CHECK (length(content) <= 100000 AND instr(content, char(0)) = 0),
    CONSTRAINT ck_messages_tool_calls_type CHECK ((tool_calls IS NULL OR json_valid(tool_calls)) AND instr(tool_calls, char(0)) = 0),
    CONSTRAINT ck_messages_token_count_type CHECK (token_count BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT ck_messages_metadata_type CHECK ((metadata IS NULL OR json_valid(metadata)) AND instr(metadata, char(0)) = 0),
    CONSTRAINT ck_messages_created_at_type CHECK (substr(created_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND created_at >= '0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19), '+0 days') || substr(created_at, 20) IS created_at),
    -- No empty messages, except that an assistant may only call tools
    CONSTRAINT ck_messages_content_not_empty CHECK (length(content) > 0 OR tool_calls IS NOT NULL),
    -- Only the assistant calls tools
    CONSTRAINT ck_messages_tool_calls_by_assistant CHECK (tool_calls IS NULL OR role = 'assistant'),
    -- The calls are a list, even when there is one
    CONSTRAINT ck_messages_tool_calls_is_list CHECK (CASE json_type(tool_calls) WHEN 'text' THEN 'string' WHEN 'integer' THEN 'number' WHEN 'real' THEN 'number' WHEN 'true' THEN 'boolean' WHEN 'false' THEN 'boolean' ELSE json_type(tool_calls) END = 'array'),
    CONSTRAINT ck_messages_token_count_not_negative CHECK (token_count >= 0)  -- A count is never below zero
) STRICT;

-- Fast look-up of a thread; serves the foreign key to conversations
CREATE INDEX IF NOT EXISTS idx_messages_conversation_id ON messages (conversation_id);

-- The audit trail of one user; serves the foreign key to users
CREATE INDEX IF NOT EXISTS idx_messages_user_id ON messages (user_id);

-- The oldest messages of all threads, to archive them in batches
CREATE INDEX IF NOT EXISTS idx_messages_created_at ON messages (created_at);

-- A thread in order, filtered and sorted by one index
CREATE INDEX IF NOT EXISTS idx_messages_conversation_id_created_at ON messages (conversation_id, created_at);

-- Rows of messages are never updated
CREATE TRIGGER IF NOT EXISTS trg_messages_append_only
BEFORE UPDATE ON messages FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'messages is append-only');
END;

-- A change to messages refreshes conversations.updated_at
CREATE TRIGGER IF NOT EXISTS trg_messages_conversation_id_user_id_touch_insert
AFTER INSERT ON messages FOR EACH ROW
BEGIN
    UPDATE conversations SET updated_at = (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
    WHERE id = NEW.conversation_id AND user_id = NEW.user_id AND updated_at IS NOT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z');
END;

CREATE TRIGGER IF NOT EXISTS trg_messages_conversation_id_user_id_touch_update
AFTER UPDATE ON messages FOR EACH ROW
BEGIN
    UPDATE conversations SET updated_at = (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
    WHERE (id = NEW.conversation_id AND user_id = NEW.user_id OR id = OLD.conversation_id AND user_id = OLD.user_id) AND updated_at IS NOT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z');
END;

CREATE TRIGGER IF NOT EXISTS trg_messages_conversation_id_user_id_touch_delete
AFTER DELETE ON messages FOR EACH ROW
BEGIN
    UPDATE conversations SET updated_at = (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
    WHERE id = OLD.conversation_id AND user_id = OLD.user_id AND updated_at IS NOT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z');
END;

COMMIT;

-- Rollback, the same as rollback/004_create_messages.sql.
-- It loses:
--   every row of table messages
--
-- PRAGMA foreign_keys = OFF;
-- BEGIN;
-- DROP TRIGGER IF EXISTS trg_messages_conversation_id_user_id_touch_insert;
-- DROP TRIGGER IF EXISTS trg_messages_conversation_id_user_id_touch_update;
-- DROP TRIGGER IF EXISTS trg_messages_conversation_id_user_id_touch_delete;
-- DROP TRIGGER IF EXISTS trg_messages_append_only;
-- DROP TABLE IF EXISTS messages;
-- COMMIT;
-- PRAGMA foreign_keys = ON;
