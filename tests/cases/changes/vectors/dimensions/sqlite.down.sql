-- Rollback of migration 003: alter_notes_embedding (SQLite)
--
-- This stops, before it has changed anything, if:
--   a value of notes.embedding does not fit vector(3)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/003_alter_notes_embedding.sql

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
    ('003_alter_notes_embedding back', 'columns of notes', 'embedding BLOB, id TEXT', (SELECT group_concat(said, ', ') FROM (SELECT lower(name) || ' ' || upper(type) AS said FROM pragma_table_xinfo('notes') ORDER BY said))),
    ('003_alter_notes_embedding back', 'no other trigger or index on notes', 0, (SELECT count(*) FROM sqlite_schema WHERE tbl_name = 'notes' COLLATE NOCASE AND type IN ('index', 'trigger') AND sql IS NOT NULL AND name NOT IN ())),
    ('003_alter_notes_embedding back', 'no other rules', NULL, (SELECT group_concat(rule, ' | ') FROM (
WITH RECURSIVE
made(name) AS …
WHERE rule NOT IN (
    'notes: check id glob ''????????-????-????-????-????????????'' and id not glob ''*[^0-9a-f-]*'' and length cast replace id , ''-'' , '''' as blob = 32',
    'notes: check length embedding = 16 and embedding ! = zeroblob 16',
    'notes: key unique id',
    'notes: primary key id',
    'notes: strict'
))),
    ('003_alter_notes_embedding back', 'no other table refers to notes', 0, (SELECT count(*) FROM sqlite_schema AS s JOIN pragma_foreign_key_list(s.name) AS k WHERE s.type = 'table' AND lower(k."table") = 'notes' AND lower(s.name) NOT IN ('notes'))),
    ('003_alter_notes_embedding back', 'rows of notes', (SELECT count(*) FROM notes), NULL),
    ('003_alter_notes_embedding back', 'views that work', (SELECT count(DISTINCT v.name) FROM sqlite_schema v JOIN pragma_table_xinfo(v.name) WHERE v.type = 'view'), NULL);
UPDATE _schemagen_guard SET refused = 1 WHERE migration = '003_alter_notes_embedding back' AND fact IN ('columns of notes') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 2 WHERE migration = '003_alter_notes_embedding back' AND fact IN ('no other trigger or index on notes') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 3 WHERE migration = '003_alter_notes_embedding back' AND fact IN ('no other table refers to notes') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 6 WHERE migration = '003_alter_notes_embedding back' AND fact IN ('no other rules') AND found IS NOT expected;
PRAGMA defer_foreign_keys = ON;
-- notes is recreated: every row is kept aside
SAVEPOINT schemagen_step; CREATE TABLE _schemagen_old_notes AS SELECT rowid AS _schemagen_rowid, * FROM notes;
SAVEPOINT schemagen_step; DROP TABLE notes;
SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS notes (
    id         TEXT  NOT NULL  /* [uuid] */,
    embedding  BLOB            /* [vector(3)] */,

    CONSTRAINT pk_notes PRIMARY KEY (id),
    CONSTRAINT ck_notes_id_type CHECK (id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND length(CAST(replace(id, '-', '') AS BLOB)) = 32),
    CONSTRAINT ck_notes_embedding_type CHECK (length(embedding) = 12 AND embedding <> zeroblob(12))
) STRICT;
-- The rows of notes come back
SAVEPOINT schemagen_step; INSERT INTO notes (rowid, id, embedding)
SELECT _schemagen_rowid, id, embedding
FROM _schemagen_old_notes ORDER BY _schemagen_rowid;
SAVEPOINT schemagen_step; DROP TABLE _schemagen_old_notes;
PRAGMA ignore_check_constraints = OFF;
-- Has it been one transaction since the facts were written down? If not, nothing of it stays
CREATE TEMP TABLE IF NOT EXISTS _schemagen_end (
    refused INTEGER CONSTRAINT the_transaction_was_broken_off_so_nothing_was_changed CHECK (refused IS NULL));
INSERT OR ROLLBACK INTO temp._schemagen_end (refused) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE name = '_schemagen_guard');
INSERT OR ROLLBACK INTO temp._schemagen_end (refused) SELECT 1 WHERE NOT (SELECT count(*) FROM _schemagen_guard WHERE migration = '003_alter_notes_embedding back') = 6;
DROP TABLE temp._schemagen_end;
-- Is everything there?
UPDATE _schemagen_guard SET found = CASE fact
    WHEN 'rows of notes' THEN (SELECT count(*) FROM notes)
    WHEN 'views that work' THEN (SELECT count(DISTINCT v.name) FROM sqlite_schema v JOIN pragma_table_xinfo(v.name) WHERE v.type = 'view')
END WHERE migration = '003_alter_notes_embedding back' AND fact IN ('rows of notes', 'views that work');
DELETE FROM _schemagen_guard WHERE migration = '003_alter_notes_embedding back' AND (SELECT count(*) FROM _schemagen_guard WHERE migration = '003_alter_notes_embedding back' AND found IS expected) = 6;
UPDATE OR ROLLBACK _schemagen_guard SET refused = 9 WHERE migration = '003_alter_notes_embedding back' AND (SELECT foreign_keys FROM pragma_foreign_keys) = 0;
UPDATE _schemagen_guard SET refused = 9 WHERE migration = '003_alter_notes_embedding back';

RELEASE schemagen;

-- Rollback of migration 004: alter_notes_embedding_online (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/004_alter_notes_embedding_online.sql
--
-- Nothing to do on SQLite.
