-- Migration 002: alter_notes (SQLite)
--
-- Change: alter table notes: drop full-text index fts_notes (body); add full-text index fts_notes (body, title)
--
-- Run:       sqlite3 -bail app.db < 002_alter_notes.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_alter_notes.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS fts_notes_insert;
SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS fts_notes_update;
SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS fts_notes_delete;
SAVEPOINT schemagen_step; DROP TABLE IF EXISTS fts_notes;
SAVEPOINT schemagen_step; DROP VIEW IF EXISTS _schemagen_fts_notes_rows;
SAVEPOINT schemagen_step; DROP TABLE IF EXISTS _schemagen_fts_notes;
-- Words of notes are searched in fts_notes
SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS _schemagen_fts_notes (doc INTEGER PRIMARY KEY, key1 TEXT NOT NULL, UNIQUE (key1)) STRICT;
SAVEPOINT schemagen_step; CREATE VIEW IF NOT EXISTS _schemagen_fts_notes_rows AS SELECT d.doc AS doc, r.body AS text1, r.title AS text2 FROM _schemagen_fts_notes AS d JOIN notes AS r ON r.id = d.key1;
SAVEPOINT schemagen_step; CREATE VIRTUAL TABLE IF NOT EXISTS fts_notes USING fts5(text1, text2, content='_schemagen_fts_notes_rows', content_rowid='doc', tokenize='unicode61 remove_diacritics 0');
SAVEPOINT schemagen_step; INSERT OR IGNORE INTO _schemagen_fts_notes (key1) SELECT id FROM notes;
SAVEPOINT schemagen_step; INSERT INTO fts_notes (fts_notes) VALUES ('rebuild');
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS fts_notes_insert
AFTER INSERT ON notes FOR EACH ROW
BEGIN
    INSERT INTO _schemagen_fts_notes (key1) VALUES (NEW.id);
    INSERT INTO fts_notes (rowid, text1, text2) SELECT doc, NEW.body, NEW.title FROM _schemagen_fts_notes WHERE key1 = NEW.id;
END;
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS fts_notes_update
AFTER UPDATE ON notes FOR EACH ROW
WHEN OLD.id IS NOT NEW.id OR OLD.body IS NOT NEW.body OR OLD.title IS NOT NEW.title
BEGIN
    INSERT INTO fts_notes (fts_notes, rowid, text1, text2) SELECT 'delete', doc, OLD.body, OLD.title FROM _schemagen_fts_notes WHERE key1 = OLD.id;
    UPDATE _schemagen_fts_notes SET key1 = NEW.id WHERE key1 = OLD.id;
    INSERT INTO fts_notes (rowid, text1, text2) SELECT doc, NEW.body, NEW.title FROM _schemagen_fts_notes WHERE key1 = NEW.id;
END;
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS fts_notes_delete
AFTER DELETE ON notes FOR EACH ROW
BEGIN
    INSERT INTO fts_notes (fts_notes, rowid, text1, text2) SELECT 'delete', doc, OLD.body, OLD.title FROM _schemagen_fts_notes WHERE key1 = OLD.id;
    DELETE FROM _schemagen_fts_notes WHERE key1 = OLD.id;
END;

RELEASE schemagen;

-- Rollback: rollback/002_alter_notes.sql

-- Migration 003: alter_notes_online (SQLite)
--
-- Nothing to do: SQLite has done everything in the migration before this one.
--
-- Run:       sqlite3 -bail app.db < 003_alter_notes_online.sql
-- Roll back: sqlite3 -bail app.db < rollback/003_alter_notes_online.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.
