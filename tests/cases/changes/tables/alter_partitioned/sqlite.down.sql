-- Rollback of migration 003: alter_events (SQLite)
--
-- This loses:
--   column events.seen_at with its values
--   column events.user_id with its values
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/003_alter_events.sql

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
    ('003_alter_events back', 'columns of events', 'created_at TEXT, id INTEGER, region TEXT, seen_at TEXT, user_id INTEGER', (SELECT group_concat(said, ', ') FROM (SELECT lower(name) || ' ' || upper(type) AS said FROM pragma_table_xinfo('events') ORDER BY said))),
    ('003_alter_events back', 'no other trigger or index on events', 0, (SELECT count(*) FROM sqlite_schema WHERE tbl_name = 'events' COLLATE NOCASE AND type IN ('index', 'trigger') AND sql IS NOT NULL AND name NOT IN ('idx_events_region'))),
    ('003_alter_events back', 'no other rules', NULL, (SELECT group_concat(rule, ' | ') FROM (
WITH RECURSIVE
made(name) AS …
WHERE rule NOT IN (
    'events: check instr region , char 0 = 0',
    'events: check region ! = ''''',
    'events: check substr created_at , 20 glob ''.[0-9][0-9][0-9][0-9][0-9][0-9]Z'' and created_at > = ''0001-01-01'' and strftime ''%Y-%m-%dT%H:%M:%S'' , substr created_at , 1 , 19 , ''+0 days'' | | substr created_at , 20 is created_at',
    'events: check substr seen_at , 20 glob ''.[0-9][0-9][0-9][0-9][0-9][0-9]Z'' and seen_at > = ''0001-01-01'' and strftime ''%Y-%m-%dT%H:%M:%S'' , substr seen_at , 1 , 19 , ''+0 days'' | | substr seen_at , 20 is seen_at',
    'events: index idx_events_region region',
    'events: key unique id, created_at',
    'events: key unique region, id, created_at',
    'events: primary key id, created_at',
    'events: references users user_id id delete cascade update no action',
    'events: region not null',
    'events: seen_at default strftime ''%Y-%m-%dT%H:%M:%f'' , ''now'' | | ''000Z''',
    'events: seen_at not null',
    'events: strict'
))),
    ('003_alter_events back', 'no other table refers to events', 0, (SELECT count(*) FROM sqlite_schema AS s JOIN pragma_foreign_key_list(s.name) AS k WHERE s.type = 'table' AND lower(k."table") = 'events' AND lower(s.name) NOT IN ('events'))),
    ('003_alter_events back', 'rows of events', (SELECT count(*) FROM events), NULL),
    ('003_alter_events back', 'views that work', (SELECT count(DISTINCT v.name) FROM sqlite_schema v JOIN pragma_table_xinfo(v.name) WHERE v.type = 'view'), NULL);
UPDATE _schemagen_guard SET refused = 1 WHERE migration = '003_alter_events back' AND fact IN ('columns of events') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 2 WHERE migration = '003_alter_events back' AND fact IN ('no other trigger or index on events') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 3 WHERE migration = '003_alter_events back' AND fact IN ('no other table refers to events') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 6 WHERE migration = '003_alter_events back' AND fact IN ('no other rules') AND found IS NOT expected;
PRAGMA defer_foreign_keys = ON;
-- events is recreated: every row is kept aside
SAVEPOINT schemagen_step; CREATE TABLE _schemagen_old_events AS SELECT rowid AS _schemagen_rowid, * FROM events;
SAVEPOINT schemagen_step; DROP TABLE events;
SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS events (
    id          INTEGER  NOT NULL  /* [bigint] */,
    created_at  TEXT     NOT NULL  /* [timestamptz] */,
    region      TEXT     NOT NULL,
    note        TEXT,

    CONSTRAINT pk_events PRIMARY KEY (id, created_at),
    CONSTRAINT ck_events_created_at_type CHECK (substr(created_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND created_at >= '0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19), '+0 days') || substr(created_at, 20) IS created_at),
    CONSTRAINT ck_events_region_type CHECK (instr(region, char(0)) = 0),
    CONSTRAINT ck_events_note_type CHECK (instr(note, char(0)) = 0)
) STRICT;
-- The rows of events come back
SAVEPOINT schemagen_step; INSERT INTO events (rowid, id, created_at, region)
SELECT _schemagen_rowid, id, created_at, region
FROM _schemagen_old_events ORDER BY _schemagen_rowid;
SAVEPOINT schemagen_step; DROP TABLE _schemagen_old_events;
SAVEPOINT schemagen_step; CREATE INDEX IF NOT EXISTS idx_events_note ON events (note);
PRAGMA ignore_check_constraints = OFF;
-- Has it been one transaction since the facts were written down? If not, nothing of it stays
CREATE TEMP TABLE IF NOT EXISTS _schemagen_end (
    refused INTEGER CONSTRAINT the_transaction_was_broken_off_so_nothing_was_changed CHECK (refused IS NULL));
INSERT OR ROLLBACK INTO temp._schemagen_end (refused) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE name = '_schemagen_guard');
INSERT OR ROLLBACK INTO temp._schemagen_end (refused) SELECT 1 WHERE NOT (SELECT count(*) FROM _schemagen_guard WHERE migration = '003_alter_events back') = 6;
DROP TABLE temp._schemagen_end;
-- Is everything there?
UPDATE _schemagen_guard SET found = CASE fact
    WHEN 'rows of events' THEN (SELECT count(*) FROM events)
    WHEN 'views that work' THEN (SELECT count(DISTINCT v.name) FROM sqlite_schema v JOIN pragma_table_xinfo(v.name) WHERE v.type = 'view')
END WHERE migration = '003_alter_events back' AND fact IN ('rows of events', 'views that work');
DELETE FROM _schemagen_guard WHERE migration = '003_alter_events back' AND (SELECT count(*) FROM _schemagen_guard WHERE migration = '003_alter_events back' AND found IS expected) = 6;
UPDATE OR ROLLBACK _schemagen_guard SET refused = 9 WHERE migration = '003_alter_events back' AND (SELECT foreign_keys FROM pragma_foreign_keys) = 0;
UPDATE _schemagen_guard SET refused = 9 WHERE migration = '003_alter_events back';

RELEASE schemagen;

-- Rollback of migration 004: alter_events_online (SQLite)
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/004_alter_events_online.sql
--
-- Nothing to do on SQLite.
