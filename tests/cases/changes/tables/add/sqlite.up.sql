-- Migration 002: create_posts (SQLite)
--
-- Table: posts
-- Depends on: users
-- Referenced by: nothing
--
-- Run:       sqlite3 -bail app.db < 002_create_posts.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_create_posts.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS posts (
    id         INTEGER  NOT NULL,
    author_id  INTEGER  NOT NULL,
    title      TEXT     NOT NULL,

    CONSTRAINT pk_posts PRIMARY KEY (id),
    CONSTRAINT fk_posts_author_id FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT ck_posts_id_type CHECK (id BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT ck_posts_author_id_type CHECK (author_id BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT ck_posts_title_type CHECK (instr(title, char(0)) = 0)
) STRICT;

RELEASE schemagen;

-- Rollback: rollback/002_create_posts.sql, which loses:
--   every row of table posts
