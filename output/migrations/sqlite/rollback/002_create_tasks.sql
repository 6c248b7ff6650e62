-- Rollback of migration 002: create_tasks (SQLite)
--
-- This loses:
--   every row of table tasks
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/002_create_tasks.sql

-- Off, so that a table that goes too early takes no row of another one with it
PRAGMA foreign_keys = OFF;

BEGIN;

DROP TRIGGER IF EXISTS trg_tasks_updated_at_row_update;

DROP TRIGGER IF EXISTS trg_tasks_created_at_immutable;

DROP TABLE IF EXISTS tasks;

COMMIT;

PRAGMA foreign_keys = ON;
