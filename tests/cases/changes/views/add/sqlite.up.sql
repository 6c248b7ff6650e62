-- Migration 002: create_view_authors (SQLite)
--
-- Change: create view authors
--
-- Run:       sqlite3 -bail app.db < 002_create_view_authors.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_create_view_authors.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; CREATE VIEW IF NOT EXISTS authors (id, name) AS
SELECT id, name FROM users WHERE name <> '';

RELEASE schemagen;

-- Rollback: rollback/002_create_view_authors.sql
