-- Rollback of migration 002: alter_users (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/002_alter_users.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

-- users.name never changes
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS trg_users_name_immutable
BEFORE UPDATE ON users FOR EACH ROW WHEN NEW.name IS NOT OLD.name
BEGIN
    SELECT RAISE(ABORT, 'users.name is immutable');
END;

RELEASE schemagen;
