-- Migration 002: alter_users (SQLite)
--
-- Change: alter table users: drop index idx_users (name); add index idx_users (name, city)
--
-- Run:       sqlite3 -bail app.db < 002_alter_users.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_alter_users.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; DROP INDEX IF EXISTS idx_users;
SAVEPOINT schemagen_step; CREATE INDEX IF NOT EXISTS idx_users ON users (name, city);

RELEASE schemagen;

-- Rollback: rollback/002_alter_users.sql

-- Migration 003: alter_users_online (SQLite)
--
-- Nothing to do: SQLite has done everything in the migration before this one.
--
-- Run:       sqlite3 -bail app.db < 003_alter_users_online.sql
-- Roll back: sqlite3 -bail app.db < rollback/003_alter_users_online.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.
