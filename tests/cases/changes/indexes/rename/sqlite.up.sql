-- Migration 002: alter_users (SQLite)
--
-- Change: alter table users: rename index idx_a to idx_b
--
-- Run:       sqlite3 -bail app.db < 002_alter_users.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_alter_users.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; DROP INDEX IF EXISTS idx_a;
SAVEPOINT schemagen_step; CREATE INDEX IF NOT EXISTS idx_b ON users (name);

RELEASE schemagen;

-- Rollback: rollback/002_alter_users.sql
