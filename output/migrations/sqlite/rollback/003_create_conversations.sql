-- Rollback of migration 003: create_conversations (SQLite)
--
-- This loses:
--   every row of table conversations
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/003_create_conversations.sql

-- Off, so that a table that goes too early takes no row of another one with it
PRAGMA foreign_keys = OFF;

BEGIN;

DROP TRIGGER IF EXISTS trg_conversations_updated_at_row_update;

DROP TRIGGER IF EXISTS trg_conversations_created_at_immutable;

DROP TABLE IF EXISTS conversations;

COMMIT;

PRAGMA foreign_keys = ON;
