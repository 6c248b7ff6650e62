-- Migration 003: rename_posts_to_articles (SQLite)
--
-- Change: rename table posts to articles
-- Change: alter table articles:
--
-- Run:       sqlite3 -bail app.db < 003_rename_posts_to_articles.sql
-- Roll back: sqlite3 -bail app.db < rollback/003_rename_posts_to_articles.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE posts RENAME TO articles;

RELEASE schemagen;

-- Rollback: rollback/003_rename_posts_to_articles.sql
