-- Rollback of migration 003: rename_posts_to_articles (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/003_rename_posts_to_articles.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

SAVEPOINT schemagen_step; ALTER TABLE articles RENAME TO posts;

RELEASE schemagen;
