-- Migration 002: add_users_first (SQLite)
--
-- Change: alter table users: add column first (text)
--
-- Run:       sqlite3 -bail app.db < 002_add_users_first.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_add_users_first.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE users ADD COLUMN first TEXT CONSTRAINT ck_users_first_type CHECK (instr(first, char(0)) = 0);

RELEASE schemagen;

-- Rollback: rollback/002_add_users_first.sql, which loses:
--   column users.first with its values

-- Migration 003: first_names (SQLite)
--
-- Step: first_names
-- Run it again wherever it has stopped, or after rows have come: it changes what is left.
--
-- Run:       sqlite3 -bail app.db < 003_first_names.sql
-- Roll back: sqlite3 -bail app.db < rollback/003_first_names.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

UPDATE users SET first = name WHERE first IS NULL;

RELEASE schemagen;
