-- Migration 004: change_schema (SQLite)
--
-- Change: alter table tasks: rename column user_id to person_id
-- Change: change policy owner_tasks
--
-- Run:       sqlite3 -bail app.db < 004_change_schema.sql
-- Roll back: sqlite3 -bail app.db < rollback/004_change_schema.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE tasks RENAME COLUMN user_id TO person_id;

RELEASE schemagen;

-- Rollback: rollback/004_change_schema.sql
