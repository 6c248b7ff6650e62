-- Rollback of migration 003: change_schema (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/003_change_schema.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE users ADD COLUMN mood TEXT CONSTRAINT ck_users_mood_type CHECK (mood IN ('sad', 'ok'))  /* [enum] */;

RELEASE schemagen;
