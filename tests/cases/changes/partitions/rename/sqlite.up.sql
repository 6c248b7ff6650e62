-- Migration 005: change_schema (SQLite)
--
-- Change: rename table events to things
-- Change: rename table orders to sales
-- Change: alter table things: drop trigger trg_events_day_immutable; rename column day to at; add trigger
-- trg_things_at_immutable
-- Change: alter table sales:
-- Change: change function events_keep
-- Change: change function events_partitions
-- Change: change partition orders_eu
-- Change: change partition orders_us
-- Change: change partition orders_default
--
-- Run:       sqlite3 -bail app.db < 005_change_schema.sql
-- Roll back: sqlite3 -bail app.db < rollback/005_change_schema.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS trg_events_day_immutable;
SAVEPOINT schemagen_step; ALTER TABLE events RENAME TO things;
SAVEPOINT schemagen_step; ALTER TABLE orders RENAME TO sales;
SAVEPOINT schemagen_step; ALTER TABLE things RENAME COLUMN day TO at;
-- things.at never changes
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS trg_things_at_immutable
BEFORE UPDATE ON things FOR EACH ROW WHEN NEW.at IS NOT OLD.at
BEGIN
    SELECT RAISE(ABORT, 'things.at is immutable');
END;

RELEASE schemagen;

-- Rollback: rollback/005_change_schema.sql
