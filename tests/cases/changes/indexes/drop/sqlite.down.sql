-- Rollback of migration 002: drop_idx_users_name (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/002_drop_idx_users_name.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; CREATE INDEX IF NOT EXISTS idx_users_name ON users (name);

RELEASE schemagen;

-- Rollback of migration 003: drop_idx_users_name_online (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/003_drop_idx_users_name_online.sql
--
-- Nothing to do on SQLite.
