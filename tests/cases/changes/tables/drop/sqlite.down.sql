-- Rollback of migration 003: drop_posts (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/003_drop_posts.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS posts (
    id         INTEGER  NOT NULL,
    author_id  INTEGER  NOT NULL,

    CONSTRAINT pk_posts PRIMARY KEY (id),
    CONSTRAINT fk_posts_author_id FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT ck_posts_id_type CHECK (id BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT ck_posts_author_id_type CHECK (author_id BETWEEN -2147483648 AND 2147483647)
) STRICT;

RELEASE schemagen;
