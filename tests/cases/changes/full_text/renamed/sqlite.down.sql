-- Rollback of migration 002: alter_notes (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/002_alter_notes.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS fts_notes_insert;
SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS fts_notes_update;
SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS fts_notes_delete;
SAVEPOINT schemagen_step; DROP TABLE IF EXISTS fts_notes;
SAVEPOINT schemagen_step; DROP VIEW IF EXISTS _schemagen_fts_notes_rows;
SAVEPOINT schemagen_step; DROP TABLE IF EXISTS _schemagen_fts_notes;
-- Words of notes are searched in fts_words
SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS _schemagen_fts_words (doc INTEGER PRIMARY KEY, key1 TEXT NOT NULL, UNIQUE (key1)) STRICT;
SAVEPOINT schemagen_step; CREATE VIEW IF NOT EXISTS _schemagen_fts_words_rows AS SELECT d.doc AS doc, r.body AS text1 FROM _schemagen_fts_words AS d JOIN notes AS r ON r.id = d.key1;
SAVEPOINT schemagen_step; CREATE VIRTUAL TABLE IF NOT EXISTS fts_words USING fts5(text1, content='_schemagen_fts_words_rows', content_rowid='doc', tokenize='unicode61 remove_diacritics 0');
SAVEPOINT schemagen_step; INSERT OR IGNORE INTO _schemagen_fts_words (key1) SELECT id FROM notes;
SAVEPOINT schemagen_step; INSERT INTO fts_words (fts_words) VALUES ('rebuild');
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS fts_words_insert
AFTER INSERT ON notes FOR EACH ROW
BEGIN
    INSERT INTO _schemagen_fts_words (key1) VALUES (NEW.id);
    INSERT INTO fts_words (rowid, text1) SELECT doc, NEW.body FROM _schemagen_fts_words WHERE key1 = NEW.id;
END;
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS fts_words_update
AFTER UPDATE ON notes FOR EACH ROW
WHEN OLD.id IS NOT NEW.id OR OLD.body IS NOT NEW.body
BEGIN
    INSERT INTO fts_words (fts_words, rowid, text1) SELECT 'delete', doc, OLD.body FROM _schemagen_fts_words WHERE key1 = OLD.id;
    UPDATE _schemagen_fts_words SET key1 = NEW.id WHERE key1 = OLD.id;
    INSERT INTO fts_words (rowid, text1) SELECT doc, NEW.body FROM _schemagen_fts_words WHERE key1 = NEW.id;
END;
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS fts_words_delete
AFTER DELETE ON notes FOR EACH ROW
BEGIN
    INSERT INTO fts_words (fts_words, rowid, text1) SELECT 'delete', doc, OLD.body FROM _schemagen_fts_words WHERE key1 = OLD.id;
    DELETE FROM _schemagen_fts_words WHERE key1 = OLD.id;
END;

RELEASE schemagen;
