-- Migration 004: change_schema (SQLite)
--
-- Change: rename table tasks to jobs
-- Change: alter table jobs:
-- Change: create option row_security_jobs
-- Change: create policy owner_jobs
-- Change: drop policy owner_tasks
-- Change: drop option row_security_tasks
--
-- Run:       sqlite3 -bail app.db < 004_change_schema.sql
-- Roll back: sqlite3 -bail app.db < rollback/004_change_schema.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE tasks RENAME TO jobs;

RELEASE schemagen;

-- Rollback: rollback/004_change_schema.sql
