-- Migration 003: rename_users_to_accounts (SQLite)
--
-- Change: rename table users to accounts
-- Change: alter table accounts:
--
-- Run:       sqlite3 -bail app.db < 003_rename_users_to_accounts.sql
-- Roll back: sqlite3 -bail app.db < rollback/003_rename_users_to_accounts.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE users RENAME TO accounts;

RELEASE schemagen;

-- Rollback: rollback/003_rename_users_to_accounts.sql
