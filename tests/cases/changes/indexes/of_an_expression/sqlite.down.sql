-- Rollback of migration 002: add_idx_users_lower (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/002_add_idx_users_lower.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; DROP INDEX IF EXISTS idx_users_lower;

RELEASE schemagen;

-- Rollback of migration 003: add_idx_users_lower_online (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/003_add_idx_users_lower_online.sql
--
-- Nothing to do on SQLite.
