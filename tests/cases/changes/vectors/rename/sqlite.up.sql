-- Migration 003: rename_notes_meaning (SQLite)
--
-- Change: alter table notes: rename column embedding to meaning
--
-- Run:       sqlite3 -bail app.db < 003_rename_notes_meaning.sql
-- Roll back: sqlite3 -bail app.db < rollback/003_rename_notes_meaning.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE notes RENAME COLUMN embedding TO meaning;

RELEASE schemagen;

-- Rollback: rollback/003_rename_notes_meaning.sql
