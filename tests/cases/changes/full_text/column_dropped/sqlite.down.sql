-- Rollback of migration 002: alter_notes (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/002_alter_notes.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE notes ADD COLUMN title TEXT CONSTRAINT ck_notes_title_type CHECK (length(title) <= 80 AND instr(title, char(0)) = 0)  /* [varchar(80)] */;
-- Words of notes are searched in fts_notes_title
SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS _schemagen_fts_notes_title (doc INTEGER PRIMARY KEY, key1 TEXT NOT NULL, UNIQUE (key1)) STRICT;
SAVEPOINT schemagen_step; CREATE VIEW IF NOT EXISTS _schemagen_fts_notes_title_rows AS SELECT d.doc AS doc, r.title AS text1 FROM _schemagen_fts_notes_title AS d JOIN notes AS r ON r.id = d.key1;
SAVEPOINT schemagen_step; CREATE VIRTUAL TABLE IF NOT EXISTS fts_notes_title USING fts5(text1, content='_schemagen_fts_notes_title_rows', content_rowid='doc', tokenize='unicode61 remove_diacritics 0');
SAVEPOINT schemagen_step; INSERT OR IGNORE INTO _schemagen_fts_notes_title (key1) SELECT id FROM notes;
SAVEPOINT schemagen_step; INSERT INTO fts_notes_title (fts_notes_title) VALUES ('rebuild');
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS fts_notes_title_insert
AFTER INSERT ON notes FOR EACH ROW
BEGIN
    INSERT INTO _schemagen_fts_notes_title (key1) VALUES (NEW.id);
    INSERT INTO fts_notes_title (rowid, text1) SELECT doc, NEW.title FROM _schemagen_fts_notes_title WHERE key1 = NEW.id;
END;
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS fts_notes_title_update
AFTER UPDATE ON notes FOR EACH ROW
WHEN OLD.id IS NOT NEW.id OR OLD.title IS NOT NEW.title
BEGIN
    INSERT INTO fts_notes_title (fts_notes_title, rowid, text1) SELECT 'delete', doc, OLD.title FROM _schemagen_fts_notes_title WHERE key1 = OLD.id;
    UPDATE _schemagen_fts_notes_title SET key1 = NEW.id WHERE key1 = OLD.id;
    INSERT INTO fts_notes_title (rowid, text1) SELECT doc, NEW.title FROM _schemagen_fts_notes_title WHERE key1 = NEW.id;
END;
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS fts_notes_title_delete
AFTER DELETE ON notes FOR EACH ROW
BEGIN
    INSERT INTO fts_notes_title (fts_notes_title, rowid, text1) SELECT 'delete', doc, OLD.title FROM _schemagen_fts_notes_title WHERE key1 = OLD.id;
    DELETE FROM _schemagen_fts_notes_title WHERE key1 = OLD.id;
END;

RELEASE schemagen;
