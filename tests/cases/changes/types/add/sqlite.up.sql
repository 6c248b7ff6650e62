-- Migration 002: change_schema (SQLite)
--
-- Change: create type mood (sad, ok)
-- Change: alter table users: add column mood (mood(sad, ok))
--
-- Run:       sqlite3 -bail app.db < 002_change_schema.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_change_schema.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE users ADD COLUMN mood TEXT CONSTRAINT ck_users_mood_type CHECK (mood IN ('sad', 'ok'))  /* [enum] */;

RELEASE schemagen;

-- Rollback: rollback/002_change_schema.sql, which loses:
--   column users.mood with its values
