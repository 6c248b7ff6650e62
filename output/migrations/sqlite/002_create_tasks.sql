-- Migration 002: create_tasks (SQLite)
--
-- Table: tasks
-- Purpose: One to-do item of one user, with its completion status.
-- Security: The foreign key to users makes sure that every task has an owner.
-- Security: Every query carries user_id = :user_id, so a task of somebody else is never found; the application has to
-- pass the signed-in user.
-- Security: Deleting a user deletes the user's tasks.
-- Design decisions: priority is missing in seed 002; seed 001 gives it the default 'normal' and uses 'high'. The values
-- low, normal and high are ours; a check holds them on both engines.
-- Design decisions: Seed 002 leaves the length of description open; we allow 10,000 characters.
-- Depends on: users
-- Referenced by: nothing
--
-- Run:       sqlite3 -bail app.db < 002_create_tasks.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_create_tasks.sql
-- Running it again is safe while it is the newest migration.

PRAGMA foreign_keys = ON;

BEGIN;

CREATE TABLE IF NOT EXISTS tasks (
    id           TEXT     NOT NULL DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        /* [uuid] Unique identifier */,
    user_id      TEXT     NOT NULL                   /* [uuid] Owner; every query filters by it */,
    title        TEXT     NOT NULL                   /* [varchar(255)] What is to be done */,
    description  TEXT                                /* Details, if any */,
    completed    INTEGER  NOT NULL DEFAULT 0         /* [boolean] Whether it is done */,
    priority     TEXT     NOT NULL DEFAULT 'normal'  /* [enum] How pressing it is */,
    created_at   TEXT     NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
        /* [timestamptz] When the task was written down (UTC); never changes */,
    updated_at   TEXT     NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
        /* [timestamptz] When the task last changed (UTC) */,

    CONSTRAINT pk_tasks PRIMARY KEY (id),
    CONSTRAINT fk_tasks_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT ck_tasks_id_type CHECK (id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND length(CAST(replace(id, '-', '') AS BLOB)) = 32),
    CONSTRAINT ck_tasks_user_id_type CHECK (user_id GLOB '????????-????-????-????-????????????' AND user_id NOT GLOB '*[^0-9a-f-]*' AND length(CAST(replace(user_id, '-', '') AS BLOB)) = 32),
    CONSTRAINT ck_tasks_title_type CHECK (length(title) <= 255 AND instr(title, char(0)) = 0),
    CONSTRAINT ck_tasks_description_type CHECK (length(description) <= 10000 AND instr(description, char(0)) = 0),
    CONSTRAINT ck_tasks_completed_type CHECK (completed IN (0, 1)),
    CONSTRAINT ck_tasks_priority_type CHECK (priority IN ('low', 'normal', 'high')),
    CONSTRAINT ck_tasks_created_at_type CHECK (substr(created_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND created_at >= '0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19), '+0 days') || substr(created_at, 20) IS created_at),
    CONSTRAINT ck_tasks_updated_at_type CHECK (substr(updated_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND updated_at >= '0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19), '+0 days') || substr(updated_at, 20) IS updated_at)
) STRICT;

-- Fast filtering by owner
CREATE INDEX IF NOT EXISTS idx_tasks_user_id ON tasks (user_id);

-- The dashboard, filtered by owner and sorted newest first by one index
CREATE INDEX IF NOT EXISTS idx_tasks_user_id_created_at ON tasks (user_id, created_at DESC);

-- tasks.created_at never changes
CREATE TRIGGER IF NOT EXISTS trg_tasks_created_at_immutable
BEFORE UPDATE ON tasks FOR EACH ROW WHEN NEW.created_at IS NOT OLD.created_at
BEGIN
    SELECT RAISE(ABORT, 'tasks.created_at is immutable');
END;

-- tasks.updated_at is refreshed by an UPDATE that does not set it
CREATE TRIGGER IF NOT EXISTS trg_tasks_updated_at_row_update
AFTER UPDATE ON tasks FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE tasks SET updated_at = (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
    WHERE id = NEW.id AND updated_at IS OLD.updated_at AND updated_at IS NOT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z');
END;

COMMIT;

-- Rollback, the same as rollback/002_create_tasks.sql.
-- It loses:
--   every row of table tasks
--
-- PRAGMA foreign_keys = OFF;
-- BEGIN;
-- DROP TRIGGER IF EXISTS trg_tasks_updated_at_row_update;
-- DROP TRIGGER IF EXISTS trg_tasks_created_at_immutable;
-- DROP TABLE IF EXISTS tasks;
-- COMMIT;
-- PRAGMA foreign_keys = ON;
