-- Rollback of migration 003: drop_notes (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/003_drop_notes.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS notes (
    id    TEXT  NOT NULL  /* [uuid] */,
    body  TEXT  NOT NULL,

    CONSTRAINT pk_notes PRIMARY KEY (id),
    CONSTRAINT ck_notes_id_type CHECK (id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND length(CAST(replace(id, '-', '') AS BLOB)) = 32),
    CONSTRAINT ck_notes_body_type CHECK (length(body) <= 1000 AND instr(body, char(0)) = 0)
) STRICT;
-- Words of notes are searched in fts_notes_body
SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS _schemagen_fts_notes_body (doc INTEGER PRIMARY KEY, key1 TEXT NOT NULL, UNIQUE (key1)) STRICT;
SAVEPOINT schemagen_step; CREATE VIEW IF NOT EXISTS _schemagen_fts_notes_body_rows AS SELECT d.doc AS doc, r.body AS text1 FROM _schemagen_fts_notes_body AS d JOIN notes AS r ON r.id = d.key1;
SAVEPOINT schemagen_step; CREATE VIRTUAL TABLE IF NOT EXISTS fts_notes_body USING fts5(text1, content='_schemagen_fts_notes_body_rows', content_rowid='doc', tokenize='unicode61 remove_diacritics 0');
SAVEPOINT schemagen_step; INSERT OR IGNORE INTO _schemagen_fts_notes_body (key1) SELECT id FROM notes;
SAVEPOINT schemagen_step; INSERT INTO fts_notes_body (fts_notes_body) VALUES ('rebuild');
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS fts_notes_body_insert
AFTER INSERT ON notes FOR EACH ROW
BEGIN
    INSERT INTO _schemagen_fts_notes_body (key1) VALUES (NEW.id);
    INSERT INTO fts_notes_body (rowid, text1) SELECT doc, NEW.body FROM _schemagen_fts_notes_body WHERE key1 = NEW.id;
END;
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS fts_notes_body_update
AFTER UPDATE ON notes FOR EACH ROW
WHEN OLD.id IS NOT NEW.id OR OLD.body IS NOT NEW.body
BEGIN
    INSERT INTO fts_notes_body (fts_notes_body, rowid, text1) SELECT 'delete', doc, OLD.body FROM _schemagen_fts_notes_body WHERE key1 = OLD.id;
    UPDATE _schemagen_fts_notes_body SET key1 = NEW.id WHERE key1 = OLD.id;
    INSERT INTO fts_notes_body (rowid, text1) SELECT doc, NEW.body FROM _schemagen_fts_notes_body WHERE key1 = NEW.id;
END;
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS fts_notes_body_delete
AFTER DELETE ON notes FOR EACH ROW
BEGIN
    INSERT INTO fts_notes_body (fts_notes_body, rowid, text1) SELECT 'delete', doc, OLD.body FROM _schemagen_fts_notes_body WHERE key1 = OLD.id;
    DELETE FROM _schemagen_fts_notes_body WHERE key1 = OLD.id;
END;

RELEASE schemagen;
