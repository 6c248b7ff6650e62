-- Rollback of migration 002: alter_users (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/002_alter_users.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; DROP INDEX IF EXISTS idx_users;
SAVEPOINT schemagen_step; CREATE INDEX IF NOT EXISTS idx_users ON users (name);

RELEASE schemagen;

-- Rollback of migration 003: alter_users_online (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/003_alter_users_online.sql
--
-- Nothing to do on SQLite.
