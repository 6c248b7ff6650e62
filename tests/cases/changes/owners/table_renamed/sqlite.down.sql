-- Rollback of migration 004: change_schema (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/004_change_schema.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE jobs RENAME TO tasks;

RELEASE schemagen;
