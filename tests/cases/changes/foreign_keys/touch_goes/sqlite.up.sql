-- Migration 003: alter_posts (SQLite)
--
-- Change: alter table posts: drop trigger trg_posts_author_id_touch
--
-- Run:       sqlite3 -bail app.db < 003_alter_posts.sql
-- Roll back: sqlite3 -bail app.db < rollback/003_alter_posts.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS trg_posts_author_id_touch_insert;
SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS trg_posts_author_id_touch_update;
SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS trg_posts_author_id_touch_delete;

RELEASE schemagen;

-- Rollback: rollback/003_alter_posts.sql
