-- Rollback of migration 002: alter_notes (SQLite)
--
-- This loses:
--   column notes.part with its values
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/002_alter_notes.sql

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
    ('002_alter_notes back', 'columns of notes', 'body TEXT, number INTEGER, part INTEGER, team INTEGER', (SELECT group_concat(said, ', ') FROM (SELECT lower(name) || ' ' || upper(type) AS said FROM pragma_table_xinfo('notes') ORDER BY said))),
    ('002_alter_notes back', 'no other trigger or index on notes', 0, (SELECT count(*) FROM sqlite_schema WHERE tbl_name = 'notes' COLLATE NOCASE AND type IN ('index', 'trigger') AND sql IS NOT NULL AND name NOT IN ('fts_notes_body_insert', 'fts_notes_body_update', 'fts_notes_body_delete'))),
    ('002_alter_notes back', 'no other rules', NULL, (SELECT group_concat(rule, ' | ') FROM (
WITH RECURSIVE
made(name) AS …
WHERE rule NOT IN (
    'notes: body not null',
    'notes: check length body < = 1000 and instr body , char 0 = 0',
    'notes: check number between - 2147483648 and 2147483647',
    'notes: check part between - 2147483648 and 2147483647',
    'notes: check team between - 2147483648 and 2147483647',
    'notes: key unique team, number, part',
    'notes: part default 0',
    'notes: primary key team, number, part',
    'notes: strict'
))),
    ('002_alter_notes back', 'no other table refers to notes', 0, (SELECT count(*) FROM sqlite_schema AS s JOIN pragma_foreign_key_list(s.name) AS k WHERE s.type = 'table' AND lower(k."table") = 'notes' AND lower(s.name) NOT IN ('notes'))),
    ('002_alter_notes back', 'rows of notes', (SELECT count(*) FROM notes), NULL),
    ('002_alter_notes back', 'views that work', (SELECT count(DISTINCT v.name) FROM sqlite_schema v JOIN pragma_table_xinfo(v.name) WHERE v.type = 'view' AND v.name NOT IN ('_schemagen_fts_notes_body_rows')), NULL);
UPDATE _schemagen_guard SET refused = 1 WHERE migration = '002_alter_notes back' AND fact IN ('columns of notes') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 2 WHERE migration = '002_alter_notes back' AND fact IN ('no other trigger or index on notes') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 3 WHERE migration = '002_alter_notes back' AND fact IN ('no other table refers to notes') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 6 WHERE migration = '002_alter_notes back' AND fact IN ('no other rules') AND found IS NOT expected;
PRAGMA defer_foreign_keys = ON;
SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS fts_notes_body_insert;
SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS fts_notes_body_update;
SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS fts_notes_body_delete;
SAVEPOINT schemagen_step; DROP TABLE IF EXISTS fts_notes_body;
SAVEPOINT schemagen_step; DROP VIEW IF EXISTS _schemagen_fts_notes_body_rows;
SAVEPOINT schemagen_step; DROP TABLE IF EXISTS _schemagen_fts_notes_body;
-- notes is recreated: every row is kept aside
SAVEPOINT schemagen_step; CREATE TABLE _schemagen_old_notes AS SELECT rowid AS _schemagen_rowid, * FROM notes;
SAVEPOINT schemagen_step; DROP TABLE notes;
SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS notes (
    team    INTEGER  NOT NULL,
    number  INTEGER  NOT NULL,
    body    TEXT     NOT NULL,

    CONSTRAINT pk_notes PRIMARY KEY (team, number),
    CONSTRAINT ck_notes_team_type CHECK (team BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT ck_notes_number_type CHECK (number BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT ck_notes_body_type CHECK (length(body) <= 1000 AND instr(body, char(0)) = 0)
) STRICT;
-- The rows of notes come back
SAVEPOINT schemagen_step; INSERT INTO notes (rowid, team, number, body)
SELECT _schemagen_rowid, team, number, body
FROM _schemagen_old_notes ORDER BY _schemagen_rowid;
SAVEPOINT schemagen_step; DROP TABLE _schemagen_old_notes;
-- Words of notes are searched in fts_notes_body
SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS _schemagen_fts_notes_body (doc INTEGER PRIMARY KEY, key1 INTEGER NOT NULL, key2 INTEGER NOT NULL, UNIQUE (key1, key2)) STRICT;
SAVEPOINT schemagen_step; CREATE VIEW IF NOT EXISTS _schemagen_fts_notes_body_rows AS SELECT d.doc AS doc, r.body AS text1 FROM _schemagen_fts_notes_body AS d JOIN notes AS r ON r.team = d.key1 AND r.number = d.key2;
SAVEPOINT schemagen_step; CREATE VIRTUAL TABLE IF NOT EXISTS fts_notes_body USING fts5(text1, content='_schemagen_fts_notes_body_rows', content_rowid='doc', tokenize='unicode61 remove_diacritics 0');
SAVEPOINT schemagen_step; INSERT OR IGNORE INTO _schemagen_fts_notes_body (key1, key2) SELECT team, number FROM notes;
SAVEPOINT schemagen_step; INSERT INTO fts_notes_body (fts_notes_body) VALUES ('rebuild');
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS fts_notes_body_insert
AFTER INSERT ON notes FOR EACH ROW
BEGIN
    INSERT INTO _schemagen_fts_notes_body (key1, key2) VALUES (NEW.team, NEW.number);
    INSERT INTO fts_notes_body (rowid, text1) SELECT doc, NEW.body FROM _schemagen_fts_notes_body WHERE key1 = NEW.team AND key2 = NEW.number;
END;
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS fts_notes_body_update
AFTER UPDATE ON notes FOR EACH ROW
WHEN OLD.team IS NOT NEW.team OR OLD.number IS NOT NEW.number OR OLD.body IS NOT NEW.body
BEGIN
    INSERT INTO fts_notes_body (fts_notes_body, rowid, text1) SELECT 'delete', doc, OLD.body FROM _schemagen_fts_notes_body WHERE key1 = OLD.team AND key2 = OLD.number;
    UPDATE _schemagen_fts_notes_body SET key1 = NEW.team, key2 = NEW.number WHERE key1 = OLD.team AND key2 = OLD.number;
    INSERT INTO fts_notes_body (rowid, text1) SELECT doc, NEW.body FROM _schemagen_fts_notes_body WHERE key1 = NEW.team AND key2 = NEW.number;
END;
SAVEPOINT schemagen_step; CREATE TRIGGER IF NOT EXISTS fts_notes_body_delete
AFTER DELETE ON notes FOR EACH ROW
BEGIN
    INSERT INTO fts_notes_body (fts_notes_body, rowid, text1) SELECT 'delete', doc, OLD.body FROM _schemagen_fts_notes_body WHERE key1 = OLD.team AND key2 = OLD.number;
    DELETE FROM _schemagen_fts_notes_body WHERE key1 = OLD.team AND key2 = OLD.number;
END;
PRAGMA ignore_check_constraints = OFF;
-- Has it been one transaction since the facts were written down? If not, nothing of it stays
CREATE TEMP TABLE IF NOT EXISTS _schemagen_end (
    refused INTEGER CONSTRAINT the_transaction_was_broken_off_so_nothing_was_changed CHECK (refused IS NULL));
INSERT OR ROLLBACK INTO temp._schemagen_end (refused) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE name = '_schemagen_guard');
INSERT OR ROLLBACK INTO temp._schemagen_end (refused) SELECT 1 WHERE NOT (SELECT count(*) FROM _schemagen_guard WHERE migration = '002_alter_notes back') = 6;
DROP TABLE temp._schemagen_end;
-- Is everything there?
UPDATE _schemagen_guard SET found = CASE fact
    WHEN 'rows of notes' THEN (SELECT count(*) FROM notes)
    WHEN 'views that work' THEN (SELECT count(DISTINCT v.name) FROM sqlite_schema v JOIN pragma_table_xinfo(v.name) WHERE v.type = 'view' AND v.name NOT IN ('_schemagen_fts_notes_body_rows'))
END WHERE migration = '002_alter_notes back' AND fact IN ('rows of notes', 'views that work');
DELETE FROM _schemagen_guard WHERE migration = '002_alter_notes back' AND (SELECT count(*) FROM _schemagen_guard WHERE migration = '002_alter_notes back' AND found IS expected) = 6;
UPDATE OR ROLLBACK _schemagen_guard SET refused = 9 WHERE migration = '002_alter_notes back' AND (SELECT foreign_keys FROM pragma_foreign_keys) = 0;
UPDATE _schemagen_guard SET refused = 9 WHERE migration = '002_alter_notes back';

RELEASE schemagen;

-- Rollback of migration 003: alter_notes_online (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/003_alter_notes_online.sql
--
-- Nothing to do on SQLite.
