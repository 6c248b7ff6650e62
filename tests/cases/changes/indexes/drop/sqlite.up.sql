-- Migration 002: drop_idx_users_name (SQLite)
--
-- Change: alter table users: drop index idx_users_name (name)
--
-- Run:       sqlite3 -bail app.db < 002_drop_idx_users_name.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_drop_idx_users_name.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; DROP INDEX IF EXISTS idx_users_name;

RELEASE schemagen;

-- Rollback: rollback/002_drop_idx_users_name.sql

-- Migration 003: drop_idx_users_name_online (SQLite)
--
-- Nothing to do: SQLite has done everything in the migration before this one.
--
-- Run:       sqlite3 -bail app.db < 003_drop_idx_users_name_online.sql
-- Roll back: sqlite3 -bail app.db < rollback/003_drop_idx_users_name_online.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.
