-- Rollback of migration 003: change_view_authors (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/003_change_view_authors.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; DROP VIEW IF EXISTS authors;
SAVEPOINT schemagen_step; CREATE VIEW IF NOT EXISTS authors (id, name) AS
SELECT id, name FROM users;

RELEASE schemagen;
