-- Migration 002: change_schema (SQLite)
--
-- Change: create table events
-- Change: create table visits
-- Change: create table orders
-- Change: create table states
-- Change: create function events_keep
-- Change: create function events_partitions
-- Change: create partition visits_p0
-- Change: create partition visits_p1
-- Change: create partition orders_eu
-- Change: create partition orders_us
-- Change: create partition orders_default
-- Change: create partition states_open
-- Change: create partition states_closed
--
-- Run:       sqlite3 -bail app.db < 002_change_schema.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_change_schema.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS events (
    id          INTEGER  NOT NULL  /* [bigint] */,
    created_at  TEXT     NOT NULL  /* [timestamptz] */,
    user_id     INTEGER  NOT NULL  /* [bigint] */,

    CONSTRAINT pk_events PRIMARY KEY (id, created_at),
    CONSTRAINT fk_events_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT ck_events_created_at_type CHECK (substr(created_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND created_at >= '0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19), '+0 days') || substr(created_at, 20) IS created_at)
) STRICT;
SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS visits (
    user_id  INTEGER  NOT NULL  /* [bigint] */,
    page     TEXT     NOT NULL,

    CONSTRAINT pk_visits PRIMARY KEY (user_id, page),
    CONSTRAINT fk_visits_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT ck_visits_page_type CHECK (instr(page, char(0)) = 0)
) STRICT;
SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS orders (
    id      INTEGER  NOT NULL  /* [bigint] */,
    region  TEXT     NOT NULL,

    CONSTRAINT pk_orders PRIMARY KEY (id, region),
    CONSTRAINT ck_orders_region_type CHECK (instr(region, char(0)) = 0)
) STRICT;
SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS states (
    id     INTEGER  NOT NULL  /* [bigint] */,
    state  TEXT     NOT NULL  /* [enum] */,

    CONSTRAINT pk_states PRIMARY KEY (id, state),
    CONSTRAINT ck_states_state_type CHECK (state IN ('new', 'seen', 'done'))
) STRICT;
SAVEPOINT schemagen_step; CREATE INDEX IF NOT EXISTS idx_events_user_id ON events (user_id);
SAVEPOINT schemagen_step; CREATE INDEX IF NOT EXISTS idx_visits_user_id ON visits (user_id);
-- events.created_at never changes
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS trg_events_created_at_immutable
BEFORE UPDATE ON events FOR EACH ROW WHEN NEW.created_at IS NOT OLD.created_at
BEGIN
    SELECT RAISE(ABORT, 'events.created_at is immutable');
END;

RELEASE schemagen;

-- Rollback: rollback/002_change_schema.sql, which loses:
--   every row of table states
--   every row of table orders
--   every row of table visits
--   every row of table events
