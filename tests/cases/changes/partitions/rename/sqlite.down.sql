-- Rollback of migration 005: change_schema (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/005_change_schema.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS trg_things_at_immutable;
SAVEPOINT schemagen_step; ALTER TABLE things RENAME TO events;
SAVEPOINT schemagen_step; ALTER TABLE sales RENAME TO orders;
SAVEPOINT schemagen_step; ALTER TABLE events RENAME COLUMN at TO day;
-- events.day never changes
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS trg_events_day_immutable
BEFORE UPDATE ON events FOR EACH ROW WHEN NEW.day IS NOT OLD.day
BEGIN
    SELECT RAISE(ABORT, 'events.day is immutable');
END;

RELEASE schemagen;
