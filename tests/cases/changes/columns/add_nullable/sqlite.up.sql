-- Migration 002: add_users_bio (SQLite)
--
-- Change: alter table users: add column bio (text)
--
-- Run:       sqlite3 -bail app.db < 002_add_users_bio.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_add_users_bio.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE users ADD COLUMN bio TEXT CONSTRAINT ck_users_bio_type CHECK (instr(bio, char(0)) = 0);

RELEASE schemagen;

-- Rollback: rollback/002_add_users_bio.sql, which loses:
--   column users.bio with its values
