-- Rollback of migration 001: create_users (SQLite)
--
-- This loses:
--   every row of table users
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/001_create_users.sql

-- Off, so that a table that goes too early takes no row of another one with it
PRAGMA foreign_keys = OFF;

BEGIN;

DROP TRIGGER IF EXISTS trg_users_updated_at_row_update;

DROP TRIGGER IF EXISTS trg_users_created_at_immutable;

DROP TABLE IF EXISTS users;

COMMIT;

PRAGMA foreign_keys = ON;
