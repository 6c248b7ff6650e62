-- Migration 002: alter_users (SQLite)
--
-- Change: alter table users: add trigger trg_users_no_delete; add trigger trg_users_no_truncate
--
-- Run:       sqlite3 -bail app.db < 002_alter_users.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_alter_users.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

-- Rows of users are never deleted
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS trg_users_no_delete
BEFORE DELETE ON users FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'rows of users are never deleted');
END;

RELEASE schemagen;

-- Rollback: rollback/002_alter_users.sql
