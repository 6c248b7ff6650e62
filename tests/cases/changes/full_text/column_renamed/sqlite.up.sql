-- Migration 002: rename_notes_content (SQLite)
--
-- Change: alter table notes: rename column body to content
--
-- Run:       sqlite3 -bail app.db < 002_rename_notes_content.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_rename_notes_content.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS fts_notes_body_insert;
SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS fts_notes_body_update;
SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS fts_notes_body_delete;
SAVEPOINT schemagen_step; DROP TABLE IF EXISTS fts_notes_body;
SAVEPOINT schemagen_step; DROP VIEW IF EXISTS _schemagen_fts_notes_body_rows;
SAVEPOINT schemagen_step; DROP TABLE IF EXISTS _schemagen_fts_notes_body;
SAVEPOINT schemagen_step; ALTER TABLE notes RENAME COLUMN body TO content;
-- Words of notes are searched in fts_notes_body
SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS _schemagen_fts_notes_body (doc INTEGER PRIMARY KEY, key1 TEXT NOT NULL, UNIQUE (key1)) STRICT;
SAVEPOINT schemagen_step; CREATE VIEW IF NOT EXISTS _schemagen_fts_notes_body_rows AS SELECT d.doc AS doc, r.content AS text1 FROM _schemagen_fts_notes_body AS d JOIN notes AS r ON r.id = d.key1;
SAVEPOINT schemagen_step; CREATE VIRTUAL TABLE IF NOT EXISTS fts_notes_body USING fts5(text1, content='_schemagen_fts_notes_body_rows', content_rowid='doc', tokenize='unicode61 remove_diacritics 0');
SAVEPOINT schemagen_step; INSERT OR IGNORE INTO _schemagen_fts_notes_body (key1) SELECT id FROM notes;
SAVEPOINT schemagen_step; INSERT INTO fts_notes_body (fts_notes_body) VALUES ('rebuild');
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS fts_notes_body_insert
AFTER INSERT ON notes FOR EACH ROW
BEGIN
    INSERT INTO _schemagen_fts_notes_body (key1) VALUES (NEW.id);
    INSERT INTO fts_notes_body (rowid, text1) SELECT doc, NEW.content FROM _schemagen_fts_notes_body WHERE key1 = NEW.id;
END;
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS fts_notes_body_update
AFTER UPDATE ON notes FOR EACH ROW
WHEN OLD.id IS NOT NEW.id OR OLD.content IS NOT NEW.content
BEGIN
    INSERT INTO fts_notes_body (fts_notes_body, rowid, text1) SELECT 'delete', doc, OLD.content FROM _schemagen_fts_notes_body WHERE key1 = OLD.id;
    UPDATE _schemagen_fts_notes_body SET key1 = NEW.id WHERE key1 = OLD.id;
    INSERT INTO fts_notes_body (rowid, text1) SELECT doc, NEW.content FROM _schemagen_fts_notes_body WHERE key1 = NEW.id;
END;
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS fts_notes_body_delete
AFTER DELETE ON notes FOR EACH ROW
BEGIN
    INSERT INTO fts_notes_body (fts_notes_body, rowid, text1) SELECT 'delete', doc, OLD.content FROM _schemagen_fts_notes_body WHERE key1 = OLD.id;
    DELETE FROM _schemagen_fts_notes_body WHERE key1 = OLD.id;
END;

RELEASE schemagen;

-- Rollback: rollback/002_rename_notes_content.sql
