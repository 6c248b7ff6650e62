-- Rollback of migration 003: rename_users_uid (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/003_rename_users_uid.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE users RENAME COLUMN uid TO id;

RELEASE schemagen;
