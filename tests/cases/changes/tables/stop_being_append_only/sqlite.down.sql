-- Rollback of migration 002: alter_users (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/002_alter_users.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

-- Rows of users are never updated
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS trg_users_append_only
BEFORE UPDATE ON users FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'users is append-only');
END;

RELEASE schemagen;
