-- Migration 003: change_schema (SQLite)
--
-- Change: alter domain code: varchar(8) → varchar(16), default 'nothing'
-- Change: alter domain short_code: code is another type
-- Change: alter domain amount: integer → numeric(12,2)
-- Change: alter table items: alter column code: values of what code (sqlite: text) is now, default `'none'` →
-- `'nothing'`; alter column other: values of what short_code (sqlite: text) is now; alter column paid: type amount
-- (sqlite: integer) → amount (sqlite: real)
-- Rebuilds: items. Every row is copied aside and back, which takes room in the file and its one writer.
--
-- Run:       sqlite3 -bail app.db < 003_change_schema.sql
-- Roll back: sqlite3 -bail app.db < rollback/003_change_schema.sql
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
    ('003_change_schema', 'columns of items', 'code TEXT, id INTEGER, other TEXT, paid INTEGER', (SELECT group_concat(said, ', ') FROM (SELECT lower(name) || ' ' || upper(type) AS said FROM pragma_table_xinfo('items') ORDER BY said))),
    ('003_change_schema', 'no other trigger or index on items', 0, (SELECT count(*) FROM sqlite_schema WHERE tbl_name = 'items' COLLATE NOCASE AND type IN ('index', 'trigger') AND sql IS NOT NULL AND name NOT IN ('idx_items_code'))),
    ('003_change_schema', 'no other rules', NULL, (SELECT group_concat(rule, ' | ') FROM (
WITH RECURSIVE
made(name) AS …
WHERE rule NOT IN (
    'items: check length code < = 8 and instr code , char 0 = 0',
    'items: check length other < 9',
    'items: check length other < = 8 and instr other , char 0 = 0',
    'items: check paid > 0',
    'items: check paid between - 2147483648 and 2147483647',
    'items: code default ''none''',
    'items: code not null',
    'items: index idx_items_code code',
    'items: paid not null',
    'items: primary key id',
    'items: strict'
))),
    ('003_change_schema', 'no other table refers to items', 0, (SELECT count(*) FROM sqlite_schema AS s JOIN pragma_foreign_key_list(s.name) AS k WHERE s.type = 'table' AND lower(k."table") = 'items' AND lower(s.name) NOT IN ('items'))),
    ('003_change_schema', 'rows of items', (SELECT count(*) FROM items), NULL),
    ('003_change_schema', 'views that work', (SELECT count(DISTINCT v.name) FROM sqlite_schema v JOIN pragma_table_xinfo(v.name) WHERE v.type = 'view'), NULL);
UPDATE _schemagen_guard SET refused = 1 WHERE migration = '003_change_schema' AND fact IN ('columns of items') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 2 WHERE migration = '003_change_schema' AND fact IN ('no other trigger or index on items') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 3 WHERE migration = '003_change_schema' AND fact IN ('no other table refers to items') AND found IS NOT expected;
UPDATE _schemagen_guard SET refused = 6 WHERE migration = '003_change_schema' AND fact IN ('no other rules') AND found IS NOT expected;
PRAGMA defer_foreign_keys = ON;
-- items is recreated: every row is kept aside
SAVEPOINT schemagen_step; CREATE TABLE _schemagen_old_items AS SELECT rowid AS _schemagen_rowid, * FROM items;
SAVEPOINT schemagen_step; DROP TABLE items;
SAVEPOINT schemagen_step; CREATE TABLE IF NOT EXISTS items (
    id     INTEGER  NOT NULL                      /* [bigint] */,
    code   text     NOT NULL DEFAULT ('nothing')  /* [code] */,
    other  text                                   /* [short_code] */,
    paid   real     NOT NULL                      /* [amount] */,

    CONSTRAINT pk_items PRIMARY KEY (id),
    CONSTRAINT ck_items_code_type CHECK (length(code) <= 16 AND instr(code, char(0)) = 0),
    CONSTRAINT ck_items_other_type CHECK (length(other) <= 16 AND instr(other, char(0)) = 0),
    CONSTRAINT ck_items_paid_type CHECK (abs(paid) < 1e10 AND printf('%.15g', paid) = printf('%.15g', round(paid, 2))),
    CONSTRAINT ck_items_other_is_short CHECK (length(other) < 9),
    CONSTRAINT ck_items_paid_amount_is_positive CHECK (paid > 0)
) STRICT;
-- The rows of items come back
SAVEPOINT schemagen_step; INSERT INTO items (id, code, other, paid)
SELECT id, code, other, paid
FROM _schemagen_old_items ORDER BY _schemagen_rowid;
SAVEPOINT schemagen_step; DROP TABLE _schemagen_old_items;
SAVEPOINT schemagen_step; CREATE INDEX IF NOT EXISTS idx_items_code ON items (code);
PRAGMA ignore_check_constraints = OFF;
-- Has it been one transaction since the facts were written down? If not, nothing of it stays
CREATE TEMP TABLE IF NOT EXISTS _schemagen_end (
    refused INTEGER CONSTRAINT the_transaction_was_broken_off_so_nothing_was_changed CHECK (refused IS NULL));
INSERT OR ROLLBACK INTO temp._schemagen_end (refused) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE name = '_schemagen_guard');
INSERT OR ROLLBACK INTO temp._schemagen_end (refused) SELECT 1 WHERE NOT (SELECT count(*) FROM _schemagen_guard WHERE migration = '003_change_schema') = 6;
DROP TABLE temp._schemagen_end;
-- Is everything there?
UPDATE _schemagen_guard SET found = CASE fact
    WHEN 'rows of items' THEN (SELECT count(*) FROM items)
    WHEN 'views that work' THEN (SELECT count(DISTINCT v.name) FROM sqlite_schema v JOIN pragma_table_xinfo(v.name) WHERE v.type = 'view')
END WHERE migration = '003_change_schema' AND fact IN ('rows of items', 'views that work');
DELETE FROM _schemagen_guard WHERE migration = '003_change_schema' AND (SELECT count(*) FROM _schemagen_guard WHERE migration = '003_change_schema' AND found IS expected) = 6;
UPDATE OR ROLLBACK _schemagen_guard SET refused = 9 WHERE migration = '003_change_schema' AND (SELECT foreign_keys FROM pragma_foreign_keys) = 0;
UPDATE _schemagen_guard SET refused = 9 WHERE migration = '003_change_schema';

RELEASE schemagen;

-- Rollback: rollback/003_change_schema.sql
-- The rollback stops, before it has changed anything, if:
--   a value of items.code does not fit code (sqlite: text)
--   a value of items.other does not fit short_code (sqlite: text)
--   a value of items.paid does not fit amount (sqlite: integer)
