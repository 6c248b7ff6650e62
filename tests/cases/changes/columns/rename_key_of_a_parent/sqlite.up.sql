-- Migration 003: rename_users_uid (SQLite)
--
-- Change: alter table users: rename column id to uid
--
-- Run:       sqlite3 -bail app.db < 003_rename_users_uid.sql
-- Roll back: sqlite3 -bail app.db < rollback/003_rename_users_uid.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE users RENAME COLUMN id TO uid;

RELEASE schemagen;

-- Rollback: rollback/003_rename_users_uid.sql
