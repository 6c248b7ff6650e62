-- Rollback of migration 002: rename_users_full_name (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/002_rename_users_full_name.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE users RENAME COLUMN full_name TO name;

RELEASE schemagen;
