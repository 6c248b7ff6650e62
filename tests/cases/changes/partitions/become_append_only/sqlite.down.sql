-- Rollback of migration 004: change_schema (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/004_change_schema.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS trg_events_append_only;
SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS trg_events_no_delete;
-- events.day never changes
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS trg_events_day_immutable
BEFORE UPDATE ON events FOR EACH ROW WHEN NEW.day IS NOT OLD.day
BEGIN
    SELECT RAISE(ABORT, 'events.day is immutable');
END;
-- events.code never changes
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS trg_events_code_immutable
BEFORE UPDATE ON events FOR EACH ROW WHEN NEW.code IS NOT OLD.code
BEGIN
    SELECT RAISE(ABORT, 'events.code is immutable');
END;

RELEASE schemagen;
