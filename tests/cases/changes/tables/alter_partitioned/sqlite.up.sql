-- Migration 003: alter_events (SQLite)
--
-- Change: alter table events: drop index idx_events_note (note); drop column note; add column seen_at (timestamptz, NOT
-- NULL, default `now()`); add column user_id (bigint); add unique constraint uq_events_region_id_created_at (region,
-- id, created_at); add check ck_events_has_region `region <> ''`; add foreign key fk_events_user_id (user_id) → users
-- (id), on delete cascade; add index idx_events_region (region)
-- Rebuilds: events. Every row is copied aside and back, which takes room in the file and its one writer.
-- Stops if a row of events breaks `region <> ''`.
-- Ask before: SELECT id, created_at, region FROM events AS made WHERE NOT (region <> '');
--
-- This loses:
--   column events.note with its values
--
-- Run:       sqlite3 -bail app.db < 003_alter_events.sql
-- Roll back: sqlite3 -bail app.db < rollback/003_alter_events.sql
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
    ('003_alter_events', 'columns of events', 'created_at TEXT, id INTEGER, note TEXT, region TEXT', (SELECT group_concat(said, ', ') FROM (SELECT lower(name) || ' ' || upper(type) AS said FROM pragma_table_xinfo('events') ORDER BY said))),
    ('003_alter_events', 'no other trigger or index on events', 0, (SELECT count(*) FROM sqlite_schema WHERE tbl_name = 'events' COLLATE NOCASE AND type IN ('index', 'trigger') AND sql IS NOT NULL AND name NOT IN ('idx_events_note'))),
    ('003_alter_events', 'no other rules', NULL, (SELECT group_concat(rule, ' | ') FROM (
WITH RECURSIVE
made(name) AS …
WHERE rule NOT IN (
    'events: check instr note , char 0 = 0',
    'events: check instr region , char 0 = 0',
    'events: check substr created_at , 20 glob ''.[0-9][0-9][0-9][0-9][0-9][0-9]Z'' and created_at > = ''0001-01-01'' and strftime ''%Y-%m-%dT%H:%M:%S'' , substr created_at , 1 , 19 , ''+0 days'' | | substr created_at , 20 is created_at',
    'events: index idx_events_note note',
    'events: key unique id, created_at',
    'events: primary key id, created_at',
    'events: region not null',
    'events: strict'
))),
    ('003_alter_events', 'no other table refers to events', 0, (SELECT count(*) FROM sqlite_schema AS s JOIN pragma_foreign_key_list(s.name) AS k WHERE s.type = 'table' AND lower(k."table") = 'events' AND lower(s.name) NOT IN ('events'))),
    ('003_alter_events', 'rows of events', (SELECT count(*) FROM events), NULL),
    ('003_alter_events', 'broken references of events', 0, NULL),
    ('003_alter_events', 'views that work', (SELECT count(DISTINCT v.name) FROM sqlite_schema v JOIN pragma_table_xinfo(v.name) WHERE v.type = 'view'), NULL);
UPDATE _schemagen_guard SET refused = 1 WHERE migration = '003_alter_events' AND fact IN ('columns of events') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 2 WHERE migration = '003_alter_events' AND fact IN ('no other trigger or index on events') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 3 WHERE migration = '003_alter_events' AND fact IN ('no other table refers to events') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 6 WHERE migration = '003_alter_events' AND fact IN ('no other rules') AND found IS NOT expected;
PRAGMA defer_foreign_keys = ON;
-- events is recreated: every row is kept aside
SAVEPOINT schemagen_step; CREATE TABLE _schemagen_old_events AS SELECT rowid AS _schemagen_rowid, * FROM events;
SAVEPOINT schemagen_step; DROP TABLE events;
SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS events (
    id          INTEGER  NOT NULL  /* [bigint] */,
    created_at  TEXT     NOT NULL  /* [timestamptz] */,
    region      TEXT     NOT NULL,
    seen_at     TEXT     NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f','now') || '000Z')  /* [timestamptz] */,
    user_id     INTEGER            /* [bigint] */,

    CONSTRAINT pk_events PRIMARY KEY (id, created_at),
    CONSTRAINT fk_events_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT uq_events_region_id_created_at UNIQUE (region, id, created_at),
    CONSTRAINT ck_events_created_at_type CHECK (substr(created_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND created_at >= '0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19), '+0 days') || substr(created_at, 20) IS created_at),
    CONSTRAINT ck_events_region_type CHECK (instr(region, char(0)) = 0),
    CONSTRAINT ck_events_seen_at_type CHECK (substr(seen_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND seen_at >= '0001-01-01' AND strftime('%Y-%m-%dT%H:%M:%S', substr(seen_at, 1, 19), '+0 days') || substr(seen_at, 20) IS seen_at),
    CONSTRAINT ck_events_has_region CHECK (region <> '')
) STRICT;
-- The rows of events come back
SAVEPOINT schemagen_step; INSERT INTO events (rowid, id, created_at, region)
SELECT _schemagen_rowid, id, created_at, region
FROM _schemagen_old_events ORDER BY _schemagen_rowid;
SAVEPOINT schemagen_step; DROP TABLE _schemagen_old_events;
SAVEPOINT schemagen_step; CREATE INDEX IF NOT EXISTS idx_events_region ON events (region);
PRAGMA ignore_check_constraints = OFF;
-- Has it been one transaction since the facts were written down? If not, nothing of it stays
CREATE TEMP TABLE IF NOT EXISTS _schemagen_end (
    refused INTEGER CONSTRAINT the_transaction_was_broken_off_so_nothing_was_changed CHECK (refused IS NULL));
INSERT OR ROLLBACK INTO temp._schemagen_end (refused) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE name = '_schemagen_guard');
INSERT OR ROLLBACK INTO temp._schemagen_end (refused) SELECT 1 WHERE NOT (SELECT count(*) FROM _schemagen_guard WHERE migration = '003_alter_events') = 7;
DROP TABLE temp._schemagen_end;
-- Is everything there?
UPDATE _schemagen_guard SET found = CASE fact
    WHEN 'rows of events' THEN (SELECT count(*) FROM events)
    WHEN 'broken references of events' THEN (SELECT count(*) FROM pragma_foreign_key_check('events'))
    WHEN 'views that work' THEN (SELECT count(DISTINCT v.name) FROM sqlite_schema v JOIN pragma_table_xinfo(v.name) WHERE v.type = 'view')
END WHERE migration = '003_alter_events' AND fact IN ('rows of events', 'broken references of events', 'views that work');
DELETE FROM _schemagen_guard WHERE migration = '003_alter_events' AND (SELECT count(*) FROM _schemagen_guard WHERE migration = '003_alter_events' AND found IS expected) = 7;
UPDATE OR ROLLBACK _schemagen_guard SET refused = 9 WHERE migration = '003_alter_events' AND (SELECT foreign_keys FROM pragma_foreign_keys) = 0;
UPDATE _schemagen_guard SET refused = 5 WHERE migration = '003_alter_events' AND fact IN ('broken references of events') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 9 WHERE migration = '003_alter_events';

RELEASE schemagen;

-- Rollback: rollback/003_alter_events.sql, which loses:
--   column events.seen_at with its values
--   column events.user_id with its values

-- Migration 004: alter_events_online (SQLite)
--
-- Nothing to do: SQLite has done everything in the migration before this one.
--
-- Run:       sqlite3 -bail app.db < 004_alter_events_online.sql
-- Roll back: sqlite3 -bail app.db < rollback/004_alter_events_online.sql
-- Running it again while it is the newest changes nothing, or stops before it has changed anything.
