-- Migration 003: alter_notes (SQLite)
--
-- Change: alter table notes: add column embedding (vector(3)); add column direction (vector(2), NOT NULL, default
-- `"[0.5,-1]"`); add index idx_notes_embedding (embedding vector_cosine_ops) using hnsw only on postgres
--
-- Run:       sqlite3 -bail app.db < 003_alter_notes.sql
-- Roll back: sqlite3 -bail app.db < rollback/003_alter_notes.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE notes ADD COLUMN embedding BLOB CONSTRAINT ck_notes_embedding_type CHECK (length(embedding) = 12 AND embedding <> zeroblob(12))  /* [vector(3)] Meaning */;
SAVEPOINT schemagen_step; ALTER TABLE notes ADD COLUMN direction BLOB NOT NULL DEFAULT X'0000003f000080bf' CONSTRAINT ck_notes_direction_type CHECK (length(direction) = 8 AND direction <> zeroblob(8))  /* [vector(2)] */;

RELEASE schemagen;

-- Rollback: rollback/003_alter_notes.sql, which loses:
--   column notes.embedding with its values
--   column notes.direction with its values

-- Migration 004: alter_notes_online (SQLite)
--
-- Nothing to do: SQLite has done everything in the migration before this one.
--
-- Run:       sqlite3 -bail app.db < 004_alter_notes_online.sql
-- Roll back: sqlite3 -bail app.db < rollback/004_alter_notes_online.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.
