-- Rollback of migration 002: create_view_authors (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/002_create_view_authors.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; DROP VIEW IF EXISTS authors;

RELEASE schemagen;
