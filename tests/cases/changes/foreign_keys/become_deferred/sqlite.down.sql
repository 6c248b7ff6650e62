-- Rollback of migration 003: change_fk_posts_author_id (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/003_change_fk_posts_author_id.sql

PRAGMA foreign_keys = ON;

SAVEPOINT schemagen;

-- Nothing is committed until everything is found again
CREATE TABLE IF NOT EXISTS _schemagen_guard (
    id INTEGER PRIMARY KEY, migration TEXT NOT NULL, fact TEXT NOT NULL, expected, found, refused INTEGER,
    unmet INTEGER NOT NULL DEFAULT 0 REFERENCES _schemagen_guard (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT a_table_has_other_columns_so_nothing_was_changed CHECK (refused IS NOT 1),
    CONSTRAINT a_trigger_or_index_of_somebody_else_would_be_lost_so_nothing_was_changed CHECK (refused IS NOT 2),
    CONSTRAINT a_table_that_no_spec_knows_refers_to_one_that_is_made_anew_so_nothing_was_changed CHECK (refused IS NOT 3),
    CONSTRAINT there_is_a_table_of_a_new_name_so_nothing_was_changed CHECK (refused IS NOT 4),
    CONSTRAINT a_table_has_rules_that_no_spec_knows_so_nothing_was_changed CHECK (refused IS NOT 6),
    CONSTRAINT a_row_refers_to_a_parent_that_is_not_there_so_nothing_was_changed CHECK (refused IS NOT 5),
    CONSTRAINT the_database_is_not_as_expected_so_nothing_was_changed CHECK (refused IS NULL), UNIQUE (migration, fact));
PRAGMA ignore_check_constraints = OFF;
SAVEPOINT schemagen_step; INSERT INTO _schemagen_guard (migration, fact, expected, found) VALUES
    ('003_change_fk_posts_author_id back', 'columns of posts', 'author_id INTEGER, id INTEGER', (SELECT group_concat(said, ', ') FROM (SELECT lower(name) || ' ' || upper(type) AS said FROM pragma_table_xinfo('posts') ORDER BY said))),
    ('003_change_fk_posts_author_id back', 'no other trigger or index on posts', 0, (SELECT count(*) FROM sqlite_schema WHERE tbl_name = 'posts' COLLATE NOCASE AND type IN ('index', 'trigger') AND sql IS NOT NULL AND name NOT IN ())),
    ('003_change_fk_posts_author_id back', 'no other rules', NULL, (SELECT group_concat(rule, ' | ') FROM (
WITH RECURSIVE
made(name) AS …
WHERE rule NOT IN (
    'posts: author_id not null',
    'posts: check author_id between - 2147483648 and 2147483647',
    'posts: check id between - 2147483648 and 2147483647',
    'posts: deferred',
    'posts: primary key id',
    'posts: references users author_id id delete cascade update no action',
    'posts: strict'
))),
    ('003_change_fk_posts_author_id back', 'no other table refers to posts', 0, (SELECT count(*) FROM sqlite_schema AS s JOIN pragma_foreign_key_list(s.name) AS k WHERE s.type = 'table' AND lower(k."table") = 'posts' AND lower(s.name) NOT IN ('posts'))),
    ('003_change_fk_posts_author_id back', 'rows of posts', (SELECT count(*) FROM posts), NULL),
    ('003_change_fk_posts_author_id back', 'broken references of posts', 0, NULL),
    ('003_change_fk_posts_author_id back', 'views that work', (SELECT count(DISTINCT v.name) FROM sqlite_schema v JOIN pragma_table_xinfo(v.name) WHERE v.type = 'view'), NULL);
UPDATE _schemagen_guard SET refused = 1 WHERE migration = '003_change_fk_posts_author_id back' AND fact IN ('columns of posts') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 2 WHERE migration = '003_change_fk_posts_author_id back' AND fact IN ('no other trigger or index on posts') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 3 WHERE migration = '003_change_fk_posts_author_id back' AND fact IN ('no other table refers to posts') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 6 WHERE migration = '003_change_fk_posts_author_id back' AND fact IN ('no other rules') AND found IS NOT expected;
PRAGMA defer_foreign_keys = ON;
-- posts is recreated: every row is kept aside
SAVEPOINT schemagen_step; CREATE TABLE _schemagen_old_posts AS SELECT rowid AS _schemagen_rowid, * FROM posts;
SAVEPOINT schemagen_step; DROP TABLE posts;
SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS posts (
    id         INTEGER  NOT NULL,
    author_id  INTEGER  NOT NULL,

    CONSTRAINT pk_posts PRIMARY KEY (id),
    CONSTRAINT fk_posts_author_id FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT ck_posts_id_type CHECK (id BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT ck_posts_author_id_type CHECK (author_id BETWEEN -2147483648 AND 2147483647)
) STRICT;
-- The rows of posts come back
SAVEPOINT schemagen_step; INSERT INTO posts (id, author_id)
SELECT id, author_id
FROM _schemagen_old_posts ORDER BY _schemagen_rowid;
SAVEPOINT schemagen_step; DROP TABLE _schemagen_old_posts;
PRAGMA ignore_check_constraints = OFF;
-- Has it been one transaction since the facts were written down? If not, nothing of it stays
CREATE TEMP TABLE IF NOT EXISTS _schemagen_end (
    refused INTEGER CONSTRAINT the_transaction_was_broken_off_so_nothing_was_changed CHECK (refused IS NULL));
INSERT OR ROLLBACK INTO temp._schemagen_end (refused) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE name = '_schemagen_guard');
INSERT OR ROLLBACK INTO temp._schemagen_end (refused) SELECT 1 WHERE NOT (SELECT count(*) FROM _schemagen_guard WHERE migration = '003_change_fk_posts_author_id back') = 7;
DROP TABLE temp._schemagen_end;
-- Is everything there?
UPDATE _schemagen_guard SET found = CASE fact
    WHEN 'rows of posts' THEN (SELECT count(*) FROM posts)
    WHEN 'broken references of posts' THEN (SELECT count(*) FROM pragma_foreign_key_check('posts'))
    WHEN 'views that work' THEN (SELECT count(DISTINCT v.name) FROM sqlite_schema v JOIN pragma_table_xinfo(v.name) WHERE v.type = 'view')
END WHERE migration = '003_change_fk_posts_author_id back' AND fact IN ('rows of posts', 'broken references of posts', 'views that work');
DELETE FROM _schemagen_guard WHERE migration = '003_change_fk_posts_author_id back' AND (SELECT count(*) FROM _schemagen_guard WHERE migration = '003_change_fk_posts_author_id back' AND found IS expected) = 7;
UPDATE OR ROLLBACK _schemagen_guard SET refused = 9 WHERE migration = '003_change_fk_posts_author_id back' AND (SELECT foreign_keys FROM pragma_foreign_keys) = 0;
UPDATE _schemagen_guard SET refused = 5 WHERE migration = '003_change_fk_posts_author_id back' AND fact IN ('broken references of posts') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 9 WHERE migration = '003_change_fk_posts_author_id back';

RELEASE schemagen;

-- Rollback of migration 004: change_fk_posts_author_id_online (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/004_change_fk_posts_author_id_online.sql
--
-- Nothing to do on SQLite.
