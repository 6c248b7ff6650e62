-- Migration 002: alter_users (SQLite)
--
-- Change: alter table users: add trigger trg_users_name_immutable
--
-- Run:       sqlite3 -bail app.db < 002_alter_users.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_alter_users.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

-- users.name never changes
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS trg_users_name_immutable
BEFORE UPDATE ON users FOR EACH ROW WHEN NEW.name IS NOT OLD.name
BEGIN
    SELECT RAISE(ABORT, 'users.name is immutable');
END;

RELEASE schemagen;

-- Rollback: rollback/002_alter_users.sql
