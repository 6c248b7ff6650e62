-- Rollback of migration 002: alter_users (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/002_alter_users.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE users ADD COLUMN bio TEXT CONSTRAINT ck_users_bio_type CHECK (length(bio) <= 80 AND instr(bio, char(0)) = 0)  /* [varchar(80)] */;
SAVEPOINT schemagen_step; CREATE INDEX IF NOT EXISTS idx_users_bio ON users (bio);

RELEASE schemagen;
