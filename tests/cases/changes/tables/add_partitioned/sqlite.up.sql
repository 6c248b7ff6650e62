-- Migration 002: create_tables (SQLite)
--
-- Change: create table events
-- Change: create table visits
--
-- Run:       sqlite3 -bail app.db < 002_create_tables.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_create_tables.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS events (
    id          INTEGER  NOT NULL  /* [bigint] */,
    created_at  TEXT     NOT NULL  /* [timestamptz] */,

    CONSTRAINT pk_events PRIMARY KEY (id, created_at),
    CONSTRAINT ck_events_created_at_type CHECK (substr(created_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND created_at >= '0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19), '+0 days') || substr(created_at, 20) IS created_at)
) STRICT;
SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS visits (
    user_id  INTEGER  NOT NULL  /* [bigint] */,
    page     TEXT     NOT NULL,

    CONSTRAINT fk_visits_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT ck_visits_page_type CHECK (instr(page, char(0)) = 0)
) STRICT;

RELEASE schemagen;

-- Rollback: rollback/002_create_tables.sql, which loses:
--   every row of table visits
--   every row of table events
