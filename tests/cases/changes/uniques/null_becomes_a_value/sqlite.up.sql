-- Migration 002: alter_users (SQLite)
--
-- Change: alter table users: drop unique constraint uq_users_name_city (name, city); add unique constraint
-- uq_users_name_city (name, city), nulls not distinct; add unique index uq_users_name_city_nulls (name, `city IS NULL`)
-- where `city IS NULL` only on sqlite
-- Stops if two rows of users have the same name, city, or NULL.
-- Ask before: SELECT name, city, count(*) AS found FROM users AS made GROUP BY name, city HAVING count(*) > 1;
--
-- Run:       sqlite3 -bail app.db < 002_alter_users.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_alter_users.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

-- To uq_users_name_city, NULL is a value like others
SAVEPOINT schemagen_step; CREATE UNIQUE INDEX IF NOT EXISTS uq_users_name_city_nulls ON users (name, (city IS NULL)) WHERE (city IS NULL);

RELEASE schemagen;

-- Rollback: rollback/002_alter_users.sql

-- Migration 003: alter_users_online (SQLite)
--
-- Nothing to do: SQLite has done everything in the migration before this one.
--
-- Run:       sqlite3 -bail app.db < 003_alter_users_online.sql
-- Roll back: sqlite3 -bail app.db < rollback/003_alter_users_online.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.
