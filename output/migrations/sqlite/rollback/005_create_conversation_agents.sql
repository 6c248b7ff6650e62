-- Rollback of migration 005: create_conversation_agents (SQLite)
--
-- This loses:
--   every row of table conversation_agents
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/005_create_conversation_agents.sql

-- Off, so that a table that goes too early takes no row of another one with it
PRAGMA foreign_keys = OFF;

BEGIN;

DROP TRIGGER IF EXISTS trg_conversation_agents_added_at_immutable;

DROP TABLE IF EXISTS conversation_agents;

COMMIT;

PRAGMA foreign_keys = ON;
