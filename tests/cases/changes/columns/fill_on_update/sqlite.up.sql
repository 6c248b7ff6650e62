-- Migration 002: alter_users (SQLite)
--
-- Change: alter table users: add trigger trg_users_updated_at_row_update
--
-- Run:       sqlite3 -bail app.db < 002_alter_users.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_alter_users.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

-- users.updated_at is refreshed by an UPDATE that does not set it
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS trg_users_updated_at_row_update
AFTER UPDATE ON users FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE users SET updated_at = (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')
    WHERE id = NEW.id AND updated_at IS OLD.updated_at AND updated_at IS NOT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z');
END;

RELEASE schemagen;

-- Rollback: rollback/002_alter_users.sql
