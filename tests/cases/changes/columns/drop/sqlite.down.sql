-- Rollback of migration 002: drop_users_bio (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/002_drop_users_bio.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE users ADD COLUMN bio TEXT CONSTRAINT ck_users_bio_type CHECK (instr(bio, char(0)) = 0);

RELEASE schemagen;
