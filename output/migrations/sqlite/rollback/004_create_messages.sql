-- Rollback of migration 004: create_messages (SQLite)
--
-- This loses:
--   every row of table messages
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/004_create_messages.sql

-- Off, so that a table that goes too early takes no row of another one with it
PRAGMA foreign_keys = OFF;

BEGIN;

DROP TRIGGER IF EXISTS trg_messages_conversation_id_user_id_touch_insert;

DROP TRIGGER IF EXISTS trg_messages_conversation_id_user_id_touch_update;

DROP TRIGGER IF EXISTS trg_messages_conversation_id_user_id_touch_delete;

DROP TRIGGER IF EXISTS trg_messages_append_only;

DROP TABLE IF EXISTS messages;

COMMIT;

PRAGMA foreign_keys = ON;
