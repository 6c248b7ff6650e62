-- Rollback of migration 003: alter_posts (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/003_alter_posts.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

-- A change to posts refreshes users.seen_at
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS trg_posts_author_id_touch_insert
AFTER INSERT ON posts FOR EACH ROW
BEGIN
    UPDATE users SET seen_at = (strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z')
    WHERE id = NEW.author_id AND seen_at IS NOT (strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z');
END;
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS trg_posts_author_id_touch_update
AFTER UPDATE ON posts FOR EACH ROW
BEGIN
    UPDATE users SET seen_at = (strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z')
    WHERE id IN (NEW.author_id, OLD.author_id) AND seen_at IS NOT (strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z');
END;
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS trg_posts_author_id_touch_delete
AFTER DELETE ON posts FOR EACH ROW
BEGIN
    UPDATE users SET seen_at = (strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z')
    WHERE id = OLD.author_id AND seen_at IS NOT (strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z');
END;

RELEASE schemagen;
