-- Migration 004: change_schema (SQLite)
--
-- Change: alter table events: drop trigger trg_events_day_immutable; drop trigger trg_events_code_immutable; add
-- trigger trg_events_append_only; add trigger trg_events_no_delete; add trigger trg_events_no_truncate
-- Change: change function events_keep
--
-- Run:       sqlite3 -bail app.db < 004_change_schema.sql
-- Roll back: sqlite3 -bail app.db < rollback/004_change_schema.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS trg_events_day_immutable;
SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS trg_events_code_immutable;
-- Rows of events are never updated
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS trg_events_append_only
BEFORE UPDATE ON events FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'events is append-only');
END;
-- Rows of events are never deleted
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS trg_events_no_delete
BEFORE DELETE ON events FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'rows of events are never deleted');
END;

RELEASE schemagen;

-- Rollback: rollback/004_change_schema.sql
