-- Migration 003: create_conversations (SQLite)
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
-- Run:       sqlite3 -bail app.db < 003_create_conversations.sql
-- Roll back: sqlite3 -bail app.db < rollback/003_create_conversations.sql
-- Running it again is safe while it is the newest migration.

PRAGMA foreign_keys = ON;

BEGIN;

CREATE TABLE IF NOT EXISTS conversations (
    id          TEXT  NOT NULL DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        /* [uuid] Unique identifier */,
    user_id     TEXT  NOT NULL
        /* [uuid] Owner, of the same type as the key of users; every query filters by it */,
    title       TEXT
        /* [varchar(255)] Shown in the sidebar; NULL until the thread has a name */,
    metadata    TEXT  NOT NULL DEFAULT '{}'  /* [jsonb] Room to grow without a migration */,
    created_at  TEXT  NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
        /* [timestamptz] When the thread began (UTC); never changes */,
    updated_at  TEXT  NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
        /* [timestamptz] Refreshed on each message and each change of the thread (UTC) */,

    CONSTRAINT pk_conversations PRIMARY KEY (id),
    CONSTRAINT fk_conversations_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    -- The target of the composite foreign key by which a message proves its owner
    CONSTRAINT uq_conversations_id_user_id UNIQUE (id, user_id),
    CONSTRAINT ck_conversations_id_type CHECK (id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND length(CAST(replace(id, '-', '') AS BLOB)) = 32),
    CONSTRAINT ck_conversations_user_id_type CHECK (user_id GLOB '????????-????-????-????-????????????' AND user_id NOT GLOB '*[^0-9a-f-]*' AND length(CAST(replace(user_id, '-', '') AS BLOB)) = 32),
    CONSTRAINT ck_conversations_title_type CHECK (length(title) <= 255 AND instr(title, char(0)) = 0),
    CONSTRAINT ck_conversations_metadata_type CHECK ((metadata IS NULL OR json_valid(metadata)) AND instr(metadata, char(0)) = 0),
    CONSTRAINT ck_conversations_created_at_type CHECK (substr(created_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND created_at >= '0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19), '+0 days') || substr(created_at, 20) IS created_at),
    CONSTRAINT ck_conversations_updated_at_type CHECK (substr(updated_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND updated_at >= '0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19), '+0 days') || substr(updated_at, 20) IS updated_at)
) STRICT;

-- Fast listing of a user's threads
CREATE INDEX IF NOT EXISTS idx_conversations_user_id ON conversations (user_id);

-- Threads that nobody has used for long, to archive them
CREATE INDEX IF NOT EXISTS idx_conversations_updated_at ON conversations (updated_at);

-- A user's threads, most recent first, filtered and sorted by one index
CREATE INDEX IF NOT EXISTS idx_conversations_user_id_updated_at ON conversations (user_id, updated_at DESC);

-- conversations.created_at never changes
CREATE TRIGGER IF NOT EXISTS trg_conversations_created_at_immutable
BEFORE UPDATE ON conversations FOR EACH ROW WHEN NEW.created_at IS NOT OLD.created_at
BEGIN
    SELECT RAISE(ABORT, 'conversations.created_at is immutable');
END;

-- conversations.updated_at is refreshed by an UPDATE that does not set it
CREATE TRIGGER IF NOT EXISTS trg_conversations_updated_at_row_update
AFTER UPDATE ON conversations FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE conversations SET updated_at = (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
    WHERE id = NEW.id AND updated_at IS OLD.updated_at AND updated_at IS NOT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z');
END;

COMMIT;

-- Rollback, the same as rollback/003_create_conversations.sql.
-- It loses:
--   every row of table conversations
--
-- PRAGMA foreign_keys = OFF;
-- BEGIN;
-- DROP TRIGGER IF EXISTS trg_conversations_updated_at_row_update;
-- DROP TRIGGER IF EXISTS trg_conversations_created_at_immutable;
-- DROP TABLE IF EXISTS conversations;
-- COMMIT;
-- PRAGMA foreign_keys = ON;
