-- Migration 002: alter_members (SQLite)
--
-- Change: alter table members: replace the primary key (a) → (a, b)
-- Rebuilds: members. Every row is copied aside and back, which takes room in the file and its one writer.
--
-- Run:       sqlite3 -bail app.db < 002_alter_members.sql
-- Roll back: sqlite3 -bail app.db < rollback/002_alter_members.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.

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
    ('002_alter_members', 'columns of members', 'a INTEGER, b INTEGER', (SELECT group_concat(said, ', ') FROM (SELECT lower(name) || ' ' || upper(type) AS said FROM pragma_table_xinfo('members') ORDER BY said))),
    ('002_alter_members', 'no other trigger or index on members', 0, (SELECT count(*) FROM sqlite_schema WHERE tbl_name = 'members' COLLATE NOCASE AND type IN ('index', 'trigger') AND sql IS NOT NULL AND name NOT IN ())),
    ('002_alter_members', 'no other rules', NULL, (SELECT group_concat(rule, ' | ') FROM (
WITH RECURSIVE
made(name) AS …
WHERE rule NOT IN (
    'members: b not null',
    'members: check a between - 2147483648 and 2147483647',
    'members: check b between - 2147483648 and 2147483647',
    'members: primary key a',
    'members: strict'
))),
    ('002_alter_members', 'no other table refers to members', 0, (SELECT count(*) FROM sqlite_schema AS s JOIN pragma_foreign_key_list(s.name) AS k WHERE s.type = 'table' AND lower(k."table") = 'members' AND lower(s.name) NOT IN ('members'))),
    ('002_alter_members', 'rows of members', (SELECT count(*) FROM members), NULL),
    ('002_alter_members', 'views that work', (SELECT count(DISTINCT v.name) FROM sqlite_schema v JOIN pragma_table_xinfo(v.name) WHERE v.type = 'view'), NULL);
UPDATE _schemagen_guard SET refused = 1 WHERE migration = '002_alter_members' AND fact IN ('columns of members') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 2 WHERE migration = '002_alter_members' AND fact IN ('no other trigger or index on members') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 3 WHERE migration = '002_alter_members' AND fact IN ('no other table refers to members') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 6 WHERE migration = '002_alter_members' AND fact IN ('no other rules') AND found IS NOT expected;
PRAGMA defer_foreign_keys = ON;
-- members is recreated: every row is kept aside
SAVEPOINT schemagen_step; CREATE TABLE _schemagen_old_members AS SELECT rowid AS _schemagen_rowid, * FROM members;
SAVEPOINT schemagen_step; DROP TABLE members;
SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS members (
    a  INTEGER  NOT NULL,
    b  INTEGER  NOT NULL,

    CONSTRAINT pk_members PRIMARY KEY (a, b),
    CONSTRAINT ck_members_a_type CHECK (a BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT ck_members_b_type CHECK (b BETWEEN -2147483648 AND 2147483647)
) STRICT;
-- The rows of members come back
SAVEPOINT schemagen_step; INSERT INTO members (rowid, a, b)
SELECT _schemagen_rowid, a, b
FROM _schemagen_old_members ORDER BY _schemagen_rowid;
SAVEPOINT schemagen_step; DROP TABLE _schemagen_old_members;
PRAGMA ignore_check_constraints = OFF;
-- Has it been one transaction since the facts were written down? If not, nothing of it stays
CREATE TEMP TABLE IF NOT EXISTS _schemagen_end (
    refused INTEGER CONSTRAINT the_transaction_was_broken_off_so_nothing_was_changed CHECK (refused IS NULL));
INSERT OR ROLLBACK INTO temp._schemagen_end (refused) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE name = '_schemagen_guard');
INSERT OR ROLLBACK INTO temp._schemagen_end (refused) SELECT 1 WHERE NOT (SELECT count(*) FROM _schemagen_guard WHERE migration = '002_alter_members') = 6;
DROP TABLE temp._schemagen_end;
-- Is everything there?
UPDATE _schemagen_guard SET found = CASE fact
    WHEN 'rows of members' THEN (SELECT count(*) FROM members)
    WHEN 'views that work' THEN (SELECT count(DISTINCT v.name) FROM sqlite_schema v JOIN pragma_table_xinfo(v.name) WHERE v.type = 'view')
END WHERE migration = '002_alter_members' AND fact IN ('rows of members', 'views that work');
DELETE FROM _schemagen_guard WHERE migration = '002_alter_members' AND (SELECT count(*) FROM _schemagen_guard WHERE migration = '002_alter_members' AND found IS expected) = 6;
UPDATE OR ROLLBACK _schemagen_guard SET refused = 9 WHERE migration = '002_alter_members' AND (SELECT foreign_keys FROM pragma_foreign_keys) = 0;
UPDATE _schemagen_guard SET refused = 9 WHERE migration = '002_alter_members';

RELEASE schemagen;

-- Rollback: rollback/002_alter_members.sql

-- Migration 003: alter_members_online (SQLite)
--
-- Nothing to do: SQLite has done everything in the migration before this one.
--
-- Run:       sqlite3 -bail app.db < 003_alter_members_online.sql
-- Roll back: sqlite3 -bail app.db < rollback/003_alter_members_online.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.
