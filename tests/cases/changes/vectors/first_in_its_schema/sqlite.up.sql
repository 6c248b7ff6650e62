-- Migration 002: change_schema (SQLite)
--
-- Change: add extension vector
-- Change: create table meanings
--
-- Run:       sqlite3 -bail app.db < 002_change_schema.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_change_schema.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS meanings (
    note_id    TEXT  NOT NULL  /* [uuid] */,
    embedding  BLOB  NOT NULL  /* [vector(3)] */,

    CONSTRAINT pk_meanings PRIMARY KEY (note_id),
    CONSTRAINT fk_meanings_note_id FOREIGN KEY (note_id) REFERENCES notes (id) ON DELETE CASCADE,
    CONSTRAINT ck_meanings_note_id_type CHECK (note_id GLOB '????????-????-????-????-????????????' AND note_id NOT GLOB '*[^0-9a-f-]*' AND length(CAST(replace(note_id, '-', '') AS BLOB)) = 32),
    CONSTRAINT ck_meanings_embedding_type CHECK (length(embedding) = 12 AND embedding <> zeroblob(12))
) STRICT;

RELEASE schemagen;

-- Rollback: rollback/002_change_schema.sql, which loses:
--   every row of table meanings
