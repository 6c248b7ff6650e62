-- Rollback of migration 003: rename_notes_meaning (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/003_rename_notes_meaning.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE notes RENAME COLUMN meaning TO embedding;

RELEASE schemagen;
