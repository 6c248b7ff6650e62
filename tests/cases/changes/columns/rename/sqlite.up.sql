-- Migration 002: rename_users_full_name (SQLite)
--
-- Change: alter table users: rename column name to full_name
--
-- Run:       sqlite3 -bail app.db < 002_rename_users_full_name.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_rename_users_full_name.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE users RENAME COLUMN name TO full_name;

RELEASE schemagen;

-- Rollback: rollback/002_rename_users_full_name.sql
