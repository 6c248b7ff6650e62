-- Migration 003: change_view_authors (SQLite)
--
-- Change: change view authors
--
-- Run:       sqlite3 -bail app.db < 003_change_view_authors.sql
-- Roll back: sqlite3 -bail app.db < rollback/003_change_view_authors.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; DROP VIEW IF EXISTS authors;
SAVEPOINT schemagen_step; CREATE VIEW IF NOT EXISTS authors (id, name) AS
SELECT id, lower(name) AS name FROM users;

RELEASE schemagen;

-- Rollback: rollback/003_change_view_authors.sql
