-- Migration 003: drop_view_authors (SQLite)
--
-- Change: drop view authors
--
-- Run:       sqlite3 -bail app.db < 003_drop_view_authors.sql
-- Roll back: sqlite3 -bail app.db < rollback/003_drop_view_authors.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; DROP VIEW IF EXISTS authors;

RELEASE schemagen;

-- Rollback: rollback/003_drop_view_authors.sql
