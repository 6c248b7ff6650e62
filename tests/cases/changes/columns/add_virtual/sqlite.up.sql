-- Migration 002: add_users_shout (SQLite)
--
-- Change: alter table users: add column shout (text, NOT NULL, generated `upper(name)`, virtual)
-- Stops if users.shout is NULL in a row.
-- Ask before: SELECT id, shout FROM (SELECT made.*, (upper(name)) AS shout FROM (SELECT id, name FROM users) AS made)
-- AS made WHERE shout IS NULL;
--
-- Run:       sqlite3 -bail app.db < 002_add_users_shout.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_add_users_shout.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE users ADD COLUMN shout TEXT NOT NULL GENERATED ALWAYS AS (upper(name)) VIRTUAL CONSTRAINT ck_users_shout_type CHECK (instr(shout, char(0)) = 0);

RELEASE schemagen;

-- Rollback: rollback/002_add_users_shout.sql

-- Migration 003: add_users_shout_online (SQLite)
--
-- Nothing to do: SQLite has done everything in the migration before this one.
--
-- Run:       sqlite3 -bail app.db < 003_add_users_shout_online.sql
-- Roll back: sqlite3 -bail app.db < rollback/003_add_users_shout_online.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.
