-- Rollback of migration 003: rename_users_to_accounts (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/003_rename_users_to_accounts.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE accounts RENAME TO users;

RELEASE schemagen;
