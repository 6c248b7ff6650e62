-- Rollback of migration 002: change_schema (SQLite)
--
-- This loses:
--   every row of table states
--   every row of table orders
--   every row of table visits
--   every row of table events
--
-- Run, after the rollbacks of all later migrations: sqlite3 -bail app.db < rollback/002_change_schema.sql

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
    ('002_change_schema back', 'columns of states', 'id INTEGER, state TEXT', (SELECT group_concat(said, ', ') FROM (SELECT lower(name) || ' ' || upper(type) AS said FROM pragma_table_xinfo('states') ORDER BY said))),
    ('002_change_schema back', 'columns of orders', 'id INTEGER, region TEXT', (SELECT group_concat(said, ', ') FROM (SELECT lower(name) || ' ' || upper(type) AS said FROM pragma_table_xinfo('orders') ORDER BY said))),
    ('002_change_schema back', 'columns of visits', 'page TEXT, user_id INTEGER', (SELECT group_concat(said, ', ') FROM (SELECT lower(name) || ' ' || upper(type) AS said FROM pragma_table_xinfo('visits') ORDER BY said))),
    ('002_change_schema back', 'columns of events', 'created_at TEXT, id INTEGER, user_id INTEGER', (SELECT group_concat(said, ', ') FROM (SELECT lower(name) || ' ' || upper(type) AS said FROM pragma_table_xinfo('events') ORDER BY said))),
    ('002_change_schema back', 'no other table refers to states', 0, (SELECT count(*) FROM sqlite_schema AS s JOIN pragma_foreign_key_list(s.name) AS k WHERE s.type = 'table' AND lower(k."table") = 'states' AND lower(s.name) NOT IN ('states'))),
    ('002_change_schema back', 'no other table refers to orders', 0, (SELECT count(*) FROM sqlite_schema AS s JOIN pragma_foreign_key_list(s.name) AS k WHERE s.type = 'table' AND lower(k."table") = 'orders' AND lower(s.name) NOT IN ('orders'))),
    ('002_change_schema back', 'no other table refers to visits', 0, (SELECT count(*) FROM sqlite_schema AS s JOIN pragma_foreign_key_list(s.name) AS k WHERE s.type = 'table' AND lower(k."table") = 'visits' AND lower(s.name) NOT IN ('visits'))),
    ('002_change_schema back', 'no other table refers to events', 0, (SELECT count(*) FROM sqlite_schema AS s JOIN pragma_foreign_key_list(s.name) AS k WHERE s.type = 'table' AND lower(k."table") = 'events' AND lower(s.name) NOT IN ('events'))),
    ('002_change_schema back', 'views that work', (SELECT count(DISTINCT v.name) FROM sqlite_schema v JOIN pragma_table_xinfo(v.name) WHERE v.type = 'view'), NULL);
UPDATE _schemagen_guard SET refused = 1 WHERE migration = '002_change_schema back' AND fact IN ('columns of states', 'columns of orders', 'columns of visits', 'columns of events') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 3 WHERE migration = '002_change_schema back' AND fact IN ('no other table refers to states', 'no other table refers to orders', 'no other table refers to visits', 'no other table refers to events') AND found IS NOT expected;
PRAGMA defer_foreign_keys = ON;
SAVEPOINT schemagen_step; DROP TRIGGER IF EXISTS trg_events_created_at_immutable;
SAVEPOINT schemagen_step; DROP TABLE states;
SAVEPOINT schemagen_step; DROP TABLE orders;
SAVEPOINT schemagen_step; DROP TABLE visits;
SAVEPOINT schemagen_step; DROP TABLE events;
PRAGMA ignore_check_constraints = OFF;
-- Has it been one transaction since the facts were written down? If not, nothing of it stays
CREATE TEMP TABLE IF NOT EXISTS _schemagen_end (
    refused INTEGER CONSTRAINT the_transaction_was_broken_off_so_nothing_was_changed CHECK (refused IS NULL));
INSERT OR ROLLBACK INTO temp._schemagen_end (refused) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE name = '_schemagen_guard');
INSERT OR ROLLBACK INTO temp._schemagen_end (refused) SELECT 1 WHERE NOT (SELECT count(*) FROM _schemagen_guard WHERE migration = '002_change_schema back') = 9;
DROP TABLE temp._schemagen_end;
-- Is everything there?
UPDATE _schemagen_guard SET found = CASE fact
    WHEN 'views that work' THEN (SELECT count(DISTINCT v.name) FROM sqlite_schema v JOIN pragma_table_xinfo(v.name) WHERE v.type = 'view')
END WHERE migration = '002_change_schema back' AND fact IN ('views that work');
DELETE FROM _schemagen_guard WHERE migration = '002_change_schema back' AND (SELECT count(*) FROM _schemagen_guard WHERE migration = '002_change_schema back' AND found IS expected) = 9;
UPDATE OR ROLLBACK _schemagen_guard SET refused = 9 WHERE migration = '002_change_schema back' AND (SELECT foreign_keys FROM pragma_foreign_keys) = 0;
UPDATE _schemagen_guard SET refused = 9 WHERE migration = '002_change_schema back';

RELEASE schemagen;
