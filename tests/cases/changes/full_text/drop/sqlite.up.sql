-- Migration 002: drop_fts_notes_body (SQLite)
--
-- Change: alter table notes: drop full-text index fts_notes_body (body)
--
-- Run:       sqlite3 -bail app.db < 002_drop_fts_notes_body.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_drop_fts_notes_body.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS fts_notes_body_insert;
SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS fts_notes_body_update;
SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS fts_notes_body_delete;
SAVEPOINT schemagen_step; DROP TABLE IF EXISTS fts_notes_body;
SAVEPOINT schemagen_step; DROP VIEW IF EXISTS _schemagen_fts_notes_body_rows;
SAVEPOINT schemagen_step; DROP TABLE IF EXISTS _schemagen_fts_notes_body;

RELEASE schemagen;

-- Rollback: rollback/002_drop_fts_notes_body.sql

-- Migration 003: drop_fts_notes_body_online (SQLite)
--
-- Nothing to do: SQLite has done everything in the migration before this one.
--
-- Run:       sqlite3 -bail app.db < 003_drop_fts_notes_body_online.sql
-- Roll back: sqlite3 -bail app.db < rollback/003_drop_fts_notes_body_online.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.
