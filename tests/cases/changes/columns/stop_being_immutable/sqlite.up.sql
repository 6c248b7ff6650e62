-- Migration 002: alter_users (SQLite)
--
-- Change: alter table users: drop trigger trg_users_name_immutable
--
-- Run:       sqlite3 -bail app.db < 002_alter_users.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_alter_users.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS trg_users_name_immutable;

RELEASE schemagen;

-- Rollback: rollback/002_alter_users.sql
