-- Rollback of migration 003: alter_posts (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/003_alter_posts.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS trg_posts_author_id_touch_insert;
SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS trg_posts_author_id_touch_update;
SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS trg_posts_author_id_touch_delete;

RELEASE schemagen;
