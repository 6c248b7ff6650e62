-- Migration 002: alter_users (SQLite)
--
-- Change: alter table users: drop index idx_n (name); add unique index idx_n (name)
-- Stops if two rows of users have the same name.
-- Ask before: SELECT name, count(*) AS found FROM users AS made WHERE name IS NOT NULL GROUP BY name HAVING count(*) >
-- 1;
--
-- Run:       sqlite3 -bail app.db < 002_alter_users.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_alter_users.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; DROP INDEX IF EXISTS idx_n;
SAVEPOINT schemagen_step; CREATE UNIQUE INDEX IF NOT EXISTS idx_n ON users (name);

RELEASE schemagen;

-- Rollback: rollback/002_alter_users.sql

-- Migration 003: alter_users_online (SQLite)
--
-- Nothing to do: SQLite has done everything in the migration before this one.
--
-- Run:       sqlite3 -bail app.db < 003_alter_users_online.sql
-- Roll back: sqlite3 -bail app.db < rollback/003_alter_users_online.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.
