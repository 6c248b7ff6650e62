-- Rollback of migration 002: add_fts_notes_body (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/002_add_fts_notes_body.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS fts_notes_body_insert;
SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS fts_notes_body_update;
SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS fts_notes_body_delete;
SAVEPOINT schemagen_step; DROP TABLE IF EXISTS fts_notes_body;
SAVEPOINT schemagen_step; DROP VIEW IF EXISTS _schemagen_fts_notes_body_rows;
SAVEPOINT schemagen_step; DROP TABLE IF EXISTS _schemagen_fts_notes_body;

RELEASE schemagen;

-- Rollback of migration 003: add_fts_notes_body_online (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/003_add_fts_notes_body_online.sql
--
-- Nothing to do on SQLite.
