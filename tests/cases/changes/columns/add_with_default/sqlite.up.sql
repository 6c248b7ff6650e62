-- Migration 002: add_users_state (SQLite)
--
-- Change: alter table users: add column state (varchar(8), NOT NULL, default `"new"`)
--
-- Run:       sqlite3 -bail app.db < 002_add_users_state.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_add_users_state.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE users ADD COLUMN state TEXT NOT NULL DEFAULT 'new' CONSTRAINT ck_users_state_type CHECK (length(state) <= 8 AND instr(state, char(0)) = 0)  /* [varchar(8)] */;

RELEASE schemagen;

-- Rollback: rollback/002_add_users_state.sql, which loses:
--   column users.state with its values
